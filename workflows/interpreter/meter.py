"""How much evaluation a single activation of the workflow may do before it lets others run."""

from symphainy.expr import EvaluationError

__all__ = ["PER_ACTIVATION", "PER_TASK", "Meter"]

PER_ACTIVATION = 50_000
"""Evaluator steps after which a run yields before its next task; at most 0.15 s of Python."""

PER_TASK = 100_000
"""Evaluator steps that one task may take, which cannot yield in between; with what is spent before
it, far below Temporal's deadlock alarm of 2 s."""

STEP = 50
"""What walking one task costs, in evaluator steps."""


class Meter:
    """Counts evaluator steps since the run last yielded; deterministic, as they are counted
    and not timed."""

    def __init__(self) -> None:
        self.spent = 0
        self.task = 0
        self.refills = 0

    def charge(self, steps: int) -> None:
        """Add `steps` and one expression's fixed cost."""
        self.spent += steps + 1
        self.task += steps + 1

    def evaluated(self, steps: int) -> None:
        """Add an expression of the task at hand; raises when its expressions are too many."""
        self.charge(steps)
        if self.task > PER_TASK:
            raise EvaluationError(
                "expression.budget",
                f"the expressions of one task took over {PER_TASK} steps; split it into several "
                "tasks, or use data.transform",
                uncatchable=True,
            )

    def walked(self) -> None:
        """Add one task."""
        self.spent += STEP
        self.task = 0

    @property
    def empty(self) -> bool:
        """Whether the run has to yield before it goes on."""
        return self.spent >= PER_ACTIVATION

    def refill(self) -> None:
        """Start counting anew, after a yield."""
        self.spent = 0
        self.refills += 1
