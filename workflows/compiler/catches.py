"""What a try catches, and how it tries again."""

from typing import Any

from symphainy.definition import Catch as CatchDefinition
from symphainy.definition import RetryPolicy
from symphainy.plan import Catch, Retry, Task
from workflows.compiler.context import Compilation, nearest
from workflows.compiler.timeouts import duration

__all__ = ["catch"]


def catch(
    at: Compilation,
    caught: CatchDefinition,
    handled: tuple[Task, ...],
    pointer: str,
    variables: frozenset[str],
) -> Catch:
    """The catch of a try; `handled` are the tasks of its `do`."""
    given: dict[str, Any] = {}
    if caught.errors is not None and caught.errors.with_ is not None:
        written = caught.errors.with_.model_dump(exclude_none=True, exclude_unset=True)
        given["with_"] = at.value(written, f"{pointer}/errors/with", variables)
    if caught.as_ != "error":
        given["as_"] = caught.as_
    if caught.when is not None:
        given["when"] = at.expression(caught.when, f"{pointer}/when", variables)
    if caught.except_when is not None:
        given["except_when"] = at.expression(caught.except_when, f"{pointer}/exceptWhen", variables)
    if caught.retry is not None:
        given["retry"] = _retry(at, caught.retry, f"{pointer}/retry", variables)
    if caught.then is not None:
        given["then"] = caught.then
    return Catch(**given, tasks=handled)


def _retry(
    at: Compilation, written: str | RetryPolicy, pointer: str, variables: frozenset[str]
) -> Retry | None:
    if isinstance(written, str):
        found = at.definition.use.retries.get(written)
        if found is None:
            hint = nearest(written, at.definition.use.retries)
            message = f"`use.retries` has no {written!r}; {hint}"
            at.find("compile.unknown-reference", pointer, message)
            return None
        written, pointer = found, f"/use/retries/{written}"
    given: dict[str, Any] = {}
    if written.when is not None:
        given["when"] = at.expression(written.when, f"{pointer}/when", variables)
    if written.except_when is not None:
        given["except_when"] = at.expression(
            written.except_when, f"{pointer}/exceptWhen", variables
        )
    if written.delay is not None:
        given["delay"] = duration(at, written.delay, f"{pointer}/delay", variables)
    if written.backoff is not None:
        given["backoff"] = next(iter(written.backoff.model_fields_set))
    if written.jitter is not None:
        low = duration(at, written.jitter.from_, f"{pointer}/jitter/from", variables)
        given["jitter"] = (low, duration(at, written.jitter.to, f"{pointer}/jitter/to", variables))
    limit = written.limit
    if limit is not None and limit.attempt is not None:
        given["attempts"] = limit.attempt.count
        if limit.attempt.duration is not None:
            where = f"{pointer}/limit/attempt/duration"
            given["attempt_duration"] = duration(at, limit.attempt.duration, where, variables)
    if limit is not None and limit.duration is not None:
        where = f"{pointer}/limit/duration"
        given["duration"] = duration(at, limit.duration, where, variables)
    if limit is None:
        at.find(
            "compile.unbounded-retry", pointer, "this retry has no limit: it may go on for ever"
        )
    return Retry(**given)
