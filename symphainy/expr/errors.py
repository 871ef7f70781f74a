"""What goes wrong with an expression, each with a stable code."""

from typing import Any


class ExpressionError(Exception):
    """An expression that cannot be compiled or evaluated.

    `position` is the character offset in the source, where it is known. An `uncatchable` error
    ends the evaluation whatever the expression's own `try`, `?` or `//` say.
    """

    def __init__(
        self, code: str, message: str, position: int | None = None, uncatchable: bool = False
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.position = position
        self.uncatchable = uncatchable


class CompileError(ExpressionError):
    """The source is not an expression this engine accepts."""


class EvaluationError(ExpressionError):
    """The evaluation raised; `value` is what jq's `catch` would see.

    `steps` is what the evaluation had spent by then.
    """

    steps: int = 0

    def __init__(
        self,
        code: str,
        message: str,
        position: int | None = None,
        uncatchable: bool = False,
        value: Any = None,
    ) -> None:
        super().__init__(code, message, position, uncatchable)
        self.value = value


class Break(Exception):
    """Leaves the `label` whose token this is."""

    def __init__(self, token: object) -> None:
        super().__init__()
        self.token = token


def failure(message: str) -> EvaluationError:
    """A run-time error of the language that `catch` sees as its message."""
    return EvaluationError("expression.error", message, value=message)


def mismatch(message: str) -> EvaluationError:
    """A value of the wrong type for what was asked of it."""
    return EvaluationError("expression.type", message, value=message)


def exhausted(message: str) -> EvaluationError:
    """A bound of the evaluation was reached; nothing in the expression can catch it."""
    return EvaluationError("expression.budget", message, uncatchable=True, value=message)
