"""Which delivery somebody means who does not name it."""

from datetime import datetime, timedelta

from sqlalchemy import tuple_
from sqlmodel import col, select

from public_works.database import Database
from public_works.ledger.records import DeliveryRecord
from public_works.record import now
from public_works.tables import DeliveryRow, EventRow

__all__ = ["Correlation"]

ANSWERED = timedelta(days=30)
"""What is older is not what somebody who writes now answers."""
ARRIVED = ("accepted", "delivered")
MOST = 2


class Correlation:
    """Finds deliveries by what providers and people know of them."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def named(self, tenant: str, provider: str, provider_id: str) -> DeliveryRecord | None:
        """The delivery that `provider` knows by that id; None if there is none, or several. Of
        those that wrote a record of a CRM, it is the latest."""
        with self._db.reading() as session:
            found = session.exec(
                select(DeliveryRow)
                .where(
                    DeliveryRow.tenant == tenant,
                    DeliveryRow.provider_id == provider_id,
                    DeliveryRow.provider == provider,
                )
                .order_by(col(DeliveryRow.created).desc(), col(DeliveryRow.id))
                .limit(MOST)
            ).all()
            sure = len(found) == 1 or {one.channel for one in found} == {"crm"}
            return DeliveryRecord.model_validate(found[0]) if sure else None

    def adrift(
        self, before: datetime, after: tuple[str, str], limit: int = 100
    ) -> list[DeliveryRecord]:
        """Deliveries of any tenant that have been in flight since before then, in order of tenant
        and id from `after` on."""
        place = tuple_(col(DeliveryRow.tenant), col(DeliveryRow.id))
        rows = (
            select(DeliveryRow)
            .where(
                DeliveryRow.state == "in_flight",
                col(DeliveryRow.updated) < before,
                place > after,
            )
            .order_by(col(DeliveryRow.tenant), col(DeliveryRow.id))
            .limit(limit)
        )
        with self._db.reading() as session:
            return [DeliveryRecord.model_validate(one) for one in session.exec(rows)]

    def is_told(self, tenant: str, event: str) -> bool:
        """Whether the ledger has what `told_of` calls so."""
        with self._db.reading() as session:
            return session.get(EventRow, {"tenant": tenant, "dedupe": event}) is not None

    def answered(
        self, tenant: str, *, channel: str, provider: str, binding: str, address_hash: str
    ) -> DeliveryRecord | None:
        """The delivery that whoever has the address answers: the latest that certainly went there,
        by the experience that they wrote to if there is one."""
        rows = (
            select(DeliveryRow)
            .where(
                DeliveryRow.tenant == tenant,
                DeliveryRow.address_hash == address_hash,
                DeliveryRow.channel == channel,
                DeliveryRow.provider == provider,
                col(DeliveryRow.state).in_(ARRIVED),
                col(DeliveryRow.created) >= now() - ANSWERED,
            )
            .order_by(
                (col(DeliveryRow.binding) == binding).desc(),
                col(DeliveryRow.created).desc(),
                col(DeliveryRow.id),
            )
        )
        with self._db.reading() as session:
            row = session.exec(rows.limit(1)).first()
            return DeliveryRecord.model_validate(row) if row else None
