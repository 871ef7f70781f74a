"""What deliveries and receipts tell of themselves: which adapter, which delivery, what came of it;
neither whom it is for nor what it says."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from opentelemetry import trace
from opentelemetry.trace import Link, Span, SpanKind

from public_works.ledger import DeliveryRecord
from public_works.telemetry import CURRENT, ids, names, span
from symphainy.delivery import Receipt, SendResult
from symphainy.plan import Experience

__all__ = ["heard", "writing", "wrote"]


def writing(record: DeliveryRecord, bound: Experience) -> AbstractContextManager[Span]:
    """Around one write on the wire."""
    about = {
        **_about(record),
        names.ADAPTER: bound.adapter,
        names.SYSTEM: bound.adapter,
        names.OPERATION: "send",
        names.DESTINATION: record.binding,
        names.ATTEMPT: record.attempt,
        names.ROOM: "adapter",
    }
    return span(f"send {bound.channel}", about, SpanKind.PRODUCER)


def wrote(made: Span, bound: Experience, result: SendResult) -> None:
    """What came of the write."""
    made.set_attribute(names.OUTCOME, result.outcome)
    if result.outcome != "accepted":
        made.set_attribute(names.ERROR, result.code or result.outcome)
        made.set_status(trace.Status(trace.StatusCode.ERROR))
    current = CURRENT.get()
    if current is not None:
        current.meters.deliveries.labels(bound.adapter, result.outcome).inc()


@contextmanager
def heard(record: DeliveryRecord, receipt: Receipt) -> Iterator[None]:
    """Around what a receipt leads to: in the trace of the run that sent, linked to the one in
    which the provider told it."""
    current, parent = CURRENT.get(), ids.read(record.trace)
    if current is None or parent is None:
        yield
        return
    here = trace.get_current_span().get_span_context()
    about = {**_about(record), names.EVENT: receipt.event, names.ROOM: "worker"}
    links = [Link(here, {names.LINK: "told"})] if here.is_valid else []
    told = f"receipt {receipt.event}"
    current.meters.receipts.labels(record.provider or "none", receipt.event).inc()
    with current.span(told, about, parent=parent, kind=SpanKind.CONSUMER, links=links):
        yield


def _about(record: DeliveryRecord) -> dict[str, str | int | None]:
    return {
        names.TENANT: record.tenant,
        names.SOLUTION: record.solution,
        names.RUN: record.run,
        names.STEP: record.step,
        names.DELIVERY: record.id,
        names.CHANNEL: record.channel,
        names.EXPERIENCE: record.binding,
    }
