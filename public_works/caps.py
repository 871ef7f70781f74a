"""Frequency caps: a place is reserved before anything is sent, never counted after."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, insert, select
from sqlmodel import col

from public_works.database import Database, serialise
from public_works.record import Record
from public_works.tables import CapRow

__all__ = ["Caps", "Place", "Reservation", "take"]


class Reservation(Record):
    """Whether there was a place; if not, when one becomes free (None: never)."""

    granted: bool
    used: int
    free_at: datetime | None


class Place(NamedTuple):
    """A place to take under a cap."""

    policy: str
    scope: str
    key: str
    max: int
    window: timedelta


# Built once: building a statement costs more than running it.
_CAPS = CapRow.metadata.tables["cap_reservation"]
_OF = (
    _CAPS.c.tenant == bindparam("tenant"),
    _CAPS.c.policy == bindparam("policy"),
    _CAPS.c.scope == bindparam("scope"),
)
_MINE = select(func.count()).select_from(_CAPS).where(*_OF, _CAPS.c.key == bindparam("key"))
_WITHIN = (*_OF, _CAPS.c.at > bindparam("since"))
_USED = select(func.count()).select_from(_CAPS).where(*_WITHIN)
_NEXT = (
    select(_CAPS.c.at)
    .where(*_WITHIN)
    .order_by(_CAPS.c.at.desc())
    .offset(bindparam("places") - 1)
    .limit(1)
)
_TAKE = insert(_CAPS)


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
        place = Place(policy, scope, key, max, window)
        with self._db.writing() as connection:
            return take(connection, tenant, place, now)

    def release(self, tenant: str, key: str) -> None:
        """Give back every place that `key` took."""
        with self._db.session() as session:
            taken = delete(CapRow).where(col(CapRow.tenant) == tenant, col(CapRow.key) == key)
            session.exec(taken)


def take(connection: Connection, tenant: str, place: Place, now: datetime) -> Reservation:
    """The place, within a transaction that writes."""
    serialise(connection, tenant, place.policy, place.scope)
    of = {"tenant": tenant, "policy": place.policy, "scope": place.scope}
    within = {**of, "since": now - place.window}
    used: int = connection.execute(_USED, within).scalar_one()
    if connection.execute(_MINE, {**of, "key": place.key}).scalar_one():
        return Reservation(granted=True, used=used, free_at=None)
    if used < place.max:
        connection.execute(_TAKE, {**of, "key": place.key, "at": now})
        return Reservation(granted=True, used=used + 1, free_at=None)
    if place.max <= 0:
        return Reservation(granted=False, used=used, free_at=None)
    first = connection.execute(_NEXT, {**within, "places": place.max}).scalar_one()
    return Reservation(granted=False, used=used, free_at=first + place.window)
