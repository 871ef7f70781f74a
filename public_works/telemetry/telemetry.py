"""Spans as a process makes them: begun where something begins, off the hot path from there."""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.id_generator import IdGenerator, RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import Link, Span, SpanContext, SpanKind, Status, StatusCode, Tracer

from public_works.database import Database
from public_works.telemetry import ids, names
from public_works.telemetry.exporting import StoreExporter, collector
from public_works.telemetry.meters import Meters
from public_works.telemetry.spans import Spans
from symphainy.errors import Ending

if TYPE_CHECKING:
    from public_works.settings import Settings

__all__ = ["CARRIES", "CURRENT", "Telemetry", "here", "note", "span"]

Attributes = Mapping[str, str | int | float | bool | None]

QUEUED = 8_192
"""Spans that wait to be kept; what comes when there are so many is dropped."""
BATCH = 512
DELAY = 500
"""Milliseconds between two batches."""

SHIFT: ContextVar[int] = ContextVar("shift", default=0)
"""Nanoseconds that the clock of what is under way is ahead of this machine's."""
CHOSEN: ContextVar[int | None] = ContextVar("chosen", default=None)
TRACE: ContextVar[int | None] = ContextVar("trace", default=None)


class _Ids(IdGenerator):
    """The ids that were chosen for a span; random ones where none were."""

    def __init__(self) -> None:
        self._random = RandomIdGenerator()

    def generate_span_id(self) -> int:
        chosen = CHOSEN.get()
        return self._random.generate_span_id() if chosen is None else chosen

    def generate_trace_id(self) -> int:
        chosen = TRACE.get()
        return self._random.generate_trace_id() if chosen is None else chosen


@dataclass
class Telemetry:
    """The spans and meters of one process; nothing is kept if `spans` is None."""

    settings: "Settings | None" = None
    spans: Spans | None = None
    meters: Meters = field(default_factory=Meters)
    _provider: TracerProvider | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def of(cls, settings: "Settings") -> "Telemetry":
        """What `settings` ask for; nothing is opened before there is a span."""
        # Through connections of its own: what it writes neither waits for others nor joins them.
        return cls(settings, Spans(Database(settings.database)) if settings.traces else None)

    @property
    def on(self) -> bool:
        """Whether spans are made at all."""
        return self.spans is not None and self.settings is not None and self.settings.traces

    @contextmanager
    def span(
        self,
        name: str,
        attributes: Attributes,
        *,
        kind: SpanKind = SpanKind.INTERNAL,
        parent: SpanContext | None = None,
        id: int | None = None,
        began: int | None = None,
        links: Sequence[Link] = (),
    ) -> Iterator[Span]:
        """A span around the body, below the one that is current unless a `parent` is named.

        Of an exception only its code or type is noted: its words may say anything.
        """
        if not self.on:
            yield trace.INVALID_SPAN
            return
        before = CURRENT.set(self)
        shifted = SHIFT.set(began - time.time_ns() if began is not None else SHIFT.get())
        made = self._begun(name, attributes, kind, parent, id, _now(), links)
        try:
            with trace.use_span(made, record_exception=False, set_status_on_exception=False):
                yield made
        except BaseException as error:
            _failed(made, error)
            raise
        finally:
            made.end(_now())
            SHIFT.reset(shifted)
            CURRENT.reset(before)

    def mark(
        self,
        name: str,
        attributes: Attributes,
        *,
        parent: SpanContext,
        id: int,
        began: int,
        ended: int,
        kind: SpanKind = SpanKind.INTERNAL,
        links: Sequence[Link] = (),
        code: str | None = None,
    ) -> None:
        """A span that is over; `code` says why it failed."""
        if not self.on:
            return
        made = self._begun(name, attributes, kind, parent, id, began, links)
        if code is not None:
            made.set_attribute(names.ERROR, code)
            made.set_status(Status(StatusCode.ERROR))
        made.end(ended)

    def flush(self) -> None:
        """Have everything kept that is over; waits for it."""
        if self._provider is not None:
            self._provider.force_flush()

    def close(self) -> None:
        """Keep what is over, and stop."""
        with self._lock:
            provider, self._provider = self._provider, None
        if provider is not None:
            provider.shutdown()

    def _begun(
        self,
        name: str,
        attributes: Attributes,
        kind: SpanKind,
        parent: SpanContext | None,
        id: int | None,
        began: int,
        links: Sequence[Link],
    ) -> Span:
        context = trace.set_span_in_context(trace.NonRecordingSpan(parent)) if parent else None
        given = {key: one for key, one in attributes.items() if one is not None}
        chosen = CHOSEN.set(id)
        try:
            return self._tracer().start_span(
                name,
                context,
                kind,
                given,
                list(links),
                began,
                record_exception=False,
                set_status_on_exception=False,
            )
        finally:
            CHOSEN.reset(chosen)

    def _tracer(self) -> Tracer:
        provider = self._provider
        if provider is None:
            with self._lock:
                provider = self._provider = self._provider or self._made()
        return provider.get_tracer("symphainy")

    def _made(self) -> TracerProvider:
        if self.settings is None or self.spans is None:
            raise RuntimeError("there is nowhere to keep spans")
        provider = TracerProvider(
            sampler=ALWAYS_ON,
            resource=Resource.create({"service.name": "symphainy"}),
            shutdown_on_exit=False,
            id_generator=_Ids(),
            span_limits=SpanLimits(max_span_attributes=32, max_span_attribute_length=512),
        )
        provider.add_span_processor(_batched(StoreExporter(self.spans)))
        there = collector(self.settings)
        if there is not None:
            provider.add_span_processor(_batched(there))
        return provider


CURRENT: ContextVar[Telemetry | None] = ContextVar("telemetry", default=None)
"""The telemetry of the process that this is part of, inside of one of its spans."""

CARRIES: ContextVar[bool] = ContextVar("carries", default=False)
"""Whether requests to servers outside say which trace they are part of: a client's own servers
are told, vendors are not."""


@contextmanager
def span(name: str, attributes: Attributes, kind: SpanKind = SpanKind.INTERNAL) -> Iterator[Span]:
    """A span below the one that this is part of, of the same run; none if this is part of none."""
    current = CURRENT.get()
    if current is None:
        yield trace.INVALID_SPAN
        return
    above = getattr(trace.get_current_span(), "attributes", None) or {}
    whose = {one: above[one] for one in (names.TENANT, names.RUN) if one in above}
    with current.span(name, {**whose, **attributes}, kind=kind) as made:
        yield made


def note(**attributes: str | int | bool | None) -> None:
    """Have these in the span that this is part of, by their names in `names`."""
    current = trace.get_current_span()
    for name, one in attributes.items():
        if one is not None:
            current.set_attribute(getattr(names, name), one)


def here() -> str | None:
    """The traceparent of the span that this is part of, or None."""
    context = trace.get_current_span().get_span_context()
    return ids.traceparent(context) if context.is_valid else None


def _batched(exporter: SpanExporter) -> BatchSpanProcessor:
    return BatchSpanProcessor(
        exporter,
        max_queue_size=QUEUED,
        schedule_delay_millis=DELAY,
        max_export_batch_size=BATCH,
    )


def _failed(made: Span, error: BaseException) -> None:
    code = error.code if isinstance(error, Ending) else getattr(error, "type", None)
    made.set_attribute(names.ERROR, str(code or type(error).__name__)[:128])
    made.set_status(Status(StatusCode.ERROR))


def _now() -> int:
    return time.time_ns() + SHIFT.get()
