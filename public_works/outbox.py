"""What the sandbox adapters sent, to be read by people instead of sent to them."""

import uuid
from datetime import datetime

from sqlmodel import Session, select

from public_works.database import Database, insert_values
from public_works.record import Record, now, page
from public_works.tables import OutboxRow

__all__ = ["Outbox", "OutboxMessage"]


class OutboxMessage(Record):
    """One message, as its receiver would have got it."""

    tenant: str
    id: str
    delivery: str
    run: str
    step: str
    channel: str
    to: str
    sender: str
    subject: str
    text: str
    html: str | None
    headers: dict[str, str]
    at: datetime


class Outbox:
    """The mailbox of everybody, on a platform that sends nothing."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def put(
        self,
        tenant: str,
        *,
        delivery: str,
        run: str,
        step: str,
        channel: str,
        to: str,
        sender: str,
        subject: str,
        text: str,
        html: str | None,
        headers: dict[str, str],
    ) -> OutboxMessage:
        """Keep the message of a delivery; the same delivery again answers what was kept."""
        message = OutboxMessage(
            tenant=tenant,
            id=uuid.uuid4().hex,
            delivery=delivery,
            run=run,
            step=step,
            channel=channel,
            to=to,
            sender=sender,
            subject=subject,
            text=text,
            html=html,
            headers=headers,
            at=now(),
        )
        with self._db.writing() as connection:
            new = insert_values(connection, OutboxRow, message.model_dump())
        return message if new else self.find(tenant, delivery) or message

    def find(self, tenant: str, delivery: str) -> OutboxMessage | None:
        """The message of a delivery, or None."""
        with self._db.reading() as session:
            row = _of(session, tenant, delivery)
            return OutboxMessage.model_validate(row) if row else None

    def get(self, tenant: str, id: str) -> OutboxMessage | None:
        """The message of that id, or None."""
        with self._db.reading() as session:
            row = session.get(OutboxRow, {"tenant": tenant, "id": id})
            return OutboxMessage.model_validate(row) if row else None

    def list(self, tenant: str, after: str | None = None, limit: int = 50) -> list[OutboxMessage]:
        """Messages, newest first, behind the message `after`."""
        every = select(OutboxRow).where(OutboxRow.tenant == tenant)
        with self._db.reading() as session:
            rows = page(session, every, OutboxRow, tenant, after=after, limit=limit, moment="at")
            return [OutboxMessage.model_validate(row) for row in rows]


def _of(session: Session, tenant: str, delivery: str) -> OutboxRow | None:
    statement = select(OutboxRow).where(OutboxRow.tenant == tenant, OutboxRow.delivery == delivery)
    return session.exec(statement).first()
