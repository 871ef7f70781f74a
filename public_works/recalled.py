"""Messages that providers ask about while they deliver them: what to say next in a call."""

from datetime import datetime

from pydantic import TypeAdapter
from sqlmodel import col, delete

from public_works.database import Database
from public_works.record import now
from public_works.tables import MessageRow
from symphainy.delivery import Message

__all__ = ["Recalled"]

_MESSAGE: TypeAdapter[Message] = TypeAdapter(Message)


class Recalled:
    """What was sent, for adapters that recall it."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def keep(self, tenant: str, delivery: str, message: Message) -> None:
        """Keep what a delivery says, instead of what it said at an attempt before."""
        row = MessageRow(
            tenant=tenant, delivery=delivery, message=message.model_dump(mode="json"), at=now()
        )
        with self._db.session() as session:
            session.merge(row)

    def get(self, tenant: str, delivery: str) -> Message | None:
        """What the delivery says, or None if that was not kept or is forgotten."""
        with self._db.reading() as session:
            row = session.get(MessageRow, {"tenant": tenant, "delivery": delivery})
            return _MESSAGE.validate_python(row.message) if row else None

    def forget(self, before: datetime) -> int:
        """Let go of messages, of any tenant, that were kept before then; how many there were."""
        with self._db.session() as session:
            gone = session.exec(delete(MessageRow).where(col(MessageRow.at) < before))
            return int(gone.rowcount)
