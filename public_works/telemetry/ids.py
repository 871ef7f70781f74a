"""Ids of traces and spans: as W3C writes them, and made so that both sides of a run find the same.

A run's spans are named by what they are about, so that nothing has to travel in a header of each
command, and what is done again after a crash has the same name again.
"""

import hashlib
import re

from opentelemetry.trace import SpanContext, TraceFlags

__all__ = ["named", "place", "read", "traceparent", "whole"]

TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
SAMPLED = TraceFlags(TraceFlags.SAMPLED)


def read(traceparent: str | None) -> SpanContext | None:
    """The place that a traceparent names; None if it is none."""
    found = TRACEPARENT.fullmatch(traceparent or "")
    if found is None:
        return None
    place = SpanContext(int(found[1], 16), int(found[2], 16), True, SAMPLED)
    return place if place.is_valid else None


def traceparent(place: SpanContext) -> str:
    """The place as W3C writes it."""
    return f"00-{place.trace_id:032x}-{place.span_id:016x}-01"


def named(*parts: object) -> int:
    """The id of the span that is about `parts`."""
    return int.from_bytes(_digest(parts)[:8], "big") or 1


def whole(*parts: object) -> int:
    """The id of the trace that is about `parts`."""
    return int.from_bytes(_digest(parts)[:16], "big") or 1


def place(trace: int, span: int) -> SpanContext:
    """A place in a trace."""
    return SpanContext(trace, span, True, SAMPLED)


def _digest(parts: tuple[object, ...]) -> bytes:
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).digest()
