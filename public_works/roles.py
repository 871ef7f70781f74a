"""What a tenant says of its roles."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlmodel import Session, col, delete, select

from public_works.database import Database, serialise
from public_works.record import now
from public_works.tables import RoleRow
from smart_city.roles import OwnRole, OwnRoles
from symphainy.errors import Refused

__all__ = ["MOST", "RoleRecord", "Roles", "given", "granted", "said_of"]

MOST = 200
"""Roles that one tenant may say something of."""


class RoleRecord(OwnRole):
    """A role, and who said it when."""

    by: str
    updated: datetime


class Roles:
    """The register of roles that tenants say something of."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def put(self, tenant: str, role: OwnRole, *, by: str) -> RoleRecord:
        """Let this hold of that role, in place of what was said before. Refused `role.too-many`."""
        fields = role.model_dump(mode="json")
        fields["actions"] = sorted(fields["actions"])
        row = RoleRow(tenant=tenant, **fields, by=by, updated=now())
        with self._db.session() as session:
            serialise(session, "tenant_role", tenant)
            known = session.exec(select(RoleRow.name).where(RoleRow.tenant == tenant)).all()
            if role.name not in known and len(known) >= MOST:
                raise Refused("role.too-many", f"A tenant has at most {MOST} roles of its own.")
            return RoleRecord.model_validate(session.merge(row))

    def get(self, tenant: str, name: str) -> RoleRecord | None:
        """What is said of that role; None if nothing is."""
        with self._db.reading() as session:
            row = session.get(RoleRow, {"tenant": tenant, "name": name})
            return RoleRecord.model_validate(row) if row else None

    def list(self, tenant: str) -> list[RoleRecord]:
        """Every role that something is said of, by name."""
        mine = select(RoleRow).where(RoleRow.tenant == tenant).order_by(col(RoleRow.name))
        with self._db.reading() as session:
            return [RoleRecord.model_validate(row) for row in session.exec(mine)]

    def remove(self, tenant: str, name: str) -> bool:
        """Say nothing of that role any more; whether anything was said."""
        this = delete(RoleRow).where(col(RoleRow.tenant) == tenant, col(RoleRow.name) == name)
        with self._db.session() as session:
            return session.exec(this).rowcount > 0

    def of(self, tenant: str, names: Iterable[str]) -> OwnRoles:
        """What is said of the roles `names`, by name."""
        with self._db.reading() as session:
            return said_of(session, tenant, names)

    def given(self, tenant: str, groups: Iterable[str]) -> frozenset[str]:
        """The roles of whoever is in the groups of these names."""
        with self._db.reading() as session:
            return given(granted(session, tenant), groups)


def said_of(session: Session, tenant: str, names: Iterable[str]) -> OwnRoles:
    """What the tenant says of the roles `names`."""
    these = select(RoleRow).where(RoleRow.tenant == tenant, col(RoleRow.name).in_(set(names)))
    return {row.name: OwnRole.model_validate(row) for row in session.exec(these)}


def granted(session: Session, tenant: str) -> Mapping[str, frozenset[str]]:
    """The groups of each role of the tenant, by their names."""
    mine = select(RoleRow.name, RoleRow.groups).where(RoleRow.tenant == tenant)
    return {name: frozenset(groups) for name, groups in session.exec(mine)}


def given(granted: Mapping[str, frozenset[str]], groups: Iterable[str]) -> frozenset[str]:
    """The roles that groups of these names have."""
    wanted = frozenset(groups)
    return frozenset(role for role, those in granted.items() if not wanted.isdisjoint(those))
