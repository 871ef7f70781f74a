"""What people write to the clients of this platform."""

from datetime import datetime

from sqlmodel import Session

from public_works.database import Database, insert_new
from public_works.record import Record
from public_works.tables import InboundRow
from symphainy.json import digest

__all__ = ["InboundMessages", "InboundRecord"]


class InboundRecord(Record):
    """A message that somebody wrote."""

    tenant: str
    id: str
    channel: str
    adapter: str
    binding: str
    customer: str | None
    delivery: str | None
    address_hash: str
    provider_id: str
    subject: str | None
    text: str
    at: datetime


class InboundMessages:
    """The messages, each once however often its provider brings it."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def put(
        self,
        tenant: str,
        *,
        channel: str,
        adapter: str,
        binding: str,
        customer: str | None,
        delivery: str | None,
        address_hash: str,
        provider_id: str,
        text: str,
        at: datetime,
        subject: str | None = None,
    ) -> InboundRecord:
        """Keep a message; one that was kept before is told as it was then."""
        id = _named(channel, adapter, provider_id)
        row = InboundRow(
            tenant=tenant,
            id=id,
            channel=channel,
            adapter=adapter,
            binding=binding,
            customer=customer,
            delivery=delivery,
            address_hash=address_hash,
            provider_id=provider_id,
            subject=subject,
            text=text,
            at=at,
        )
        with self._db.session() as session:
            insert_new(session, row)
            return _record(session, tenant, id)

    def known(
        self, tenant: str, *, channel: str, adapter: str, provider_id: str
    ) -> InboundRecord | None:
        """The message that the provider knows by that id, or None."""
        return self.get(tenant, _named(channel, adapter, provider_id))

    def get(self, tenant: str, id: str) -> InboundRecord | None:
        """That message, or None."""
        with self._db.reading() as session:
            row = session.get(InboundRow, {"tenant": tenant, "id": id})
            return InboundRecord.model_validate(row) if row else None


def _named(channel: str, adapter: str, provider_id: str) -> str:
    return digest([channel, adapter, provider_id])


def _record(session: Session, tenant: str, id: str) -> InboundRecord:
    row = session.get_one(InboundRow, {"tenant": tenant, "id": id})
    return InboundRecord.model_validate(row)
