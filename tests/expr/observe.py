"""What a program does with a document, up to the error that ends it."""

import json
import math
from dataclasses import dataclass, field
from typing import Any

from symphainy import expr
from symphainy.expr.engine import _with_headroom
from symphainy.expr.meter import Meter
from symphainy.expr.outcome import checked

NOW = 1_700_000_000.5
MOST = 200


@dataclass(frozen=True, slots=True)
class Observed:
    """`refused` is why the source does not compile; `error` the value a `catch` would see;
    `bound` the limit that ended it, whatever it catches."""

    values: list[Any] = field(default_factory=list)
    refused: str | None = None
    code: str | None = None
    failed: bool = False
    error: Any = None
    bound: str | None = None


def observe(source: str, data: Any, limits: expr.Limits | None = None) -> Observed:
    """The values the engine yields, and how it ended."""
    try:
        program = expr.compile(source)
    except expr.CompileError as error:
        return Observed(refused=error.message, code=error.code)
    return _with_headroom(lambda: _run(program, data, limits or expr.Limits()))


def _run(program: expr.Program, data: Any, limits: expr.Limits) -> Observed:
    meter = Meter(limits, NOW)
    found: list[Any] = []
    try:
        meter.charge(program.code.cost)
        for value in program.code.many((meter,), data):
            found.append(checked(meter, value))
            if len(found) > MOST:
                break
    except expr.EvaluationError as error:
        if error.uncatchable:
            return Observed(found, code=error.code, bound=error.message)
        return Observed(found, code=error.code, failed=True, error=checked(meter, error.value))
    return Observed(found)


def same(a: Any, b: Any) -> bool:
    """Whether two JSON values are one; doubles may differ in the last digit, as C libraries do."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, int | float) and isinstance(b, int | float):
        return math.isclose(a, b, rel_tol=1e-15) or (abs(a) > 1e300 and abs(b) > 1e300)
    if type(a) is not type(b):
        return False
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return bool(a == b)


def shown(value: Any) -> str:
    """The text a person reads where an error's value is not one."""
    return value if isinstance(value, str) else json.dumps(value)
