"""Answers of runs to whoever made the request that started them: each is given once."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, delete, select

from public_works.database import Database, insert_new
from public_works.record import Record, now
from public_works.tables import AnswerRow
from symphainy.json import Json

__all__ = ["Answers", "ApiAnswer"]

LATE = timedelta(seconds=5)
"""How long after its time a caller may still be on the line, by clocks that differ."""


class ApiAnswer(Record):
    """What a run answered by one experience, or that somebody waits for it."""

    tenant: str
    run: str
    experience: str
    callback: str | None
    waiting: datetime | None
    delivery: str | None
    status: int | None
    body: Json
    headers: dict[str, str] | None
    created: datetime
    answered: datetime | None

    @property
    def calls_back(self) -> str | None:
        """Where the answer has to be posted: nobody was on the line any more when it came."""
        if self.answered is None or self.callback is None:
            return None
        heard = self.waiting is not None and self.answered < self.waiting + LATE
        return None if heard else self.callback


class Answers:
    """The register of requests and their answers, by run and experience."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def expect(
        self,
        tenant: str,
        run: str,
        experience: str,
        *,
        callback: str | None = None,
        waiting: datetime | None = None,
    ) -> ApiAnswer:
        """Say that somebody asked: until `waiting` they are on the line, and then `callback` is
        where they are told. What was answered already stays as it is."""
        row = _row(tenant, run, experience)
        row.callback, row.waiting = callback, waiting
        with self._db.session() as session:
            if not insert_new(session, row):
                row = _locked(session, tenant, run, experience)
                if row.answered is None:
                    row.callback = callback or row.callback
                    row.waiting = max(waiting, row.waiting) if waiting and row.waiting else waiting
            return ApiAnswer.model_validate(row)

    def leave(self, tenant: str, run: str, experience: str) -> ApiAnswer | None:
        """Say that nobody is on the line any more, unless the answer is there."""
        with self._db.session() as session:
            row = session.exec(_of(tenant, run, experience).with_for_update()).first()
            if row is not None and row.answered is None:
                row.waiting = None
            return ApiAnswer.model_validate(row) if row else None

    def give(
        self,
        tenant: str,
        run: str,
        experience: str,
        *,
        delivery: str,
        status: int,
        body: Any,
        headers: dict[str, str],
    ) -> ApiAnswer:
        """Answer, once: what was answered before stands, and its `delivery` tells whose it is."""
        with self._db.session() as session:
            insert_new(session, _row(tenant, run, experience))
            row = _locked(session, tenant, run, experience)
            if row.answered is None:
                row.delivery, row.status, row.answered = delivery, status, now()
                row.body, row.headers = body, headers or None
            return ApiAnswer.model_validate(row)

    def forget(self, before: datetime) -> int:
        """Let go of what was asked for, of any tenant, before then; how much it was."""
        with self._db.session() as session:
            gone = session.exec(delete(AnswerRow).where(col(AnswerRow.created) < before))
            return int(gone.rowcount)

    def get(self, tenant: str, run: str, experience: str) -> ApiAnswer | None:
        """What was asked and answered, or None."""
        with self._db.reading() as session:
            row = session.exec(_of(tenant, run, experience)).first()
            return ApiAnswer.model_validate(row) if row else None


def _row(tenant: str, run: str, experience: str) -> AnswerRow:
    return AnswerRow(
        tenant=tenant,
        run=run,
        experience=experience,
        callback=None,
        waiting=None,
        delivery=None,
        status=None,
        body=None,
        headers=None,
        created=now(),
        answered=None,
    )


def _of(tenant: str, run: str, experience: str) -> Any:
    return select(AnswerRow).where(
        AnswerRow.tenant == tenant,
        AnswerRow.run == run,
        AnswerRow.experience == experience,
    )


def _locked(session: Session, tenant: str, run: str, experience: str) -> AnswerRow:
    row: AnswerRow = session.exec(_of(tenant, run, experience).with_for_update()).one()
    return row
