"""The people of a tenant, as its identity provider tells of them, and who they are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy import func, or_
from sqlmodel import Session, col, delete, select, update

from public_works.database import Database, serialise
from public_works.record import Record, now
from public_works.roles import given, granted
from public_works.tables import ApiKeyRow, GroupRow, MemberRow, PersonRow
from symphainy.errors import Refused

__all__ = ["Belonging", "People", "Person", "known_as", "person"]

FEW = 500
"""Ids that a statement names; of more it takes all there are."""


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

    def __init__(self, db: Database) -> None:
        self._db = db

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

        Two names are of the same person exactly if their identities are the same.
        """
        found = self.find(tenant, name)
        return found.id if found else name

    def count(self, tenant: str) -> int:
        """How many people there are."""
        with self._db.reading() as session:
            mine = select(func.count()).select_from(PersonRow).where(PersonRow.tenant == tenant)
            return session.exec(mine).one()

    def list(self, tenant: str, offset: int = 0, limit: int = 50) -> list[Person]:
        """People in the order in which they came, without the first `offset` of them."""
        mine = select(PersonRow).where(PersonRow.tenant == tenant)
        order = (col(PersonRow.created), col(PersonRow.id))
        with self._db.reading() as session:
            rows = session.exec(mine.order_by(*order).offset(offset).limit(limit)).all()
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
        moment = now()
        row = PersonRow(
            tenant=tenant,
            id=id or uuid4().hex,
            name=user_name.casefold(),
            user_name=user_name,
            external_id=external_id,
            active=active,
            attributes=dict(attributes or {}),
            version=1,
            created=moment,
            updated=moment,
        )
        with self._db.session() as session:
            serialise(session, "person", tenant)
            _unlike_others(session, row)
            session.add(row)
            _own_keys(session, row)
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
            row = _locked(session, tenant, id, version)
            row.user_name, row.name = user_name, user_name.casefold()
            row.external_id, row.active = external_id, active
            row.attributes = dict(attributes)
            row.version, row.updated = row.version + 1, now()
            _unlike_others(session, row)
            _own_keys(session, row)
            return _one(session, row)

    def remove(self, tenant: str, id: str, *, version: int | None = None) -> None:
        """Forget somebody; what was theirs opens nothing any more. Refused: person.missing,
        person.changed."""
        with self._db.session() as session:
            row = _locked(session, tenant, id, version)
            mine = (col(MemberRow.tenant) == tenant, col(MemberRow.member) == id)
            session.exec(delete(MemberRow).where(*mine))
            session.delete(row)


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


def _locked(session: Session, tenant: str, id: str, version: int | None) -> PersonRow:
    serialise(session, "person", tenant)
    this = (PersonRow.tenant == tenant, PersonRow.id == id)
    row = session.exec(select(PersonRow).where(*this).with_for_update()).first()
    if row is None:
        raise Refused("person.missing", f"There is no person {id[:80]!r}.")
    if version is not None and row.version != version:
        raise Refused("person.changed", "The person was changed meanwhile; read it again.")
    return row


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
