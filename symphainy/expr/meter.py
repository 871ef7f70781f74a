"""The fuel of one evaluation and the bounds that go with it."""

from symphainy.expr.errors import exhausted
from symphainy.expr.limits import Limits


class Meter:
    """What is left of one evaluation's budget.

    The fuel is charged by the amount of work, never by the clock, so the same expression over
    the same data spends the same everywhere.
    """

    __slots__ = ("depth", "fuel", "limits", "now", "stack")

    def __init__(self, limits: Limits, now: float | None) -> None:
        self.fuel = limits.steps
        self.limits = limits
        self.now = now
        self.depth = 0
        self.stack = limits.stack

    def charge(self, amount: int) -> None:
        """Spend `amount` steps."""
        self.fuel -= amount
        if self.fuel < 0:
            raise self.out_of_fuel()

    def out_of_fuel(self) -> Exception:
        steps = self.limits.steps
        return exhausted(f"the step budget of {steps} is spent; do less, or use data.transform")

    def too_deep(self) -> Exception:
        return exhausted(
            f"functions nest deeper than {self.limits.stack} frames; use reduce, recurse or until"
        )

    def nested(self, depth: int) -> None:
        """Refuse a value that nests `depth` levels when that is over the limit."""
        if depth > self.limits.depth:
            raise exhausted(f"a value nests deeper than {self.limits.depth} levels")

    def text(self, length: int) -> None:
        """Pay for a string of `length` characters before it is built."""
        if length > self.limits.string:
            raise exhausted(f"a string would be longer than {self.limits.string} characters")
        if length > 255:
            self.charge(length >> 8)

    def items(self, length: int) -> None:
        """Pay for copying an array of `length` items, or refuse to build it."""
        if length > self.limits.cells:
            raise exhausted(f"a value would hold more than {self.limits.cells} cells")
        if length > 31:
            self.charge(length >> 5)

    def fields(self, length: int) -> None:
        """Pay for copying an object of `length` fields."""
        if length > 15:
            self.charge(length >> 4)
