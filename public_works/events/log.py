"""The tenant's log of events: places in it, and what the platform itself tells.

What is told is written in the transaction of what it tells of: neither is ever there without the
other. Who listens for it is looked at afterwards, by whoever sweeps the hub.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, func, or_, true
from sqlmodel import Session, col, select

from public_works.database import serialise
from public_works.record import now
from public_works.tables import CloudEventRow
from symphainy.errors import Refused
from symphainy.event import NO_RUN, PLATFORM, RUN, identity
from symphainy.identity import Principal
from symphainy.json import Json

__all__ = ["known", "last_of", "led_by", "tell", "told_by", "wanted"]

PAUSE = timedelta(minutes=1)
"""Who waits longer before it tells the next event floods nobody: hops are counted anew."""
MOST_HOPS = 2_000


def told_by(tenant: str) -> Principal:
    """Who tells what the platform tells of itself."""
    return Principal(tenant=tenant, id="platform", kind="service", roles=frozenset())


def tell(
    session: Session,
    tenant: str,
    what: str,
    *,
    environment: str,
    subject: str,
    data: Mapping[str, Json],
    id: str | None = None,
    depth: int = 0,
    outward: bool = False,
) -> bool:
    """Have `com.symphainy.{what}.v1` told when this transaction is kept; whether it is new.

    `subject` is what it is about: events about the same are handed out in their order. With an
    `id` it is told once, however often it is asked for; `outward` to endpoints and readers of the
    log, and to no run. Before anything of the audit log is
    written in the same transaction: the two logs are always taken in that order.
    """
    at = now()
    envelope: dict[str, Json] = {
        "specversion": "1.0",
        "id": id or str(uuid4()),
        "source": "/symphainy",
        "type": f"{PLATFORM}{what}.v1",
        "subject": subject[:512],
        "time": at.isoformat().replace("+00:00", "Z"),
        "data": {**data},
        **({RUN: NO_RUN} if outward else {}),
    }
    name = identity(environment, envelope)
    serialise(session, "events", tenant)
    if id is not None and known(session, tenant, name) is not None:
        return False
    session.add(
        CloudEventRow(
            tenant=tenant,
            seq=last_of(session, tenant) + 1,
            identity=name,
            environment=environment,
            type=str(envelope["type"]),
            envelope=envelope,
            by=told_by(tenant).model_dump(mode="json"),
            origin=None,
            accepted=at,
            depth=depth,
            hops=0,
            relayed=outward,
        )
    )
    session.flush()
    return True


def led_by(
    session: Session, tenant: str, cause: int | None, at: datetime, depth: int
) -> tuple[int, int]:
    """How many runs, each started by the one before, and how many hops lead to an event that is
    told because of the one at the place `cause`, by a run that `depth` runs led to.

    Refused `event.loop` for one too many hops.
    """
    before = None if cause is None else session.get(CloudEventRow, {"tenant": tenant, "seq": cause})
    if before is None:
        return depth, 0
    hops = before.hops + 1 if at - before.accepted < PAUSE else 0
    if hops > MOST_HOPS:
        message = f"{MOST_HOPS:,} events led to this one, each told because of the one before"
        raise Refused("event.loop", f"{message}: a loop of runs that listen to each other.")
    return max(depth, before.depth), hops


def known(session: Session, tenant: str, name: str) -> int | None:
    """The place of the event of that identity, or None."""
    found = select(CloudEventRow.seq).where(
        CloudEventRow.tenant == tenant, CloudEventRow.identity == name
    )
    return session.exec(found).first()


def last_of(session: Session | Connection, tenant: str) -> int:
    """The place of the tenant's newest event."""
    last = select(func.max(col(CloudEventRow.seq))).where(CloudEventRow.tenant == tenant)
    found: Any = session.execute(last).scalar()
    return found or 0


def wanted(types: Sequence[str]) -> ColumnElement[bool]:
    """Whether an event is of one of these types: a type, `com.acme.*` for all that begin so, `*`
    for all; none named is all too."""
    if not types or "*" in types:
        return true()
    column = col(CloudEventRow.type)
    exact = [one for one in types if not one.endswith("*")]
    begun = [column.startswith(one[:-1], autoescape=True) for one in types if one.endswith("*")]
    return or_(column.in_(exact), *begun)
