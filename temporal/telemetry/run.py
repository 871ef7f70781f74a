"""The spans that a run tells from inside of its workflow, each once, however often it is replayed.

None is open while the run waits: the part of a step before a wait ends there, and the part behind
it is a span of its own, linked to the one before.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from opentelemetry.trace import Link, SpanContext
from temporalio import workflow
from temporalio.exceptions import ApplicationError, FailureError

from public_works.telemetry import Telemetry, ids, names
from smart_city.context import ExecutionContext
from smart_city.decide import Verdict
from symphainy.invocation import Invocation
from temporal import addresses
from temporal.telemetry.places import beginning_of, run_of, step_of

__all__ = ["RunSpans"]


@dataclass
class _Part:
    """What of a step is under way: the part that was begun last."""

    place: SpanContext
    began: int
    count: int = 0
    links: tuple[Link, ...] = ()


@dataclass
class RunSpans:
    """The spans of one run."""

    telemetry: Telemetry
    context: ExecutionContext
    _parts: dict[str, _Part] = field(default_factory=dict)

    @contextmanager
    def run(self) -> Iterator[None]:
        """Around all that the run does: a span for its begin and one for its end."""
        info, place = workflow.info(), run_of(self.context, workflow.info().run_id)
        about = self._about({names.WORKFLOW: info.workflow_type, names.KIND: "run"})
        if self._tells():
            self.telemetry.mark(
                f"run {info.workflow_type}",
                about,
                parent=beginning_of(self.context),
                id=place.span_id,
                began=int(info.workflow_start_time.timestamp() * 1e9),
                ended=workflow.time_ns(),
            )
        try:
            yield
        except BaseException as error:
            self._end(place, about, _code(error))
            raise
        self._end(place, about, None)

    def _end(self, place: SpanContext, about: dict[str, str], code: str | None) -> None:
        if not self._tells():
            return
        self.telemetry.mark(
            "run ends" if code != "continued" else "run continues as new",
            about,
            parent=place,
            id=ids.named("end", place.trace_id, place.span_id),
            began=workflow.time_ns(),
            ended=workflow.time_ns(),
            links=[Link(place, {names.LINK: "began"})],
            code=code if code != "continued" else None,
        )

    @contextmanager
    def step(self, invocation: Invocation) -> Iterator[None]:
        """Around a step: from when it is wanted until it is done."""
        key = invocation.key
        place = step_of(self.context, workflow.info().run_id, key)
        self._parts[key] = _Part(place, workflow.time_ns())
        try:
            yield
        except BaseException as error:
            self._told(invocation, _code(error))
            raise
        else:
            self._told(invocation, None)
        finally:
            self._parts.pop(key, None)

    @contextmanager
    def waiting(self, invocation: Invocation, why: str) -> Iterator[None]:
        """Around a wait that policy wants, which may take days."""
        self._told(invocation, None, waits=why)
        yield
        part = self._parts.get(invocation.key)
        if part is not None and workflow.in_workflow():
            count = part.count + 1
            own = ids.named("part", part.place.trace_id, part.place.span_id, count)
            self._parts[invocation.key] = _Part(
                ids.place(part.place.trace_id, own),
                workflow.time_ns(),
                count,
                (Link(part.place, {names.LINK: "waited"}),),
            )

    def decided(self, invocation: Invocation, verdict: Verdict) -> None:
        """A decision that the run made by itself."""
        if not self._tells():
            return
        parent = step_of(self.context, workflow.info().run_id, invocation.key)
        kind = invocation.channel or invocation.effect
        self.telemetry.meters.decisions.labels(
            verdict.outcome, kind, verdict.layer or "none", "run"
        ).inc()
        self.telemetry.mark(
            f"decide {verdict.outcome}",
            self._about(
                {
                    names.STEP: invocation.step,
                    names.POINT: "run",
                    names.OUTCOME: verdict.outcome,
                    names.POLICY: verdict.policy or "",
                    names.LAYER: verdict.layer or "",
                }
            ),
            parent=parent,
            id=ids.named("decided", parent.span_id, verdict.facts_digest, verdict.outcome),
            began=workflow.time_ns(),
            ended=workflow.time_ns(),
        )

    def heard(self, what: str, kind: str) -> None:
        """A signal or an update reached the run."""
        if not self._tells():
            return
        info = workflow.info()
        place = run_of(self.context, info.run_id)
        self.telemetry.mark(
            f"{kind} {what}",
            self._about({names.KIND: kind}),
            parent=place,
            id=ids.named(kind, place.span_id, what, info.get_current_history_length()),
            began=workflow.time_ns(),
            ended=workflow.time_ns(),
        )

    def _told(self, invocation: Invocation, code: str | None, waits: str | None = None) -> None:
        part = self._parts.get(invocation.key)
        if part is None or not self._tells():
            return
        first = part.count == 0
        run = run_of(self.context, workflow.info().run_id)
        about = {
            names.STEP: invocation.step,
            names.CAPABILITY: invocation.capability,
            names.EXPERIENCE: invocation.experience or "",
            names.KIND: "step",
            names.WAITS: waits or "",
        }
        self.telemetry.mark(
            f"step {invocation.task}" if first else f"step {invocation.task} goes on",
            self._about(about),
            parent=run,
            id=part.place.span_id,
            began=part.began,
            ended=workflow.time_ns(),
            links=part.links,
            code=code,
        )

    def _about(self, more: dict[str, str]) -> dict[str, str]:
        own = self.context
        known = {
            names.TENANT: own.tenant,
            names.ENVIRONMENT: own.environment,
            names.SOLUTION: own.solution,
            names.VERSION: own.version,
            names.RUN: addresses.run_of(own.workflow),
            names.ROOM: "run",
        }
        return {**known, **{name: one for name, one in more.items() if one}}

    def _tells(self) -> bool:
        # A run that leaves a worker's memory is unwound outside of its workflow.
        return self.telemetry.on and workflow.in_workflow() and not workflow.unsafe.is_replaying()


def _code(error: BaseException) -> str:
    if isinstance(error, workflow.ContinueAsNewError):
        return "continued"
    cause = error.cause if isinstance(error, FailureError) and error.cause else error
    problem = getattr(cause, "problem", None)
    if isinstance(problem, dict):
        return str(problem.get("code") or problem.get("type") or "fault")[:128]
    if isinstance(cause, ApplicationError) and cause.type:
        return cause.type
    return type(cause).__name__
