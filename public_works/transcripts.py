"""What was said in sessions, and how each stands."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select, update

from public_works.database import Database, insert_new
from public_works.record import Record, now, page
from public_works.tables import SessionMessageRow, SessionRow
from symphainy.session import Address, Message, Surface

__all__ = ["SessionRecord", "Transcripts", "Unseen"]


class SessionRecord(Record):
    """A session, with how it stood when its workflow told of it last."""

    tenant: str
    id: str
    solution: str
    environment: str
    customer: str | None
    surface: Surface
    version: int
    live: datetime | None
    created: datetime
    changed: datetime


class Unseen(Record):
    """A message whose sender has to be told that it arrived, or was read."""

    seq: int
    id: str
    delivered: bool
    read: bool


class Transcripts:
    """The sessions' side that outlives their workflows."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def keep(self, tenant: str, surface: Surface, messages: Iterable[Message] = ()) -> None:
        """Take in how a session stands, and its new messages; each once."""
        with self._db.session() as session:
            row = _locked(session, tenant, surface.session)
            row.surface = surface.model_dump(mode="json")
            row.seq, row.version, row.changed = surface.seq, row.version + 1, now()
            for one in messages:
                insert_new(session, _message_row(tenant, surface.session, one))

    def get(self, tenant: str, id: str) -> SessionRecord | None:
        """That session, or None."""
        with self._db.reading() as session:
            row = session.get(SessionRow, {"tenant": tenant, "id": id})
            return SessionRecord.model_validate(row) if row else None

    def messages(self, tenant: str, id: str, *, after: int = 0, limit: int = 100) -> list[Message]:
        """Messages of a session behind the place `after`, in order."""
        rows = _of(tenant, id).where(SessionMessageRow.seq > after)
        with self._db.reading() as session:
            found = session.exec(rows.order_by(col(SessionMessageRow.seq)).limit(limit))
            return [_message(one) for one in found]

    def latest(self, tenant: str, id: str, *, limit: int = 100) -> list[Message]:
        """The last messages of a session, in order."""
        rows = _of(tenant, id).order_by(col(SessionMessageRow.seq).desc()).limit(limit)
        with self._db.reading() as session:
            return [_message(one) for one in session.exec(rows)][::-1]

    def said(self, tenant: str, id: str, message: str) -> int | None:
        """The place of the message of that id; None if the transcript does not have it."""
        place = select(SessionMessageRow.seq).where(
            SessionMessageRow.tenant == tenant,
            SessionMessageRow.session == id,
            SessionMessageRow.id == message,
        )
        with self._db.reading() as session:
            return session.exec(place).first()

    def answered(self, tenant: str, id: str, seq: int) -> str | None:
        """The id of the last message to the customer before the place `seq`."""
        row = SessionMessageRow
        rows = _of(tenant, id).where(row.direction == "out", col(row.seq) < seq)
        with self._db.reading() as session:
            found = session.exec(rows.order_by(col(row.seq).desc()).limit(1)).first()
            return found.id if found is not None else None

    def changes(self, tenant: str, ids: Sequence[str]) -> dict[str, int]:
        """How often each of these sessions has changed."""
        rows = select(SessionRow.id, SessionRow.version).where(
            SessionRow.tenant == tenant, col(SessionRow.id).in_(ids)
        )
        with self._db.reading() as session:
            return {id: version for id, version in session.exec(rows)}

    def live(self, tenant: str, id: str, until: datetime) -> None:
        """The customer's device listens, certainly until then; nothing for an unknown session."""
        row = SessionRow
        here = update(row).where(col(row.tenant) == tenant, col(row.id) == id)
        with self._db.session() as session:
            session.connection().execute(here.values(live=until))

    def unseen(self, tenant: str, id: str, *, delivered: int, read: int) -> list[Unseen]:
        """Messages up to these places whose senders were not told of it."""
        row = SessionMessageRow
        due = (col(row.seq) <= delivered) & col(row.delivered).is_(False)
        due |= (col(row.seq) <= read) & col(row.read).is_(False)
        rows = _of(tenant, id).where(row.direction == "out", due)
        with self._db.reading() as session:
            found = session.exec(rows.order_by(col(row.seq)).limit(500))
            return [
                Unseen(
                    seq=one.seq,
                    id=one.id,
                    delivered=one.seq <= delivered and not one.delivered,
                    read=one.seq <= read and not one.read,
                )
                for one in found
            ]

    def told(self, tenant: str, id: str, *, delivered: int, read: int) -> None:
        """The senders of messages up to these places know."""
        row = SessionMessageRow
        here = update(row).where(col(row.tenant) == tenant, col(row.session) == id)
        with self._db.session() as session:
            connection = session.connection()
            connection.execute(here.where(col(row.seq) <= delivered).values(delivered=True))
            connection.execute(here.where(col(row.seq) <= read).values(read=True))

    def list(
        self, tenant: str, *, customer: str | None = None, after: str | None = None, limit: int = 50
    ) -> list[SessionRecord]:
        """Sessions, the one that changed last first, behind the session `after`."""
        rows = select(SessionRow).where(SessionRow.tenant == tenant)
        if customer is not None:
            rows = rows.where(SessionRow.customer == customer)
        with self._db.reading() as session:
            found = page(
                session, rows, SessionRow, tenant, after=after, limit=limit, moment="changed"
            )
            return [SessionRecord.model_validate(one) for one in found]


def _of(tenant: str, id: str) -> Any:
    return select(SessionMessageRow).where(
        SessionMessageRow.tenant == tenant, SessionMessageRow.session == id
    )


def _locked(session: Session, tenant: str, id: str) -> SessionRow:
    """The session's row, which nobody else changes meanwhile; made if there is none."""
    address = Address.of(id)
    row = SessionRow(
        tenant=tenant,
        id=id,
        solution=address.solution,
        environment=address.environment,
        customer=address.customer,
        surface=Surface(session=id).model_dump(mode="json"),
        seq=0,
        version=0,
        live=None,
        created=now(),
        changed=now(),
    )
    insert_new(session, row)
    known = select(SessionRow).where(SessionRow.tenant == tenant, SessionRow.id == id)
    return session.exec(known.with_for_update()).one()


def _message_row(tenant: str, session: str, one: Message) -> SessionMessageRow:
    # What the customer wrote has no sender who waits to be told.
    seen = one.direction == "in"
    fields = one.model_dump(exclude={"choices"})
    choices = [choice.model_dump() for choice in one.choices]
    return SessionMessageRow(
        tenant=tenant, session=session, choices=choices, delivered=seen, read=seen, **fields
    )


def _message(row: SessionMessageRow) -> Message:
    fields = {name: getattr(row, name) for name in Message.model_fields}
    return Message.model_validate(fields)
