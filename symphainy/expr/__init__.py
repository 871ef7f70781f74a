"""Runtime expressions: jq, metered, deterministic and without side effects."""

from symphainy.expr.engine import Json, Outcome, Program, compile, evaluate, outputs
from symphainy.expr.errors import CompileError, EvaluationError, ExpressionError
from symphainy.expr.limits import Limits
from symphainy.expr.runtime import is_runtime_expression, strip

__all__ = [
    "CompileError",
    "EvaluationError",
    "ExpressionError",
    "Json",
    "Limits",
    "Outcome",
    "Program",
    "compile",
    "evaluate",
    "is_runtime_expression",
    "outputs",
    "strip",
]
