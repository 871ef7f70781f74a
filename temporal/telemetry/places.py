"""Where the spans of a run are in its trace: named by the run itself, so nothing is handed on."""

from opentelemetry.trace import SpanContext

from public_works.telemetry import ids
from smart_city.context import ExecutionContext

__all__ = ["attempt_of", "beginning_of", "run_of", "step_of", "trace_of"]


def trace_of(context: ExecutionContext) -> int:
    """The trace that everything in the run is part of: its intent's, else one of its own."""
    said = ids.read(context.trace)
    return said.trace_id if said else ids.whole("trace", context.workflow, context.intent)


def beginning_of(context: ExecutionContext) -> SpanContext:
    """What led to the run."""
    said = ids.read(context.trace)
    if said is not None:
        return said
    return ids.place(trace_of(context), ids.named("start", context.workflow, context.intent))


def run_of(context: ExecutionContext, run: str) -> SpanContext:
    """The span of that execution; `run` is Temporal's id, which a reset changes."""
    return ids.place(trace_of(context), ids.named("run", context.workflow, run))


def step_of(context: ExecutionContext, run: str, key: str) -> SpanContext:
    """The span of a step instance."""
    return ids.place(trace_of(context), ids.named("step", context.workflow, run, key))


def attempt_of(workflow: str, run: str, activity: str, attempt: int) -> int:
    """The id of the span of one attempt."""
    return ids.named("attempt", workflow, run, activity, attempt)
