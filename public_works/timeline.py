"""What happened between a customer and the client: sent, told, written."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Select, and_, or_, select
from sqlmodel import Session, col

from public_works.database import Database
from public_works.record import Record
from public_works.tables import DeliveryRow, EventRow, InboundRow
from symphainy.json import Json

__all__ = ["Happening", "Place", "Timeline"]

Place = tuple[datetime, str]
"""Where a page ended: the moment and the id of its last."""


class Happening(Record):
    """Something of a customer's timeline."""

    id: str
    at: datetime
    kind: Literal["sent", "told", "wrote"]
    """What was sent to them, what a provider told of it, what they wrote."""
    channel: str
    experience: str
    delivery: str | None
    run: str | None = None
    step: str | None = None
    state: str | None = None
    """Where the delivery is now."""
    event: str | None = None
    subject: str | None = None
    text: str | None = None
    data: dict[str, Json] | None = None


class Timeline:
    """The timelines of customers, derived from what the other stores keep."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def of(
        self, tenant: str, customer: str, *, before: Place | None = None, limit: int = 50
    ) -> list[Happening]:
        """What happened, newest first, before that place."""
        with self._db.reading() as session:
            found = [
                *_sent(session, tenant, customer, before, limit),
                *_told(session, tenant, customer, before, limit),
                *_wrote(session, tenant, customer, before, limit),
            ]
        return sorted(found, key=lambda one: (one.at, one.id), reverse=True)[:limit]


def _sent(
    session: Session, tenant: str, customer: str, before: Place | None, limit: int
) -> Iterator[Happening]:
    row = DeliveryRow
    rows = select(row).where(col(row.tenant) == tenant, col(row.customer) == customer)
    for one in _page(session, rows, col(row.created), col(row.id), before, limit):
        yield Happening(
            id=one.id,
            at=one.created,
            kind="sent",
            channel=one.channel,
            experience=one.binding,
            delivery=one.id,
            run=one.run,
            step=one.step,
            state=one.state,
            event=one.event,
        )


def _told(
    session: Session, tenant: str, customer: str, before: Place | None, limit: int
) -> Iterator[Happening]:
    of_delivery = and_(
        col(DeliveryRow.tenant) == col(EventRow.tenant),
        col(DeliveryRow.id) == col(EventRow.delivery),
    )
    rows: Any = (
        select(EventRow, DeliveryRow)
        .join(DeliveryRow, of_delivery)
        .where(col(EventRow.tenant) == tenant, col(DeliveryRow.customer) == customer)
    )
    place = col(EventRow.at), col(EventRow.dedupe)
    for event, sent in session.execute(_behind(rows, *place, before, limit)):
        yield Happening(
            id=event.dedupe,
            at=event.at,
            kind="told",
            channel=sent.channel,
            experience=sent.binding,
            delivery=sent.id,
            run=sent.run,
            step=sent.step,
            event=event.event,
            data=event.data,
        )


def _wrote(
    session: Session, tenant: str, customer: str, before: Place | None, limit: int
) -> Iterator[Happening]:
    row = InboundRow
    rows = select(row).where(col(row.tenant) == tenant, col(row.customer) == customer)
    for one in _page(session, rows, col(row.at), col(row.id), before, limit):
        yield Happening(
            id=one.id,
            at=one.at,
            kind="wrote",
            channel=one.channel,
            experience=one.binding,
            delivery=one.delivery,
            subject=one.subject,
            text=one.text,
        )


def _page(
    session: Session,
    rows: Select[Any],
    at: Any,
    id: Any,
    before: Place | None,
    limit: int,
) -> Iterator[Any]:
    yield from session.execute(_behind(rows, at, id, before, limit)).scalars()


def _behind(
    rows: Select[Any],
    at: Any,
    id: Any,
    before: Place | None,
    limit: int,
) -> Select[Any]:
    if before is not None:
        moment, last = before
        rows = rows.where(or_(at < moment, and_(at == moment, id < last)))
    return rows.order_by(at.desc(), id.desc()).limit(limit)
