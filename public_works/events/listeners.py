"""Where listeners are filed, and which of them an event is for."""

from functools import partial
from typing import Any

from sqlmodel import Session, col, select

from public_works.events.judged import Judged
from public_works.tables import CloudEventRow, ListenerRow
from symphainy.event import ANY_TYPE, Bound, addressee, evaluator, index_of, matches, tie
from symphainy.expr import ExpressionError

__all__ = ["index_rows", "meant"]


def index_rows(bound: Bound) -> dict[str, Any]:
    """The columns under which a filter is found again."""
    index = index_of(bound)
    return {"type": bound.type, "shape": index.shape, "value": index.value}


def meant(session: Session, event: CloudEventRow, judged: Judged[Any]) -> list[str]:
    """The workflow ids of the runs that listen for `event`; `judged` is what is known before.

    However many runs wait for one type of event, each for its own correlation value, only those
    filed under the value of this event are looked at.
    """
    found: dict[str, None] = {}
    evaluate = evaluator(event.accepted.timestamp())
    only = addressee(event.envelope)
    for row in _filed(session, event, judged):
        if only not in (None, row.workflow) or row.workflow in found:
            continue
        bound = Bound.model_validate(row.filter)
        ask = partial(matches, bound, event.envelope, evaluate)
        if judged.of((row.id, row.n), ask):
            found[row.workflow] = None
    return [*found]


def _filed(session: Session, event: CloudEventRow, judged: Judged[Any]) -> list[ListenerRow]:
    rows: list[ListenerRow] = []
    for type_, shape in _shapes(session, event):
        where = (
            ListenerRow.tenant == event.tenant,
            ListenerRow.environment == event.environment,
            ListenerRow.type == type_,
            ListenerRow.shape == shape,
        )
        listening = select(ListenerRow).where(*where).order_by(col(ListenerRow.created))
        if not shape:
            rows += session.exec(listening)
            continue
        first = session.exec(listening.limit(1)).one()
        value = judged.of((type_, shape), partial(_value, first, event))
        if value is not None:
            rows += session.exec(listening.where(ListenerRow.value == value))
    return rows


def _shapes(session: Session, event: CloudEventRow) -> list[tuple[str, str]]:
    kinds = (
        select(ListenerRow.type, ListenerRow.shape)
        .where(
            ListenerRow.tenant == event.tenant,
            ListenerRow.environment == event.environment,
            col(ListenerRow.type).in_([event.type, ANY_TYPE]),
        )
        .distinct()
    )
    return [(type_, shape) for type_, shape in session.exec(kinds)]


def _value(row: ListenerRow, event: CloudEventRow) -> str | None:
    links = index_of(Bound.model_validate(row.filter)).links
    try:
        return tie(links, event.envelope, evaluator(event.accepted.timestamp()))
    except ExpressionError:
        return None
