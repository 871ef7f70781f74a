"""What was accepted before somebody listened for it."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from functools import partial

from sqlmodel import Session, col, select

from public_works.events.judged import Judged
from public_works.record import Record
from public_works.tables import CloudEventRow
from symphainy.event import ANY_TYPE, Bound, Envelope, Evaluate, addressee, evaluator, matches
from symphainy.json import canonical

__all__ = ["Backlog", "EventRecord", "backlog"]

MOST = 100
LARGEST = 500_000
"""Events and bytes of one answer, which is kept in the history of the run that asked."""
CHUNK = 500


class EventRecord(Record):
    """An event that was accepted."""

    seq: int
    environment: str
    envelope: Envelope
    accepted: datetime


class Backlog(Record):
    """Events in order, with their places; up to where they were looked for, and whether the
    answer ends there only because it was full."""

    events: tuple[tuple[int, Envelope], ...] = ()
    after: int
    more: bool = False


def backlog(
    session: Session,
    tenant: str,
    *,
    workflow: str,
    environment: str,
    filters: Sequence[Bound],
    since: datetime,
    after: int,
    taken: Collection[int],
    last: int,
    judged: Judged[bool],
) -> Backlog:
    """What there is behind `after`, up to `last`, without what was `taken`; `judged` is what is
    known of single events before."""
    found: list[tuple[int, Envelope]] = []
    size = 0
    for row in _rows(session, tenant, environment, filters, since, after):
        evaluate = evaluator(row.accepted.timestamp())
        if addressee(row.envelope) not in (None, workflow):
            continue
        if row.seq in taken or not judged.of(row.seq, partial(_meant, filters, row, evaluate)):
            continue
        size += len(canonical(row.envelope))
        if found and (len(found) == MOST or size > LARGEST):
            return Backlog(events=tuple(found), after=found[-1][0], more=True)
        found.append((row.seq, row.envelope))
    return Backlog(events=tuple(found), after=max(last, after))


def _meant(filters: Sequence[Bound], row: CloudEventRow, evaluate: Evaluate) -> bool:
    return any(matches(one, row.envelope, evaluate) for one in filters)


def _rows(
    session: Session,
    tenant: str,
    environment: str,
    filters: Sequence[Bound],
    since: datetime,
    after: int,
) -> Iterator[CloudEventRow]:
    types = {one.type for one in filters}
    while True:
        rows = select(CloudEventRow).where(
            CloudEventRow.tenant == tenant,
            CloudEventRow.environment == environment,
            CloudEventRow.seq > after,
            CloudEventRow.accepted >= since,
        )
        if ANY_TYPE not in types:
            rows = rows.where(col(CloudEventRow.type).in_(sorted(types)))
        found = session.exec(rows.order_by(col(CloudEventRow.seq)).limit(CHUNK)).all()
        yield from found
        if len(found) < CHUNK:
            return
        after = found[-1].seq
