"""The log of events, read by whoever wants to know what there was."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, select

from public_works.database import Database
from public_works.events.backlog import EventRecord
from public_works.events.log import last_of, wanted
from public_works.tables import CloudEventRow, DeploymentRow
from symphainy.errors import Refused
from symphainy.event import is_private

__all__ = ["Reading"]


class Reading:
    """What there is in the log."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def after(
        self,
        tenant: str,
        environment: str,
        seq: int,
        *,
        types: Sequence[str] = (),
        limit: int = 100,
    ) -> list[EventRecord]:
        """Events behind the place `seq`, oldest first; `types` as endpoints name them. Refused
        `event.cursor-expired` as by `walk`."""
        return self.walk(tenant, environment, seq, types=types, limit=limit)[0]

    def walk(
        self,
        tenant: str,
        environment: str,
        seq: int,
        *,
        types: Sequence[str] = (),
        limit: int = 100,
    ) -> tuple[list[EventRecord], int]:
        """Events behind the place `seq`, oldest first, and the place up to which these are all:
        it moves on where nothing of these types is told, too. Events for one run alone are not
        among them.

        Refused `event.cursor-expired` if some behind that place are not kept any more, or the log
        does not reach that far: it is an older one than the place is of.
        """
        oldest = select(func.min(CloudEventRow.seq)).where(CloudEventRow.tenant == tenant)
        rows = select(CloudEventRow).where(
            CloudEventRow.tenant == tenant,
            CloudEventRow.environment == environment,
            CloudEventRow.seq > seq,
            wanted(types),
        )
        with self._db.reading() as session:
            first = session.exec(oldest).one()
            if first is not None and seq + 1 < first and seq >= 0 and first > 1:
                message = (
                    f"events up to {first - 1} are not kept any more; go on behind {first - 1}"
                )
                raise Refused("event.cursor-expired", message)
            last = last_of(session, tenant)
            if seq > last:
                message = f"the log ends at {last}: it was put back to an earlier state"
                raise Refused("event.cursor-expired", message)
            ordered = rows.where(CloudEventRow.seq <= last).order_by(col(CloudEventRow.seq))
            found = [EventRecord.model_validate(one) for one in session.exec(ordered.limit(limit))]
            open_ = [one for one in found if not is_private(one.envelope)]
            return open_, found[-1].seq if len(found) == limit else last

    def environments(self, tenant: str) -> list[str]:
        """Where something of the tenant is deployed, and so can be told of events."""
        deployed = select(DeploymentRow.environment).where(DeploymentRow.tenant == tenant)
        with self._db.reading() as session:
            return sorted(session.exec(deployed.distinct()))

    def last(self, tenant: str) -> int:
        """The place of the tenant's newest event; 0 if there is none."""
        with self._db.reading() as session:
            return last_of(session, tenant)

    def since(self, tenant: str, at: datetime) -> int:
        """The place of the last event that was accepted before then."""
        before = select(func.max(CloudEventRow.seq)).where(
            CloudEventRow.tenant == tenant, CloudEventRow.accepted < at
        )
        with self._db.reading() as session:
            return session.exec(before).one() or 0

    def page(
        self,
        tenant: str,
        environment: str,
        *,
        type: str | None = None,
        before: int | None = None,
        limit: int = 50,
    ) -> list[EventRecord]:
        """Events of the tenant, newest first; `before` is the place of the last one known."""
        rows = select(CloudEventRow).where(
            CloudEventRow.tenant == tenant, CloudEventRow.environment == environment
        )
        if type is not None:
            rows = rows.where(CloudEventRow.type == type)
        if before is not None:
            rows = rows.where(CloudEventRow.seq < before)
        with self._db.reading() as session:
            found = session.exec(rows.order_by(col(CloudEventRow.seq).desc()).limit(limit))
            return [EventRecord.model_validate(one) for one in found]
