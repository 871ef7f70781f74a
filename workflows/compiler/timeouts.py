"""Timeouts and other durations, as they are written or by name."""

from collections.abc import Iterable

from symphainy.definition import Duration
from symphainy.definition.faults import Timeout
from symphainy.plan import Deadline
from workflows.compiler.context import Compilation, nearest

__all__ = ["duration", "timeout"]


def timeout(
    at: Compilation, written: str | Timeout | None, pointer: str, variables: Iterable[str] = ()
) -> Deadline | None:
    """How long something may take; None with a finding if the name is not in `use.timeouts`."""
    if isinstance(written, str):
        known = at.definition.use.timeouts
        if written not in known:
            message = f"`use.timeouts` has no {written!r}; {nearest(written, known)}"
            at.find("compile.unknown-reference", pointer, message)
            return None
        return duration(at, known[written].after, f"/use/timeouts/{written}/after", variables)
    if written is None:
        return None
    return duration(at, written.after, f"{pointer}/after", variables)


def duration(
    at: Compilation, written: Duration, pointer: str, variables: Iterable[str] = ()
) -> Deadline:
    """Milliseconds, or the expression that gives the duration."""
    if written.expression is not None:
        return at.expression(written.expression, pointer, variables) or 0
    return written.milliseconds or 0
