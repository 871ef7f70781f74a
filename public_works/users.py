"""What users may do now, for agents that act on their behalf."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from public_works.database import Database
from public_works.people import known_as
from public_works.record import now
from public_works.roles import said_of
from public_works.tables import ApiKeyRow
from smart_city.delegation import shared
from smart_city.roles import OwnRoles
from smart_city.scope import EVERYWHERE

__all__ = ["Users", "lent", "name_of", "roles_of"]


class Users:
    """The roles of users, as they are at this moment."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def roles(self, tenant: str, user: str, environment: str) -> frozenset[str] | None:
        """The roles that a user has there; None where nobody of that name is let in."""
        with self._db.reading() as session:
            return roles_of(session, tenant, user, environment)

    def lent(
        self,
        tenant: str,
        user: str,
        environment: str,
        agent: Iterable[str],
        vouched: Iterable[str] = (),
    ) -> tuple[frozenset[str], OwnRoles] | None:
        """In which of its roles an agent acts for that user, who has the roles `vouched` besides,
        and what the tenant says of them; None where nobody of that name is let in."""
        with self._db.reading() as session:
            return lent(session, tenant, user, environment, agent, vouched)


def roles_of(session: Session, tenant: str, user: str, environment: str) -> frozenset[str] | None:
    """The roles of a person are those of their groups; of whom SCIM does not tell, those of their
    keys for that environment which are not limited to less."""
    person = known_as(session, tenant, user)
    if person is not None:
        return person.roles if person.active else None
    mine = (ApiKeyRow.tenant == tenant, ApiKeyRow.principal == user, ApiKeyRow.kind == "user")
    # A key that belongs to a person gives nobody else their place.
    unowned = (col(ApiKeyRow.person).is_(None), col(ApiKeyRow.revoked).is_(None))
    rows = session.exec(select(ApiKeyRow).where(*mine, *unowned)).all()
    here = [one for one in rows if one.environment in (environment, EVERYWHERE) and not one.scope]
    good = [row for row in here if row.expires is None or row.expires > now()]
    return frozenset(role for row in good for role in row.roles) if good else None


def lent(
    session: Session,
    tenant: str,
    user: str,
    environment: str,
    agent: Iterable[str],
    vouched: Iterable[str] = (),
) -> tuple[frozenset[str], OwnRoles] | None:
    """See `Users.lent`."""
    its, theirs = frozenset(agent), roles_of(session, tenant, user, environment)
    if theirs is None:
        return None
    theirs = theirs.union(vouched)
    own = said_of(session, tenant, its | theirs)
    return shared(its, theirs, own), own


def name_of(session: Session, tenant: str, user: str) -> str:
    """What a user is called by: the id of the person they are, if they are one."""
    person = known_as(session, tenant, user)
    return person.id if person else user
