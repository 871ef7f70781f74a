"""What leaves an evaluation: a JSON value of bounded size."""

import math
from collections.abc import Iterable
from typing import Any

from symphainy.expr.errors import exhausted
from symphainy.expr.meter import Meter
from symphainy.expr.values import Value

_PLAIN = (int, str, bool, type(None))


def checked(meter: Meter, value: Value) -> Value:
    """The value, refused when its logical size or depth is over the limits.

    NaN leaves as null and infinities as the largest doubles, as in jq, for JSON has neither.
    """
    if type(value) in _PLAIN:
        return _bounded(meter, value)
    if type(value) is float:
        return _finite(value)
    measure = _Measure(meter)
    measure.size(value, 1)
    meter.charge(measure.owed >> 4)
    return _cleaned(value) if measure.odd else value


def _bounded(meter: Meter, value: Value) -> Value:
    if type(value) is int and value.bit_length() > meter.limits.int_bits:
        raise exhausted(f"an integer is longer than {meter.limits.int_bits} bits")
    return value


def _finite(value: float) -> float | None:
    if value != value:
        return None
    if math.isinf(value):
        return math.copysign(1.7976931348623157e308, value)
    return value


class _Measure:
    """Logical cells of a value; parts that are shared are walked once and counted each time."""

    def __init__(self, meter: Meter) -> None:
        self.limits = meter.limits
        self.meter = meter
        self.known: dict[int, tuple[int, int]] = {}
        self.walked = 0
        self.owed = 0
        self.odd = False

    def size(self, value: Value, depth: int) -> tuple[int, int]:
        """The cells and the levels of a container."""
        found = self.known.get(id(value))
        if found is not None:
            self.meter.nested(depth + found[1] - 1)
            return found
        self.meter.nested(depth)
        # what is walked is part of what is counted: stop before walking more than may be there
        self.walked += len(value) + 1
        self.count(self.walked)
        # a container costs as much as a dozen of its scalars
        self.pay(len(value) + 12)
        members = value.values() if type(value) is dict else value
        kinds = set(map(type, members))
        cells, levels = 1 + len(value), 1
        if list in kinds or dict in kinds:
            for member in members:
                if type(member) is list or type(member) is dict:
                    inner, below = self.size(member, depth + 1)
                    cells += inner - 1
                    levels = max(levels, below + 1)
        if float in kinds:
            self.odd = self.odd or not all(math.isfinite(x) for x in members if type(x) is float)
        if int in kinds:
            self.integers(members)
        self.count(cells)
        self.known[id(value)] = (cells, levels)
        return cells, levels

    def integers(self, members: Iterable[Value]) -> None:
        whole = [x for x in members if type(x) is int]
        _bounded(self.meter, max(whole))
        _bounded(self.meter, min(whole))

    def pay(self, cells: int) -> None:
        """Charge for walking, now and then rather than for every container."""
        self.owed += cells
        if self.owed > 1023:
            self.meter.charge(self.owed >> 4)
            self.owed = 0

    def count(self, cells: int) -> None:
        if cells > self.limits.cells:
            raise exhausted(f"a value holds more than {self.limits.cells} cells")


def _cleaned(value: Any) -> Any:
    if type(value) is list:
        return [_cleaned(x) for x in value]
    if type(value) is dict:
        return {k: _cleaned(x) for k, x in value.items()}
    return _finite(value) if type(value) is float else value
