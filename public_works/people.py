"""The people of a tenant, as its identity provider tells of them, and who they are."""

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import or_
from sqlmodel import Session, col, delete, select, update

from public_works.database import Database, serialise
from public_works.provisioned import FEW, Sought, changed, count, fresh, locked, some
from public_works.record import Record, now
from public_works.roles import given, granted
from public_works.tables import ApiKeyRow, FormerRow, GroupRow, MemberRow, PersonRow
from symphainy.errors import Refused

__all__ = ["Belonging", "People", "Person", "known_as", "person"]


class Belonging(NamedTuple):
    """A group somebody is in; not direct: through another group that is in it."""

    id: str
    name: str
    direct: bool


class Person(Record):
    """Somebody whom the tenant's identity provider has told of."""

    tenant: str
    id: str
    """Who they are, whatever they sign in with: opaque, and nobody else's ever."""
    user_name: str
    external_id: str | None
    active: bool
    groups: tuple[Belonging, ...] = ()
    roles: frozenset[str] = frozenset()
    """Those of their groups; none while they are not active."""
    attributes: Mapping[str, Any]
    """Everything else that is known of them, as SCIM has it."""
    version: int
    created: datetime
    updated: datetime


class People:
    """The register of people. What is told here holds for the next request of anybody."""

    def __init__(self, db: Database, pepper: bytes) -> None:
        self._db = db
        self._pepper = hmac.digest(pepper, b"symphainy.former-person.v1", "sha256")

    def get(self, tenant: str, id: str) -> Person | None:
        """The person of that id, active or not."""
        with self._db.reading() as session:
            return person(session, tenant, id)

    def find(self, tenant: str, name: str) -> Person | None:
        """Whoever goes by that name, active or not: an id, an externalId or a userName. One name
        leads to one person only."""
        with self._db.reading() as session:
            return known_as(session, tenant, name)

    def identity(self, tenant: str, name: str) -> str:
        """The id of whoever goes by that name; the name itself where nobody is told of.

        Two names are of the same person exactly if their identities are the same: also of somebody
        who was removed and has come back since, under another id.
        """
        with self._db.reading() as session:
            found = known_as(session, tenant, name)
            return found.id if found else _heir(session, tenant, name)

    def count(self, tenant: str, sought: Sought | None = None) -> int:
        """How many people there are, or of those that are sought."""
        with self._db.reading() as session:
            return count(session, PersonRow, tenant, sought)

    def list(
        self, tenant: str, offset: int = 0, limit: int = 50, sought: Sought | None = None
    ) -> list[Person]:
        """People in the order in which they came, without the first `offset` of them."""
        with self._db.reading() as session:
            rows = session.exec(some(PersonRow, tenant, offset, limit, sought)).all()
            return _people(session, tenant, rows)

    def create(
        self,
        tenant: str,
        *,
        user_name: str,
        external_id: str | None = None,
        active: bool = True,
        attributes: Mapping[str, Any] | None = None,
        id: str | None = None,
    ) -> Person:
        """Somebody new, to whom keys of these names belong from now on. Refused
        `person.name-taken`."""
        row = PersonRow(
            **fresh(tenant, id, attributes),
            name=user_name.casefold(),
            user_name=user_name,
            external_id=external_id,
            active=active,
        )
        with self._db.session() as session:
            serialise(session, "person", tenant)
            _unlike_others(session, row)
            session.add(row)
            _own_keys(session, row)
            self._succeed(session, row)
            return _one(session, row)

    def update(
        self,
        tenant: str,
        id: str,
        *,
        user_name: str,
        external_id: str | None,
        active: bool,
        attributes: Mapping[str, Any],
        version: int | None = None,
    ) -> Person:
        """The person as they are from now on.

        Refused: person.missing, person.name-taken, person.changed if they are no longer as they
        were at `version`.
        """
        with self._db.session() as session:
            row = locked(session, PersonRow, tenant, id, version)
            row.user_name, row.name = user_name, user_name.casefold()
            row.external_id, row.active = external_id, active
            changed(row, attributes)
            _unlike_others(session, row)
            _own_keys(session, row)
            self._succeed(session, row)
            return _one(session, row)

    def remove(self, tenant: str, id: str, *, version: int | None = None) -> None:
        """Forget somebody; what was theirs opens nothing any more. Refused: person.missing,
        person.changed."""
        with self._db.session() as session:
            row = locked(session, PersonRow, tenant, id, version)
            mine = (col(MemberRow.tenant) == tenant, col(MemberRow.member) == id)
            session.exec(delete(MemberRow).where(*mine))
            name, external = self._hashed(row)
            session.add(
                FormerRow(
                    tenant=tenant, id=id, name=name, external_id=external, heir=None, removed=now()
                )
            )
            session.delete(row)

    def _succeed(self, session: Session, row: PersonRow) -> None:
        """Know for four eyes who somebody was before they were removed: by the provider's id, or
        by their name where one of the two had none."""
        name, external = self._hashed(row)
        by = (col(FormerRow.name) == name, col(FormerRow.external_id) == external)
        mine = select(FormerRow).where(FormerRow.tenant == row.tenant, or_(*by))
        for one in session.exec(mine.where(col(FormerRow.heir).is_(None))):
            ids = {one.external_id, external}
            if one.id != row.id and (len(ids) == 1 or None in ids):
                one.heir = row.id

    def _hashed(self, row: PersonRow) -> tuple[str, str | None]:
        """Their names, of which nothing is to be read once they are gone."""
        external = row.external_id
        name = self._hash(row.tenant, "name", row.name)
        return name, external and self._hash(row.tenant, "id", external)

    def _hash(self, *parts: str) -> str:
        text = "\0".join(parts).encode("utf-8", "surrogatepass")
        return hmac.new(self._pepper, text, hashlib.sha256).hexdigest()


def _heir(session: Session, tenant: str, id: str) -> str:
    former = session.get(FormerRow, {"tenant": tenant, "id": id})
    # Whoever has come back may have gone again.
    while former is not None and former.heir is not None:
        id = former.heir
        former = session.get(FormerRow, {"tenant": tenant, "id": id})
    return id


def person(session: Session, tenant: str, id: str) -> Person | None:
    """The person of that id."""
    row = session.get(PersonRow, {"tenant": tenant, "id": id})
    return _one(session, row) if row else None


def known_as(session: Session, tenant: str, name: str) -> Person | None:
    """Whoever goes by that name."""
    row = session.exec(_named(tenant, [name], [name.casefold()])).first()
    return _one(session, row) if row else None


def _named(tenant: str, names: Iterable[str], folded: Iterable[str]) -> Any:
    exact, loose = list(names), list(folded)
    return select(PersonRow).where(
        PersonRow.tenant == tenant,
        or_(
            col(PersonRow.id).in_(exact),
            col(PersonRow.external_id).in_(exact),
            col(PersonRow.name).in_(loose),
        ),
    )


def _unlike_others(session: Session, row: PersonRow) -> None:
    names = [one for one in (row.id, row.external_id, row.user_name) if one is not None]
    with session.no_autoflush:
        found = session.exec(_named(row.tenant, names, [one.casefold() for one in names])).all()
    if any(one.id != row.id for one in found):
        message = "Somebody else goes by this userName or externalId."
        raise Refused("person.name-taken", message)


def _own_keys(session: Session, row: PersonRow) -> None:
    """Keys belong to whom their principal names, for good: a name taken back frees none."""
    names = {row.id, row.external_id}
    keys = session.exec(
        select(ApiKeyRow).where(
            ApiKeyRow.tenant == row.tenant,
            ApiKeyRow.kind == "user",
            col(ApiKeyRow.person).is_(None),
        )
    ).all()
    mine = [
        key.id for key in keys if key.principal in names or key.principal.casefold() == row.name
    ]
    if mine:
        these = (col(ApiKeyRow.tenant) == row.tenant, col(ApiKeyRow.id).in_(mine))
        session.exec(update(ApiKeyRow).where(*these).values(person=row.id))


def _one(session: Session, row: PersonRow) -> Person:
    return _people(session, row.tenant, [row])[0]


def _people(session: Session, tenant: str, rows: Iterable[PersonRow]) -> list[Person]:
    found = list(rows)
    groups = _belongings(session, tenant, [one.id for one in found])
    roles = granted(session, tenant) if groups else {}
    return [_person(one, groups.get(one.id, ()), roles) for one in found]


def _person(
    row: PersonRow, groups: tuple[Belonging, ...], roles: Mapping[str, frozenset[str]]
) -> Person:
    theirs = given(roles, [one.name for one in groups]) if row.active else ()
    return Person.model_validate({**row.model_dump(), "groups": groups, "roles": theirs})


def _belongings(
    session: Session, tenant: str, ids: list[str]
) -> Mapping[str, tuple[Belonging, ...]]:
    """The groups of each of `ids`, direct ones first."""
    parents: dict[str, set[str]] = defaultdict(set)
    wanted = set(ids)
    while wanted:
        rows = session.exec(_containing(tenant, wanted)).all()
        for one in rows:
            parents[one.member].add(one.group)
        wanted = {one.group for one in rows} - parents.keys() if len(wanted) <= FEW else set()
    names = _names(session, tenant, {one for group in parents.values() for one in group})
    return {id: _closure(id, parents, names) for id in ids if id in parents}


def _closure(
    id: str, parents: Mapping[str, set[str]], names: Mapping[str, str]
) -> tuple[Belonging, ...]:
    direct = parents.get(id, set())
    reached, edge = set(direct), set(direct)
    while edge:
        edge = {up for one in edge for up in parents.get(one, ())} - reached
        reached |= edge
    found = [Belonging(one, names[one], one in direct) for one in reached if one in names]
    return tuple(sorted(found, key=lambda one: (not one.direct, one.name, one.id)))


def _containing(tenant: str, ids: set[str]) -> Any:
    mine = select(MemberRow).where(MemberRow.tenant == tenant)
    return mine if len(ids) > FEW else mine.where(col(MemberRow.member).in_(ids))


def _names(session: Session, tenant: str, ids: set[str]) -> Mapping[str, str]:
    mine = select(GroupRow.id, GroupRow.name).where(GroupRow.tenant == tenant)
    if len(ids) <= FEW:
        mine = mine.where(col(GroupRow.id).in_(ids))
    return dict(session.exec(mine).all())
