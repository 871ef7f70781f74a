"""The policies that the platform and each tenant set, version by version."""

from datetime import datetime
from typing import Any

from sqlmodel import col, select, update

from public_works.database import Database, serialise
from public_works.record import Record, now
from public_works.tables import PolicyRow
from symphainy.json import digest

__all__ = ["PLATFORM", "Policies", "PolicySet"]

PLATFORM = "*"
"""In the place of a tenant: the policies of the platform, which hold for all of them."""


class PolicySet(Record):
    """All that one layer says, as one version of it."""

    version: int
    digest: str
    written: dict[str, Any]
    """`policies` by name, and `cedar` if there is some."""
    by: str
    note: str
    at: datetime


class Policies:
    """Versions of what a layer says; the newest one holds."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def put(self, tenant: str, written: dict[str, Any], *, by: str, note: str = "") -> PolicySet:
        """Let `written` hold from now on; what holds already makes no version."""
        found = digest(written)
        with self._db.session() as session:
            serialise(session, "policy_version", tenant)
            newest = session.exec(_of(tenant).limit(1)).first()
            if newest is not None and newest.digest == found:
                return PolicySet.model_validate(newest)
            mine = col(PolicyRow.tenant) == tenant
            session.exec(update(PolicyRow).where(mine).values(active=False))
            row = PolicyRow(
                tenant=tenant,
                version=newest.version + 1 if newest else 1,
                digest=found,
                active=True,
                written=written,
                by=by,
                note=note,
                at=now(),
            )
            session.add(row)
            session.flush()
            return PolicySet.model_validate(row)

    def newest(self, tenant: str) -> PolicySet | None:
        """What holds; None where nothing was ever set."""
        with self._db.reading() as session:
            row = session.exec(_of(tenant).limit(1)).first()
            return PolicySet.model_validate(row) if row else None

    def list(self, tenant: str) -> list[PolicySet]:
        """Every version, newest first."""
        with self._db.reading() as session:
            return [PolicySet.model_validate(row) for row in session.exec(_of(tenant))]

    def written(self, tenant: str, digest: str) -> dict[str, Any]:
        """What a version says, by its digest; nothing where there is none."""
        with self._db.reading() as session:
            row = session.exec(_of(tenant).where(PolicyRow.digest == digest).limit(1)).first()
            return row.written if row else {}


def _of(tenant: str) -> Any:
    newest_first = col(PolicyRow.version).desc()
    return select(PolicyRow).where(PolicyRow.tenant == tenant).order_by(newest_first)
