"""Where spans are kept, so that a run can be shown without any other system."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import col, select

from public_works.database import Database, insert_values
from public_works.record import Record
from public_works.tables import SpanRow
from symphainy.json import Json

__all__ = ["MOST", "SpanRecord", "Spans"]

MOST = 5_000
"""Spans of one trace that are read."""
TRACES = 20
"""Traces of one run that are read; a run that was reset or continued keeps its own."""


class SpanRecord(Record):
    """Something that took time; moments in nanoseconds since 1970."""

    tenant: str
    trace: str
    id: str
    parent: str | None
    name: str
    kind: str
    room: str
    run: str | None
    step: str | None
    began: int
    ended: int
    status: str
    code: str | None
    attributes: dict[str, Json]
    events: list[dict[str, Any]]
    links: list[dict[str, Any]]


class Spans:
    """Spans of tenants, for a while."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, spans: Sequence[SpanRecord]) -> int:
        """Keep `spans`, in one transaction; one that is there already stays as it is. How many
        are new."""
        with self._db.writing() as connection:
            return sum(insert_values(connection, SpanRow, one.model_dump()) for one in spans)

    def of_run(self, tenant: str, run: str) -> list[SpanRecord]:
        """Everything of the traces in which the run is, by time."""
        with self._db.reading() as session:
            mine = select(SpanRow.trace).where(SpanRow.tenant == tenant, SpanRow.run == run)
            traces = list(session.exec(mine.distinct().limit(TRACES)))
            rows = session.exec(
                select(SpanRow)
                .where(SpanRow.tenant == tenant, col(SpanRow.trace).in_(traces))
                .order_by(col(SpanRow.began), col(SpanRow.id))
                .limit(MOST)
            )
            return [SpanRecord.model_validate(row) for row in rows]

    def forget(self, before: datetime) -> int:
        """Let go of what began before then, of all tenants; how many spans that were."""
        moment = int(before.timestamp() * 1_000_000_000)
        with self._db.writing() as connection:
            return connection.execute(delete(SpanRow).where(col(SpanRow.began) < moment)).rowcount
