"""Mathematical functions of doubles."""

import math
from collections.abc import Callable
from typing import Any

from symphainy.expr import numbers
from symphainy.expr.builtins.basics import wrong
from symphainy.expr.builtins.registry import function
from symphainy.expr.meter import Meter
from symphainy.expr.values import Value, is_number


def _guarded(run: Callable[..., float], given: list[float]) -> int | float:
    """The double C would give: domain errors are NaN, overflows infinite."""
    try:
        return numbers.settle(run(*given))
    except ValueError:
        return math.nan
    except OverflowError:
        return math.inf


def _register(name: str, arity: int, run: Callable[..., float]) -> None:
    def apply(meter: Meter, value: Value, *arguments: Value) -> Value:
        given = list(arguments) if arity else [value]
        for argument in given:
            if not is_number(argument):
                raise wrong(argument, "number required")
        return _guarded(run, [numbers.double(x) for x in given])

    function(name, arity)(apply)


def _integral(run: Callable[[float], float]) -> Callable[[float], float]:
    """Rounding that leaves infinities and NaN as they are."""
    return lambda x: run(x) if math.isfinite(x) else x


def _round(x: float) -> float:
    return math.copysign(math.floor(abs(x) + 0.5), x) if abs(x) < 2**52 else x


def _log(run: Callable[[float], float]) -> Callable[[float], float]:
    return lambda x: -math.inf if x == 0 else run(x)


def _pow(x: float, y: float) -> float:
    try:
        return math.pow(x, y)
    except OverflowError:
        negative = x < 0 and y % 2 == 1
        return -math.inf if negative else math.inf
    except ValueError:
        return math.inf if x == 0 else math.nan


def _exp10(x: float) -> float:
    return _pow(10.0, x)


def _gamma(x: float) -> float:
    if x in (0.0, -math.inf):
        return math.inf if x == 0 else math.nan
    return math.gamma(x)


def _lgamma(x: float) -> float:
    try:
        return math.lgamma(x)
    except ValueError:
        return math.inf


def _significand(x: float) -> float:
    return 2 * math.frexp(x)[0] if math.isfinite(x) else x


def _logb(x: float) -> float:
    if x == 0:
        return -math.inf
    return float(math.frexp(x)[1] - 1) if math.isfinite(x) else abs(x)


def _scale(x: float, by: float) -> float:
    if by != by or not math.isfinite(x):
        return by if by != by else x
    steps = int(max(-5000.0, min(5000.0, by)))
    try:
        return math.ldexp(x, steps)
    except OverflowError:
        return math.copysign(math.inf, x)


def _remainder(x: float, y: float) -> float:
    return math.remainder(x, y)


def _larger(x: float, y: float) -> float:
    if x != x or y != y:
        return y if x != x else x
    return max(x, y)


def _smaller(x: float, y: float) -> float:
    if x != x or y != y:
        return y if x != x else x
    return min(x, y)


def _fdim(x: float, y: float) -> float:
    return math.nan if x != x or y != y else max(x - y, 0.0)


def _fma(x: float, y: float, z: float) -> float:
    return x * y + z


_ONE: dict[str, Callable[[float], Any]] = {
    "floor": _integral(math.floor), "ceil": _integral(math.ceil),
    "round": _integral(_round), "trunc": _integral(math.trunc),
    "rint": _integral(round), "nearbyint": _integral(round),
    "sqrt": math.sqrt, "cbrt": math.cbrt, "fabs": math.fabs,
    "exp": math.exp, "exp2": math.exp2, "exp10": _exp10, "expm1": math.expm1,
    "log": _log(math.log), "log2": _log(math.log2), "log10": _log(math.log10),
    "log1p": lambda x: -math.inf if x == -1 else math.log1p(x),
    "sin": math.sin, "cos": math.cos, "tan": math.tan,
    "asin": math.asin, "acos": math.acos, "atan": math.atan,
    "sinh": math.sinh, "cosh": math.cosh, "tanh": math.tanh,
    "asinh": math.asinh, "acosh": math.acosh, "atanh": math.atanh,
    "significand": _significand, "logb": _logb, "erf": math.erf, "erfc": math.erfc,
    "gamma": _lgamma, "lgamma": _lgamma, "tgamma": _gamma,
}  # fmt: skip
_TWO: dict[str, Callable[[float, float], Any]] = {
    "pow": _pow, "atan2": math.atan2, "fmod": math.fmod, "hypot": math.hypot,
    "drem": _remainder, "remainder": _remainder, "copysign": math.copysign,
    "ldexp": _scale, "scalb": _scale, "scalbln": _scale,
    "fmax": _larger, "fmin": _smaller, "fdim": _fdim,
    "nextafter": math.nextafter, "nexttoward": math.nextafter,
}  # fmt: skip

for _name, _run in _ONE.items():
    _register(_name, 0, lambda *given, run=_run: float(run(*given)))
for _name, _run2 in _TWO.items():
    _register(_name, 2, _run2)
_register("fma", 3, _fma)


def _number(value: Value) -> float:
    if not is_number(value):
        raise wrong(value, "number required")
    return numbers.double(value)


@function("isinfinite")
def is_infinite(meter: Meter, value: Value) -> Value:
    return is_number(value) and math.isinf(numbers.double(value))


@function("isnan")
def is_nan(meter: Meter, value: Value) -> Value:
    return is_number(value) and value != value


@function("isnormal")
def is_normal(meter: Meter, value: Value) -> Value:
    x = numbers.double(value) if is_number(value) else 0.0
    return math.isfinite(x) and abs(x) >= 2.2250738585072014e-308


@function("isfinite")
def is_finite(meter: Meter, value: Value) -> Value:
    return is_number(value) and not math.isinf(numbers.double(value))


@function("frexp")
def fraction(meter: Meter, value: Value) -> Value:
    x = _number(value)
    if not math.isfinite(x):
        return [x, 0]
    mantissa, exponent = math.frexp(x)
    return [numbers.settle(mantissa), exponent]


@function("modf")
def parts(meter: Meter, value: Value) -> Value:
    x = _number(value)
    if math.isinf(x):
        return [0, x]
    small, whole = math.modf(x)
    return [numbers.settle(small), numbers.settle(whole)]


@function("lgamma_r")
def log_gamma_sign(meter: Meter, value: Value) -> Value:
    x = _number(value)
    negative = math.isfinite(x) and x < 0 and x != math.floor(x) and math.floor(x) % 2 != 0
    return [_guarded(_lgamma, [x]), -1 if negative else 1]
