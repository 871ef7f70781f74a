"""What registers of people and of groups have in common: how they are found, listed and changed."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple
from uuid import uuid4

from sqlalchemy import ColumnElement, and_, func, or_
from sqlmodel import Session, col, select

from public_works.database import serialise
from public_works.record import now
from public_works.tables import GroupRow, PersonRow
from symphainy.errors import Refused

__all__ = ["FEW", "Either", "Every", "Has", "Sought", "changed", "count", "fresh", "locked", "some"]

FEW = 500
"""Ids that a statement names; of more it takes all there are."""
Table = type[PersonRow] | type[GroupRow]


class Has(NamedTuple):
    """Whoever has that in a column; `pr`: anything."""

    column: Literal["id", "name", "external_id", "active"]
    how: Literal["eq", "co", "sw", "ew", "pr"]
    value: str | bool = ""


class Every(NamedTuple):
    """Whoever is sought by each of these."""

    parts: tuple["Sought", ...]


class Either(NamedTuple):
    """Whoever is sought by one of these."""

    parts: tuple["Sought", ...]


Sought = Has | Every | Either


def count(session: Session, table: Table, tenant: str, sought: Sought | None = None) -> int:
    """How many there are."""
    mine = select(func.count()).select_from(table).where(*_where(table, tenant, sought))
    return session.exec(mine).one()


def some(table: Table, tenant: str, offset: int, limit: int, sought: Sought | None = None) -> Any:
    """The statement for those that are sought, in the order in which they came."""
    order = (col(table.created), col(table.id))
    mine = select(table).where(*_where(table, tenant, sought))
    return mine.order_by(*order).offset(offset).limit(limit)


def fresh(tenant: str, id: str | None, attributes: Mapping[str, Any] | None) -> dict[str, Any]:
    """What every new row has."""
    moment = now()
    return {
        "tenant": tenant,
        "id": id or uuid4().hex,
        "attributes": dict(attributes or {}),
        "version": 1,
        "created": moment,
        "updated": moment,
    }


def changed(row: PersonRow | GroupRow, attributes: Mapping[str, Any]) -> None:
    """Say of a row that it is another one now."""
    row.attributes, row.version, row.updated = dict(attributes), row.version + 1, now()


def locked(session: Session, table: Table, tenant: str, id: str, version: int | None) -> Any:
    """The row of that id, which nobody else changes meanwhile. Refused: (person|group).missing,
    (person|group).changed."""
    noun = "person" if table is PersonRow else "group"
    serialise(session, "person", tenant)
    this = (table.tenant == tenant, table.id == id)
    row: Any = session.exec(select(table).where(*this).with_for_update()).first()
    if row is None:
        raise Refused(f"{noun}.missing", f"There is no {noun} {id[:80]!r}.")
    if version is not None and row.version != version:
        raise Refused(f"{noun}.changed", f"The {noun} was changed meanwhile; read it again.")
    return row


def _where(table: Table, tenant: str, sought: Sought | None) -> list[ColumnElement[bool]]:
    mine = [col(table.tenant) == tenant]
    return mine if sought is None else [*mine, _condition(table, sought)]


def _condition(table: Table, sought: Sought) -> ColumnElement[bool]:
    if isinstance(sought, Every):
        return and_(*(_condition(table, one) for one in sought.parts))
    if isinstance(sought, Either):
        return or_(*(_condition(table, one) for one in sought.parts))
    if sought.column == "active":
        return col(PersonRow.active).is_(bool(sought.value))
    column: Any = col(getattr(table, sought.column))
    if sought.how == "pr":
        known: ColumnElement[bool] = column.is_not(None)
        return known
    value = str(sought.value)
    if sought.column == "name":
        # Names of people are kept folded.
        value = value.casefold()
        column = column if table is PersonRow else func.lower(column)
    return _compared(column, sought.how, value)


def _compared(column: Any, how: str, value: str) -> ColumnElement[bool]:
    if how == "eq":
        found: ColumnElement[bool] = column == value
        return found
    ways = {"co": column.contains, "sw": column.startswith, "ew": column.endswith}
    compared: ColumnElement[bool] = ways[how](value, autoescape=True)
    return compared
