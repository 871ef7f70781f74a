"""A code: a durable name for one way a request can fail."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["Code", "Severity"]

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Code:
    """One code with what people need to act on it.

    `status` is the HTTP status the API answers with when this code ends a request.
    """

    code: str
    title: str
    fix: str
    status: int = 422
    severity: Severity = "error"
