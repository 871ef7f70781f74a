"""Runtime expressions: jq, metered, deterministic and without side effects."""

from symphainy.expr.builtins import (
    arrays,
    basics,
    dates,
    loops,
    mathematics,
    objects,
    places,
    regex,
    strings,
    walking,
)
from symphainy.expr.engine import Json, Outcome, Program, compile, evaluate, outputs
from symphainy.expr.errors import CompileError, EvaluationError, ExpressionError
from symphainy.expr.limits import Limits
from symphainy.expr.runtime import is_runtime_expression, strip

__all__ = [
    "CompileError", "EvaluationError", "ExpressionError", "Json", "Limits", "Outcome", "Program",
    "arrays", "basics", "compile", "dates", "evaluate", "is_runtime_expression", "loops",
    "mathematics", "objects", "outputs", "places", "regex", "strings", "strip", "walking",
]  # fmt: skip
