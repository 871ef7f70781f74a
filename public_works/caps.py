"""Frequency caps: a place is reserved before anything is sent, never counted after."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from public_works.database import Database, serialise
from public_works.record import Record
from public_works.tables import CapRow

__all__ = ["Caps", "Reservation"]


class Reservation(Record):
    """Whether there was a place; if not, when one becomes free (None: never)."""

    granted: bool
    used: int
    free_at: datetime | None


class Caps:
    """Places under sliding windows."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def reserve(
        self,
        tenant: str,
        *,
        policy: str,
        scope: str,
        key: str,
        max: int,
        window: timedelta,
        now: datetime,
    ) -> Reservation:
        """Take one of `max` places that `scope` has within `window`; atomic.

        The same `key` (a delivery's id) keeps the place it has, however often it asks.
        """
        with self._db.session() as session:
            serialise(session, tenant, policy, scope)
            taken = _taken(session, tenant, policy, scope, since=now - window)
            place = {"tenant": tenant, "policy": policy, "scope": scope, "key": key}
            if session.get(CapRow, place) is not None:
                return Reservation(granted=True, used=len(taken), free_at=None)
            if len(taken) < max:
                session.add(CapRow(**place, at=now))
                return Reservation(granted=True, used=len(taken) + 1, free_at=None)
            free_at = taken[-max] + window if max > 0 else None
            return Reservation(granted=False, used=len(taken), free_at=free_at)

    def release(self, tenant: str, key: str) -> None:
        """Give back every place that `key` took."""
        with self._db.session() as session:
            taken = delete(CapRow).where(col(CapRow.tenant) == tenant, col(CapRow.key) == key)
            session.exec(taken)


def _taken(
    session: Session, tenant: str, policy: str, scope: str, *, since: datetime
) -> list[datetime]:
    places = select(CapRow.at).where(
        CapRow.tenant == tenant,
        CapRow.policy == policy,
        CapRow.scope == scope,
        CapRow.at > since,
    )
    return list(session.exec(places.order_by(col(CapRow.at))))
