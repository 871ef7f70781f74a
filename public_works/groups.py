"""Groups of people, as the identity provider tells of them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import or_
from sqlmodel import Session, col, delete, select

from public_works.audit.stores import regrouped
from public_works.database import Database, serialise
from public_works.provisioned import FEW, Sought, changed, count, fresh, locked, some
from public_works.record import Record
from public_works.tables import GroupRow, MemberRow, PersonRow
from symphainy.errors import Refused

__all__ = ["Group", "Groups", "Member"]


class Member(NamedTuple):
    """Who is in a group, and what they are called."""

    id: str
    kind: Literal["person", "group"]
    name: str


class Group(Record):
    """Some people, and whoever is in the groups in it."""

    tenant: str
    id: str
    name: str
    external_id: str | None
    members: tuple[Member, ...] = ()
    attributes: Mapping[str, Any]
    version: int
    created: datetime
    updated: datetime


class Groups:
    """The register of groups. Whom they hold has their roles at once, and no longer."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def get(self, tenant: str, id: str) -> Group | None:
        """The group of that id."""
        with self._db.reading() as session:
            row = session.get(GroupRow, {"tenant": tenant, "id": id})
            return _groups(session, tenant, [row])[0] if row else None

    def count(self, tenant: str, sought: Sought | None = None) -> int:
        """How many groups there are, or of those that are sought."""
        with self._db.reading() as session:
            return count(session, GroupRow, tenant, sought)

    def list(
        self, tenant: str, offset: int = 0, limit: int = 50, sought: Sought | None = None
    ) -> list[Group]:
        """Groups in the order in which they came, without the first `offset` of them."""
        with self._db.reading() as session:
            return _groups(
                session, tenant, session.exec(some(GroupRow, tenant, offset, limit, sought))
            )

    def create(
        self,
        tenant: str,
        *,
        name: str,
        external_id: str | None = None,
        members: Iterable[str] = (),
        attributes: Mapping[str, Any] | None = None,
        id: str | None = None,
    ) -> Group:
        """A new group of these people and groups, by their ids. Refused `group.member`."""
        row = GroupRow(**fresh(tenant, id, attributes), name=name, external_id=external_id)
        with self._db.session() as session:
            serialise(session, "person", tenant)
            session.add(row)
            _fill(session, row, members)
            return _groups(session, tenant, [row])[0]

    def update(
        self,
        tenant: str,
        id: str,
        *,
        name: str,
        external_id: str | None,
        members: Iterable[str],
        attributes: Mapping[str, Any],
        version: int | None = None,
    ) -> Group:
        """The group as it is from now on. Refused: group.missing, group.member, group.changed."""
        with self._db.session() as session:
            row = locked(session, GroupRow, tenant, id, version)
            row.name, row.external_id = name, external_id
            changed(row, attributes)
            _fill(session, row, members)
            return _groups(session, tenant, [row])[0]

    def remove(self, tenant: str, id: str, *, version: int | None = None) -> None:
        """Let nobody be in that group, and have none. Refused: group.missing, group.changed."""
        with self._db.session() as session:
            row = locked(session, GroupRow, tenant, id, version)
            _fill(session, row, ())
            inside = or_(col(MemberRow.group) == id, col(MemberRow.member) == id)
            session.exec(delete(MemberRow).where(col(MemberRow.tenant) == tenant, inside))
            session.delete(row)


def _fill(session: Session, row: GroupRow, members: Iterable[str]) -> None:
    """Let exactly `members` be in the group, and have on record who came and who went."""
    wanted = dict.fromkeys(members)
    mine = (col(MemberRow.tenant) == row.tenant, col(MemberRow.group) == row.id)
    session.flush()
    before = set(session.exec(select(MemberRow.member).where(*mine)))
    gone = sorted(before - wanted.keys())
    for few in (gone[n : n + FEW] for n in range(0, len(gone), FEW)):
        session.exec(delete(MemberRow).where(*mine, col(MemberRow.member).in_(few)))
    new = [one for one in wanted if one not in before]
    people = _names(session, PersonRow, row.tenant, new)
    groups = _names(session, GroupRow, row.tenant, new)
    for one in new:
        if one == row.id or (one not in people and one not in groups):
            raise Refused("group.member", f"There is nobody {one[:80]!r} to be in the group.")
        kind = "person" if one in people else "group"
        session.add(MemberRow(tenant=row.tenant, group=row.id, member=one, kind=kind))
    session.flush()
    regrouped(session, row.tenant, row.id, added=new, removed=gone)


def _groups(session: Session, tenant: str, rows: Iterable[GroupRow]) -> list[Group]:
    found = list(rows)
    ids = [one.id for one in found]
    mine = select(MemberRow).where(MemberRow.tenant == tenant)
    if len(ids) <= FEW:
        mine = mine.where(col(MemberRow.group).in_(ids))
    inside: dict[str, list[MemberRow]] = {}
    for one in session.exec(mine):
        inside.setdefault(one.group, []).append(one)
    everybody = [one.member for members in inside.values() for one in members]
    names = {
        **_names(session, PersonRow, tenant, everybody),
        **_names(session, GroupRow, tenant, everybody),
    }
    return [_group(one, inside.get(one.id, ()), names) for one in found]


def _group(row: GroupRow, inside: Iterable[MemberRow], names: Mapping[str, str]) -> Group:
    members = [
        Member(one.member, "group" if one.kind == "group" else "person", names.get(one.member, ""))
        for one in inside
    ]
    return Group.model_validate({**row.model_dump(), "members": tuple(sorted(members))})


def _names(
    session: Session, table: type[PersonRow | GroupRow], tenant: str, ids: list[str]
) -> Mapping[str, str]:
    called = PersonRow.user_name if table is PersonRow else GroupRow.name
    mine = select(table.id, called).where(table.tenant == tenant)
    if len(ids) <= FEW:
        mine = mine.where(col(table.id).in_(ids))
    return dict(session.exec(mine).all())
