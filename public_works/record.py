"""What stores answer with, and in which order lists come."""

from datetime import UTC, datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict
from sqlalchemy import tuple_
from sqlmodel import Session, col
from sqlmodel.sql.expression import SelectOfScalar

from public_works.tables.base import TenantRow
from symphainy.errors import Refused

__all__ = ["Record", "now", "page"]

R = TypeVar("R", bound=TenantRow)


class Record(BaseModel):
    """A fact as it was when it was read; it never changes under its reader."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def page(
    session: Session,
    statement: SelectOfScalar[R],
    model: type[R],
    tenant: str,
    *,
    after: str | None,
    limit: int,
    moment: str = "created",
    newest: bool = True,
) -> list[R]:
    """The next rows of `statement` behind the one whose id is `after`, in order of `moment`."""
    columns = [col(getattr(model, moment)), col(getattr(model, "id"))]  # noqa: B009
    if after is not None:
        last = (_moment(session, model, tenant, after, moment), after)
        place = tuple_(*columns)
        statement = statement.where(place < last if newest else place > last)
    order = [column.desc() if newest else column.asc() for column in columns]
    return list(session.exec(statement.order_by(*order).limit(limit)))


def _moment(
    session: Session, model: type[TenantRow], tenant: str, after: str, moment: str
) -> datetime:
    row: Any = session.get(model, {"tenant": tenant, "id": after})
    if row is None:
        raise Refused("store.cursor", f"The cursor {after[:80]!r} names nothing in this list.")
    found: datetime = getattr(row, moment)
    return found
