"""Kill switches: what a tenant has stopped at once."""

from sqlmodel import col, select

from public_works.audit.stores import switched
from public_works.database import Database, serialise
from public_works.record import now
from public_works.tables import SwitchRow

__all__ = ["Switches"]


class Switches:
    """Scopes that are stopped, each with who stopped it and why."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def set(self, tenant: str, scope: str, on: bool, by: str, reason: str) -> None:
        """Stop `scope` (`on`) or let it go on."""
        row = SwitchRow(tenant=tenant, scope=scope, on=on, by=by, reason=reason, at=now())
        with self._db.session() as session:
            serialise(session, "kill_switch", tenant, scope)
            session.merge(row)
            switched(session, tenant, scope, on, by)

    def active(self, tenant: str) -> frozenset[str]:
        """The scopes that are stopped now."""
        stopped = select(SwitchRow.scope).where(
            SwitchRow.tenant == tenant, col(SwitchRow.on).is_(True)
        )
        with self._db.reading() as session:
            return frozenset(session.exec(stopped))
