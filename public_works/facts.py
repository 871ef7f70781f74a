"""What a decision is made on, read at one moment, and what it leaves, written at one moment."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, literal, or_, select, union_all

from public_works.audit.stores import stopped
from public_works.caps import Place, Reservation, take
from public_works.customers import Customer
from public_works.database import Database, insert_values
from public_works.policies import PLATFORM
from public_works.tables import CapRow, CustomerRow, DecisionRow, FactRow, PolicyRow, SwitchRow

__all__ = ["FactBook", "Known", "keep"]


class Known(NamedTuple):
    """What is known about a step now."""

    customer: Customer | None
    switches: frozenset[str]
    held: frozenset[str]
    """Those of the keys that were asked about which have a place."""
    policies: Mapping[str, str] = MappingProxyType({})
    """The digests of what holds, by tenant: its own policies, and those of the platform."""


# Built once: building a statement costs more than running it.
_CUSTOMERS = CustomerRow.metadata.tables["customer"]
_SWITCHED = SwitchRow.metadata.tables["kill_switch"]
_CAPS = CapRow.metadata.tables["cap_reservation"]
_CUSTOMER = select(_CUSTOMERS).where(
    _CUSTOMERS.c.tenant == bindparam("tenant"), _CUSTOMERS.c.id == bindparam("id")
)
_POLICIES = PolicyRow.metadata.tables["policy_version"]
# Both in one statement: a decision is to cost no more than one look at what holds.
_HOLDS = union_all(
    select(literal("switch"), _SWITCHED.c.scope, literal("")).where(
        _SWITCHED.c.tenant == bindparam("tenant"), _SWITCHED.c.on.is_(True)
    ),
    select(literal("policies"), _POLICIES.c.tenant, _POLICIES.c.digest).where(
        _POLICIES.c.tenant.in_([bindparam("tenant"), PLATFORM]), _POLICIES.c.active.is_(True)
    ),
)
_HELD = select(_CAPS.c.key).where(
    _CAPS.c.tenant == bindparam("tenant"),
    _CAPS.c.key.in_(bindparam("keys", expanding=True)),
    or_(_CAPS.c.lapses.is_(None), _CAPS.c.lapses > bindparam("now")),
)


def keep(connection: Connection, tenant: str, decision: Mapping[str, Any]) -> None:
    """Keep a decision, and what it was made on, within a transaction that writes; one of the same
    id changes nothing."""
    kept = {"tenant": tenant, **decision}
    evidence = kept.pop("evidence", None)
    if not insert_values(connection, DecisionRow, kept):
        return
    if evidence is not None:
        made_on = {"tenant": tenant, "id": kept["id"], "at": kept["at"], **evidence}
        insert_values(connection, FactRow, made_on)
    stopped(connection, kept)


class FactBook:
    """Facts and decisions of tenants, each in as few transactions as their meaning allows."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def known(
        self,
        tenant: str,
        customer: str | None,
        keys: Sequence[str] = (),
        now: datetime | None = None,
    ) -> Known:
        """What holds now of that customer, the tenant's switches and the places of `keys`, for
        which it has to say when `now` is."""
        with self._db.looking() as connection:
            row = None
            if customer is not None:
                found = connection.execute(_CUSTOMER, {"tenant": tenant, "id": customer})
                row = found.mappings().first()
            holds = connection.execute(_HOLDS, {"tenant": tenant}).all()
            held: frozenset[str] = frozenset()
            if keys:
                asked = {"tenant": tenant, "keys": list(keys), "now": now}
                held = frozenset(connection.execute(_HELD, asked).scalars())
            person = Customer.model_validate(dict(row)) if row is not None else None
            switches = frozenset(name for what, name, _ in holds if what == "switch")
            policies = {name: digest for what, name, digest in holds if what == "policies"}
            return Known(person, switches, held, policies)

    def take(
        self,
        tenant: str,
        places: Sequence[Place],
        now: datetime,
        decision: dict[str, Any] | None,
        *,
        begun: bool = True,
    ) -> list[Reservation]:
        """Take each place if it is free, and if all are, keep the decision that this allows.

        Places that are not `begun` are free again after a while.
        """
        with self._db.writing() as connection:
            made = [take(connection, tenant, one, now, begun=begun) for one in places]
            if decision is not None and all(one.granted for one in made):
                keep(connection, tenant, decision)
            return made
