"""The identity providers that each tenant trusts."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select

from public_works.database import Database, serialise
from public_works.record import Record, now
from public_works.tables import IssuerRow
from smart_city.trust import TrustedIssuer
from symphainy.errors import Refused

__all__ = ["MOST", "IssuerRecord", "Issuers"]

MOST = 20
"""Issuers that one tenant may trust."""


class IssuerRecord(Record):
    """Whom a tenant trusts, and who said so."""

    tenant: str
    id: str
    said: TrustedIssuer
    by: str
    updated: datetime


class Issuers:
    """The register of trusted issuers; what a token says leads to one tenant at most."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def put(self, tenant: str, id: str, said: TrustedIssuer, *, by: str) -> IssuerRecord:
        """Trust an issuer, in place of what was said of it before.

        Refused `issuer.taken`, `issuer.too-many`.
        """
        row = IssuerRow(
            tenant=tenant,
            id=id,
            issuer=said.issuer,
            audience=said.audience,
            said=said.model_dump(mode="json", exclude_defaults=True),
            by=by,
            updated=now(),
        )
        with self._db.session() as session:
            serialise(session, "trusted_issuer", tenant)
            if len({*_ids(session, tenant), id}) > MOST:
                raise Refused("issuer.too-many", f"A tenant trusts at most {MOST} issuers.")
            try:
                kept = session.merge(row)
                session.flush()
            except IntegrityError:
                message = "That issuer is trusted already, for the same audience."
                raise Refused("issuer.taken", message, pointer="/audience") from None
            return IssuerRecord.model_validate(kept)

    def get(self, tenant: str, id: str) -> IssuerRecord | None:
        """What the tenant says of that issuer; None if nothing."""
        with self._db.reading() as session:
            row = session.get(IssuerRow, {"tenant": tenant, "id": id})
            return IssuerRecord.model_validate(row) if row else None

    def remove(self, tenant: str, id: str) -> bool:
        """Believe its tokens no more, at once; whether they were believed."""
        this = delete(IssuerRow).where(col(IssuerRow.tenant) == tenant, col(IssuerRow.id) == id)
        with self._db.session() as session:
            return session.exec(this).rowcount > 0

    def trusted(self, issuer: str, audience: Iterable[str]) -> list[IssuerRecord]:
        """Whoever trusts that issuer with one of these audiences, of all tenants."""
        with self._db.reading() as session:
            these = (IssuerRow.issuer == issuer, col(IssuerRow.audience).in_(tuple(audience)))
            found = session.exec(select(IssuerRow).where(*these).order_by(col(IssuerRow.audience)))
            return [IssuerRecord.model_validate(row) for row in found]

    def list(self, tenant: str) -> list[IssuerRecord]:
        """Every issuer that the tenant trusts, by id."""
        mine = select(IssuerRow).where(IssuerRow.tenant == tenant).order_by(col(IssuerRow.id))
        with self._db.reading() as session:
            return [IssuerRecord.model_validate(row) for row in session.exec(mine)]


def _ids(session: Session, tenant: str) -> list[str]:
    return list(session.exec(select(IssuerRow.id).where(IssuerRow.tenant == tenant)))
