"""Frequency caps and budgets: a place is reserved before anything is sent, never counted after."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, update
from sqlmodel import col

from public_works.database import Database, serialise
from public_works.record import Record
from public_works.tables import CapRow

__all__ = ["LEASE", "Caps", "Place", "Reservation", "take"]

LEASE = timedelta(minutes=20)
"""How long a place is kept for a step that has not begun: longer than its grant is good."""


class Reservation(Record):
    """Whether there was a place; if not, when one becomes free (None: never, or nobody knows)."""

    granted: bool
    used: int
    free_at: datetime | None


class Place(NamedTuple):
    """A place to take under a cap, or so much of a budget."""

    policy: str
    scope: str
    key: str
    max: int
    window: timedelta
    amount: int = 1
    forced: bool = False
    """Whether it is taken even if that makes more than `max`."""


# Built once: building a statement costs more than running it.
_CAPS = CapRow.metadata.tables["cap_reservation"]
_OF = (
    _CAPS.c.tenant == bindparam("tenant"),
    _CAPS.c.policy == bindparam("policy"),
    _CAPS.c.scope == bindparam("scope"),
)
_LIVE = or_(_CAPS.c.lapses.is_(None), _CAPS.c.lapses > bindparam("now"))
_KEY = _CAPS.c.key == bindparam("mine")
_MINE = select(func.count()).select_from(_CAPS).where(*_OF, _KEY, _LIVE)
_WITHIN = (*_OF, _CAPS.c.at > bindparam("since"), _LIVE)
_USED = select(func.coalesce(func.sum(_CAPS.c.amount), 0)).where(*_WITHIN)
_NEXT = (
    select(_CAPS.c.at)
    .where(*_WITHIN)
    .order_by(_CAPS.c.at.desc())
    .offset(bindparam("places") - 1)
    .limit(1)
)
# In what changes rows, a parameter is not to be called like a column.
_BEGUN = (
    update(_CAPS)
    .where(
        _CAPS.c.tenant == bindparam("whose"),
        _CAPS.c.key.in_(bindparam("mine", expanding=True)),
        _LIVE,
    )
    .values(lapses=None)
)
_SETTLED = (
    select(func.count())
    .select_from(_CAPS)
    .where(
        _CAPS.c.tenant == bindparam("whose"),
        _CAPS.c.key.in_(bindparam("mine", expanding=True)),
        _CAPS.c.lapses.is_(None),
    )
)
_LAPSED = delete(_CAPS).where(*_OF, _KEY)
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
        amount: int = 1,
        begun: bool = True,
    ) -> Reservation:
        """Take `amount` of the `max` that `scope` has within `window`; atomic.

        The same `key` (a delivery's id) keeps the place it has, however often it asks. A place
        that is not `begun` is free again after a while.
        """
        place = Place(policy, scope, key, max, window, amount)
        with self._db.writing() as connection:
            return take(connection, tenant, place, now, begun=begun)

    def begin(self, tenant: str, keys: Iterable[str], now: datetime) -> bool:
        """Keep the places of all `keys` for good; whether each still had its place."""
        wanted = sorted(keys)
        asked = {"whose": tenant, "mine": wanted, "now": now}
        with self._db.looking() as connection:
            if connection.execute(_SETTLED, asked).scalar_one() == len(wanted):
                return True
        with self._db.writing() as connection:
            return connection.execute(_BEGUN, asked).rowcount == len(wanted)

    def release(self, tenant: str, key: str) -> None:
        """Give back every place that `key` took."""
        with self._db.session() as session:
            taken = delete(CapRow).where(col(CapRow.tenant) == tenant, col(CapRow.key) == key)
            session.exec(taken)


def take(
    connection: Connection, tenant: str, place: Place, now: datetime, *, begun: bool = True
) -> Reservation:
    """The place, within a transaction that writes."""
    serialise(connection, tenant, place.policy, place.scope)
    of = {"tenant": tenant, "policy": place.policy, "scope": place.scope, "now": now}
    mine, within = {**of, "mine": place.key}, {**of, "since": now - place.window}
    used: int = connection.execute(_USED, within).scalar_one()
    if connection.execute(_MINE, mine).scalar_one():
        if begun:
            of_all = {"whose": tenant, "mine": [place.key], "now": now}
            connection.execute(_BEGUN, of_all)
        return Reservation(granted=True, used=used, free_at=None)
    if place.forced or used + place.amount <= place.max:
        connection.execute(_LAPSED, mine)
        connection.execute(_TAKE, _row(tenant, place, now, begun))
        return Reservation(granted=True, used=used + place.amount, free_at=None)
    if place.max <= 0 or place.amount != 1:
        return Reservation(granted=False, used=used, free_at=None)
    first = connection.execute(_NEXT, {**within, "places": place.max}).scalar()
    free_at = first + place.window if first else None
    return Reservation(granted=False, used=used, free_at=free_at)


def _row(tenant: str, place: Place, now: datetime, begun: bool) -> dict[str, object]:
    return {
        "tenant": tenant,
        "policy": place.policy,
        "scope": place.scope,
        "key": place.key,
        "at": now,
        "amount": place.amount,
        "lapses": None if begun else now + LEASE,
    }
