"""Messages that wait to be one message: who waits, and which of them is sent for all."""

import builtins
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, delete, select, update

from public_works.database import Database, serialise
from public_works.record import Record
from public_works.tables import DigestRow
from symphainy.errors import Refused

__all__ = ["DigestItem", "Digests"]


class DigestItem(Record):
    """A delivery that waits, or has waited."""

    tenant: str
    delivery: str
    digest: str
    until: datetime
    """When its window closes."""
    data: dict[str, Any] | None
    by: str | None
    """The delivery that is sent for all of its window; None while it is open."""
    at: datetime


class Digests:
    """Windows in which messages come together, each closed once by one of its deliveries."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def get(self, tenant: str, delivery: str) -> DigestItem | None:
        """What that delivery waits for, or None."""
        with self._db.reading() as session:
            row = session.get(DigestRow, {"tenant": tenant, "delivery": delivery})
            return DigestItem.model_validate(row) if row else None

    def join(
        self,
        tenant: str,
        delivery: str,
        *,
        digest: str,
        data: dict[str, Any],
        now: datetime,
        window: timedelta,
    ) -> DigestItem:
        """Let a delivery wait with others of `digest`: in the window that is open, else in a new
        one. One that waits already keeps its place."""
        with self._db.session() as session:
            serialise(session, "digest_item", tenant, digest)
            known = session.get(DigestRow, {"tenant": tenant, "delivery": delivery})
            if known is None:
                until = _open(session, tenant, digest, now) or now + window
                known = DigestRow(
                    tenant=tenant,
                    delivery=delivery,
                    digest=digest,
                    until=until,
                    data=data,
                    by=None,
                    at=now,
                )
                session.add(known)
            return DigestItem.model_validate(known)

    def close(self, tenant: str, delivery: str) -> DigestItem:
        """Close the window of that delivery for all that wait in it; its place, which says which
        of them is sent for all: the one that closed first.

        Refused("digest.missing") if it never joined.
        """
        with self._db.session() as session:
            row = session.get(DigestRow, {"tenant": tenant, "delivery": delivery})
            if row is None:
                raise Refused("digest.missing", f"The delivery {delivery[:80]!r} waits for none.")
            serialise(session, "digest_item", tenant, row.digest)
            session.refresh(row)
            if row.by is None:
                taken = update(DigestRow).where(
                    col(DigestRow.tenant) == tenant,
                    col(DigestRow.digest) == row.digest,
                    col(DigestRow.until) == row.until,
                    col(DigestRow.by).is_(None),
                )
                session.exec(taken.values(by=delivery))
                session.refresh(row)
            return DigestItem.model_validate(row)

    def forget(self, before: datetime) -> int:
        """Let go of what was sent, of any tenant, in windows that closed before then; how much it
        was."""
        over = (col(DigestRow.until) < before, col(DigestRow.by).is_not(None))
        with self._db.session() as session:
            gone = session.exec(delete(DigestRow).where(*over))
            return int(gone.rowcount)

    def items(self, tenant: str, delivery: str) -> builtins.list[DigestItem]:
        """What is sent by that delivery for all that waited, in the order they came."""
        with self._db.reading() as session:
            rows = session.exec(
                select(DigestRow)
                .where(DigestRow.tenant == tenant, DigestRow.by == delivery)
                .order_by(col(DigestRow.at), col(DigestRow.delivery))
            )
            return [DigestItem.model_validate(row) for row in rows]


def _open(session: Session, tenant: str, digest: str, now: datetime) -> datetime | None:
    found = session.exec(
        select(DigestRow.until).where(
            DigestRow.tenant == tenant,
            DigestRow.digest == digest,
            DigestRow.until > now,
            col(DigestRow.by).is_(None),
        )
    )
    return found.first()
