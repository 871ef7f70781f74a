"""How a thing that touches the world can end, besides well.

Ending            meaning                          what the caller does
----------------  -------------------------------  ---------------------------
Refused           never, as it was asked           change the request
Unavailable       nothing happened                 ask again, later
Unsure            perhaps it happened              ask the ledger, never repeat

All three carry a stable code; `symphainy.codes` says what each code means.
"""

from datetime import timedelta

__all__ = ["Ending", "Refused", "Unavailable", "Unsure"]


class Ending(Exception):
    """An outcome other than success, with a stable code."""

    def __init__(self, code: str, message: str, *, pointer: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.pointer = pointer

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class Refused(Ending):
    """Asked again as it is, the answer is the same."""


class Unavailable(Ending):
    """Certainly nothing happened; asking again may work."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        pointer: str | None = None,
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(code, message, pointer=pointer)
        self.retry_after = retry_after


class Unsure(Ending):
    """It may have happened; only the ledger or the provider can tell."""
