"""Telemetry: spans of traces, meters, log lines."""

from public_works.telemetry import ids, names
from public_works.telemetry.spans import SpanRecord, Spans
from public_works.telemetry.telemetry import CARRIES, CURRENT, Telemetry, here, note, span

__all__ = [
    "CARRIES",
    "CURRENT",
    "SpanRecord",
    "Spans",
    "Telemetry",
    "here",
    "ids",
    "names",
    "note",
    "span",
]
