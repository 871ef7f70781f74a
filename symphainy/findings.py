"""What a check found in a document, where, and what to do about it."""

from pydantic import BaseModel, ConfigDict

from symphainy.codes import Severity, code
from symphainy.errors import Refused

__all__ = ["Finding", "Invalid", "finding"]


class Finding(BaseModel):
    """One thing to mend or to know, with its place in the document."""

    model_config = ConfigDict(frozen=True)

    code: str
    severity: Severity
    pointer: str
    """RFC 6901 pointer to the offending value; the empty string is the whole document."""
    line: int
    """1-based line of the value (of its key where the key itself is wrong)."""
    column: int
    """1-based column."""
    message: str
    fix: str


def finding(
    name: str,
    message: str,
    *,
    pointer: str = "",
    line: int = 1,
    column: int = 1,
    fix: str | None = None,
) -> Finding:
    """A finding of a registered code; `fix` defaults to the code's own advice."""
    known = code(name)
    return Finding(
        code=name,
        severity=known.severity,
        pointer=pointer,
        line=line,
        column=column,
        message=message,
        fix=fix or known.fix,
    )


class Invalid(Refused):
    """A document with at least one finding of severity error."""

    def __init__(self, findings: list[Finding]) -> None:
        first = next(one for one in findings if one.severity == "error")
        super().__init__(first.code, first.message, pointer=first.pointer)
        self.findings = findings
