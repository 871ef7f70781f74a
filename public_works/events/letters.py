"""Dead letters: events that nobody took, out and in, for somebody to look at."""

import builtins
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from sqlalchemy import func
from sqlmodel import Session, col, select

from public_works.database import Database
from public_works.record import Record, now
from public_works.tables import CloudEventRow, HandoverRow, PostRow
from symphainy.errors import Refused
from symphainy.event import Envelope
from symphainy.json import digest

__all__ = ["DeadLetter", "DeadLetters"]

ID = re.compile(r"(in|out)-([0-9]{1,18})-([0-9a-f]{16})")
Row = HandoverRow | PostRow


class DeadLetter(Record):
    """An event, whom it was for, and why that came to nothing."""

    id: str
    way: Literal["in", "out"]
    """`out` to an endpoint; `in` to a run, or the start of one."""
    target: str
    seq: int
    environment: str
    tries: int
    reason: str
    created: datetime
    given_up: datetime | None
    """When; None where that was before it was written down."""
    envelope: Envelope


class DeadLetters:
    """What was given up."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def list(
        self, tenant: str, *, before: int | None = None, limit: int = 50
    ) -> builtins.list[DeadLetter]:
        """Dead letters of events whose place is `before` that, newest first."""
        with self._db.reading() as session:
            found: builtins.list[DeadLetter] = []
            for table in (HandoverRow, PostRow):
                rows = _dead(tenant, table)
                if before is not None:
                    rows = rows.where(col(table.seq) < before)
                newest = rows.order_by(col(table.seq).desc()).limit(limit)
                found += [_letter(row, event) for row, event in session.exec(newest)]
            return sorted(found, key=lambda one: (-one.seq, one.id))

    def count(self) -> Mapping[Literal["in", "out"], int]:
        """How many there are, of all tenants together."""
        with self._db.reading() as session:
            return {
                "in": session.exec(_many(HandoverRow)).one(),
                "out": session.exec(_many(PostRow)).one(),
            }

    def get(self, tenant: str, id: str) -> DeadLetter | None:
        """That letter, or None."""
        with self._db.reading() as session:
            row = _found(session, tenant, id)
            return _letter(*row) if row is not None else None

    def resend(self, tenant: str, id: str) -> DeadLetter:
        """Try it again from the start, under the same id. Refused `event.letter-missing`."""
        return self._set(tenant, id, "pending")

    def discard(self, tenant: str, id: str) -> DeadLetter:
        """Leave it be; it is listed no more. Refused `event.letter-missing`."""
        return self._set(tenant, id, "discarded")

    def _set(self, tenant: str, id: str, state: str) -> DeadLetter:
        with self._db.session() as session:
            found = _found(session, tenant, id)
            if found is None:
                raise Refused("event.letter-missing", f"There is no dead letter {id[:80]!r}.")
            letter, row = _letter(*found), found[0]
            row.state, row.tries, row.due, row.settled = state, 0, now(), None
            return letter


def _dead(tenant: str, table: type[Row]):  # type: ignore[no-untyped-def]
    return (
        select(table, CloudEventRow)
        .join(
            CloudEventRow,
            (col(CloudEventRow.tenant) == col(table.tenant))
            & (col(CloudEventRow.seq) == col(table.seq)),
        )
        .where(
            col(table.tenant) == tenant,
            col(table.state) == "dead",
            col(table.reason).is_not(None),
        )
    )


def _many(table: type[Row]):  # type: ignore[no-untyped-def]
    dead = (col(table.state) == "dead", col(table.reason).is_not(None))
    return select(func.count()).select_from(table).where(*dead)


def _found(session: Session, tenant: str, id: str) -> tuple[Row, CloudEventRow] | None:
    named = ID.fullmatch(id)
    if named is None:
        return None
    table = HandoverRow if named[1] == "in" else PostRow
    rows = _dead(tenant, table).where(col(table.seq) == int(named[2]))
    found = ((row, event) for row, event in session.exec(rows) if _named(row) == id)
    return next(found, None)


def _named(row: Row) -> str:
    way, target = ("in", row.target) if isinstance(row, HandoverRow) else ("out", row.webhook)
    return f"{way}-{row.seq}-{digest(target).removeprefix('sha256:')[:16]}"


def _letter(row: Row, event: CloudEventRow) -> DeadLetter:
    inward = isinstance(row, HandoverRow)
    return DeadLetter(
        id=_named(row),
        way="in" if inward else "out",
        target=row.target if isinstance(row, HandoverRow) else row.webhook,
        seq=row.seq,
        environment=event.environment,
        tries=row.tries,
        reason=row.reason or "",
        created=row.created,
        given_up=row.settled,
        envelope=event.envelope,
    )
