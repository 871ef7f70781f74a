"""How much evaluation a single activation of the workflow may do before it lets others run."""

__all__ = ["PER_ACTIVATION", "Meter"]

PER_ACTIVATION = 200_000
"""Evaluator steps; about 0.4 s of Python, well under Temporal's deadlock alarm of 2 s."""

STEP = 50
"""What walking one task costs, in evaluator steps."""


class Meter:
    """Counts evaluator steps since the run last yielded; deterministic, as they are counted
    and not timed."""

    def __init__(self) -> None:
        self.spent = 0

    def charge(self, steps: int) -> None:
        """Add `steps` and one expression's fixed cost."""
        self.spent += steps + 1

    def walked(self) -> None:
        """Add one task."""
        self.spent += STEP

    @property
    def empty(self) -> bool:
        """Whether the run has to yield before it goes on."""
        return self.spent >= PER_ACTIVATION

    def refill(self) -> None:
        """Start counting anew, after a yield."""
        self.spent = 0
