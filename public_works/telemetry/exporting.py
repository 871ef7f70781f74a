"""Spans on their way: into our own store, and to a collector if there is one."""

import logging
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import StatusCode

from public_works.telemetry import names
from public_works.telemetry.spans import SpanRecord, Spans
from symphainy.errors import Ending

if TYPE_CHECKING:
    from public_works.settings import Settings

__all__ = ["StoreExporter", "collector"]

log = logging.getLogger("symphainy.telemetry")

OWN = (names.TENANT, names.RUN, names.STEP, names.ROOM)
"""Attributes that have a column."""
STATUS = {StatusCode.OK: "ok", StatusCode.ERROR: "error", StatusCode.UNSET: "unset"}
VARIABLES = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")


class StoreExporter(SpanExporter):
    """Keeps spans that belong to a tenant; the others are nobody's to see."""

    def __init__(self, spans: Spans) -> None:
        self._spans = spans

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Keep them; what cannot be kept is lost, and nobody waits for it."""
        found = [one for span in spans if (one := record(span)) is not None]
        try:
            if found:
                self._spans.add(found)
        except Ending as ending:
            log.warning("%d spans are lost: %s", len(found), ending.message)
            return SpanExportResult.FAILURE
        return SpanExportResult.SUCCESS


def record(span: ReadableSpan) -> SpanRecord | None:
    """`span` as it is kept; None if it belongs to no tenant."""
    given = dict(span.attributes or {})
    tenant, context = given.get(names.TENANT), span.context
    if not isinstance(tenant, str) or context is None:
        return None
    return SpanRecord(
        tenant=tenant,
        trace=f"{context.trace_id:032x}",
        id=f"{context.span_id:016x}",
        parent=f"{span.parent.span_id:016x}" if span.parent else None,
        name=span.name,
        kind=span.kind.name.lower(),
        room=str(given.get(names.ROOM, "")),
        run=_text(given.get(names.RUN)),
        step=_text(given.get(names.STEP)),
        began=span.start_time or 0,
        ended=span.end_time or span.start_time or 0,
        status=STATUS[span.status.status_code],
        code=_text(given.get(names.ERROR)),
        attributes={name: _plain(one) for name, one in given.items() if name not in OWN},
        events=[
            {"name": one.name, "at": one.timestamp, "attributes": dict(one.attributes or {})}
            for one in span.events
        ],
        links=[
            {
                "trace": f"{one.context.trace_id:032x}",
                "id": f"{one.context.span_id:016x}",
                "why": str((one.attributes or {}).get(names.LINK, "")),
            }
            for one in span.links
        ],
    )


def collector(settings: "Settings") -> SpanExporter | None:
    """What sends to the collector that the settings or OpenTelemetry's own variables name."""
    endpoint = settings.traces_endpoint
    if endpoint is None and not any(os.environ.get(one) for one in VARIABLES):
        return None
    # Imported only where it is used: it takes a quarter of a second.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    if endpoint is None:
        return OTLPSpanExporter()
    return OTLPSpanExporter(endpoint=endpoint.rstrip("/").removesuffix("/v1/traces") + "/v1/traces")


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _text(value: object) -> str | None:
    return str(value) if value is not None else None
