"""End customers: how to reach them, when it is day for them, what they agreed to."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, Field, ValidationError
from sqlmodel import Session, col, select

from public_works.database import Database, insert_new
from public_works.record import Record, now
from public_works.tables import CustomerRow
from symphainy.errors import Refused

__all__ = ["Consent", "Customer", "Customers"]

FIELDS = frozenset({"name", "email", "phone", "zone", "locale", "consents"})


class Consent(Record):
    """What a customer said about one channel and purpose, and when."""

    channel: str
    purpose: str
    granted: bool
    at: AwareDatetime = Field(default_factory=now)


class Customer(Record):
    """One end customer of a tenant."""

    tenant: str
    id: str
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    zone: str | None = None
    """IANA time zone."""
    locale: str | None = None
    consents: tuple[Consent, ...] = ()
    updated: datetime

    def consented(self, channel: str, purpose: str) -> bool | None:
        """What was said about that channel and purpose; None when nothing was."""
        said = (one for one in self.consents if (one.channel, one.purpose) == (channel, purpose))
        return next((one.granted for one in said), None)


class Customers:
    """The register of end customers."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def get(self, tenant: str, id: str) -> Customer | None:
        """That customer, or None."""
        with self._db.reading() as session:
            row = session.get(CustomerRow, {"tenant": tenant, "id": id})
            return Customer.model_validate(row) if row else None

    def reached_at(self, tenant: str, address: str) -> Customer | None:
        """The customer whose mail address or phone number that is; of several, the first by id."""
        column = CustomerRow.email if "@" in address else CustomerRow.phone
        known = sorted({address, address.lower()})
        with self._db.reading() as session:
            row = session.exec(
                select(CustomerRow)
                .where(CustomerRow.tenant == tenant, col(column).in_(known))
                .order_by(col(CustomerRow.id))
                .limit(1)
            ).first()
            return Customer.model_validate(row) if row else None

    def upsert(self, tenant: str, id: str, **changes: Any) -> Customer:
        """The customer with `changes` in place; fields not given stay as they are.

        `consents` (Consent or mappings of its fields) replace what was said earlier about the
        same channel and purpose, never what was said later.
        Raises Refused("customer.field") for a field or value that a customer cannot have.
        """
        asked = _checked(changes)
        with self._db.session() as session:
            row = _locked(session, tenant, id)
            merged = _merged(row.consents, asked.pop("consents", ()))
            row.consents = [one.model_dump(mode="json") for one in merged]
            for name, value in asked.items():
                setattr(row, name, value)
            row.updated = now()
            return Customer.model_validate(row)

    def list(self, tenant: str, after: str | None = None, limit: int = 50) -> list[Customer]:
        """The customers behind the id `after`, by id."""
        with self._db.reading() as session:
            rows = session.exec(
                select(CustomerRow)
                .where(CustomerRow.tenant == tenant, CustomerRow.id > (after or ""))
                .order_by(col(CustomerRow.id))
                .limit(limit)
            )
            return [Customer.model_validate(row) for row in rows]


def _checked(changes: dict[str, Any]) -> dict[str, Any]:
    unknown = sorted(changes.keys() - FIELDS)
    if unknown:
        raise Refused("customer.field", f"A customer has no field {unknown[0]!r}.")
    try:
        asked = Customer.model_validate(
            {"tenant": "", "id": "", "updated": now(), **changes}, strict=False
        )
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Refused("customer.field", f"{place}: {first['msg']}") from None
    return {name: getattr(asked, name) for name in changes}


def _locked(session: Session, tenant: str, id: str) -> CustomerRow:
    nobody = dict.fromkeys(("name", "email", "phone", "zone", "locale"))
    insert_new(session, CustomerRow(tenant=tenant, id=id, consents=[], updated=now(), **nobody))
    return session.exec(
        select(CustomerRow)
        .where(CustomerRow.tenant == tenant, CustomerRow.id == id)
        .with_for_update()
    ).one()


def _merged(kept: Iterable[Any], said: Iterable[Consent]) -> list[Consent]:
    merged = {(one.channel, one.purpose): one for one in map(Consent.model_validate, kept)}
    for one in said:
        before = merged.get((one.channel, one.purpose))
        if before is None or before.at <= one.at:
            merged[one.channel, one.purpose] = one
    return list(merged.values())
