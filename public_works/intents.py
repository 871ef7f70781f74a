"""Idempotency: one key is one intent, one run, one answer."""

from datetime import datetime

from sqlmodel import Session, select

from public_works.database import Database, insert_new
from public_works.record import Record, now
from public_works.tables import IntentRow
from symphainy.errors import Refused
from symphainy.json import Json

__all__ = ["Claim", "IntentRecord", "Intents"]


class Claim(Record):
    """Whose the key is: the caller's (`new`), or the run's that claimed it before."""

    new: bool
    run: str
    settled: bool
    answer: Json = None


class IntentRecord(Record):
    """What a key stands for."""

    tenant: str
    key: str
    fingerprint: str
    solution: str
    run: str
    settled: bool
    answer: Json
    created: datetime


class Intents:
    """The register of idempotency keys."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def claim(self, tenant: str, key: str, *, fingerprint: str, solution: str, run: str) -> Claim:
        """Take `key` for `run`, or learn which run has it; atomic.

        Raises Refused("intent.key-reused") when the key came with another fingerprint.
        """
        row = IntentRow(
            tenant=tenant,
            key=key,
            fingerprint=fingerprint,
            solution=solution,
            run=run,
            settled=False,
            answer=None,
            created=now(),
        )
        with self._db.session() as session:
            new = insert_new(session, row)
            kept = row if new else _row(session, tenant, key)
            if kept is None or (kept.fingerprint, kept.solution) != (fingerprint, solution):
                raise Refused(
                    "intent.key-reused",
                    "The idempotency key was used for another request; use a new one.",
                )
            return Claim(new=new, run=kept.run, settled=kept.settled, answer=kept.answer)

    def settle(self, tenant: str, key: str, *, run: str, answer: Json = None) -> None:
        """Remember which run serves `key` and what was answered; an unknown key is ignored."""
        with self._db.session() as session:
            row = _row(session, tenant, key)
            if row is not None:
                row.run, row.answer, row.settled = run, answer, True

    def get(self, tenant: str, key: str) -> IntentRecord | None:
        """What `key` stands for, or None."""
        with self._db.reading() as session:
            row = _row(session, tenant, key)
            return IntentRecord.model_validate(row) if row else None


def _row(session: Session, tenant: str, key: str) -> IntentRow | None:
    statement = select(IntentRow).where(IntentRow.tenant == tenant, IntentRow.key == key)
    return session.exec(statement).first()
