"""What is kept of a run, wherever it is kept, read at one moment."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlmodel import Session, col, select

from public_works.approvals import ApprovalRecord
from public_works.database import Database
from public_works.decisions import DecisionRecord
from public_works.events.backlog import EventRecord
from public_works.intents import IntentRecord
from public_works.ledger.records import AttemptRecord, DeliveryRecord
from public_works.ledger.records import EventRecord as ReceiptRecord
from public_works.record import Record
from public_works.tables import (
    ApprovalRow,
    AttemptRow,
    CloudEventRow,
    DecisionRow,
    DeliveryRow,
    EventRow,
    HandoverRow,
    IntentRow,
)
from symphainy.identity import Principal
from symphainy.json import Json

__all__ = ["EventTrace", "HandoverTrace", "Kept", "Traces"]

MOST = 5_000
"""Rows of one kind that are read of a run."""


class Kept(Record):
    """What the stores have of a run, each in the order it came to be; `cut` if there is more."""

    intents: tuple[IntentRecord, ...]
    decisions: tuple[DecisionRecord, ...]
    approvals: tuple[ApprovalRecord, ...]
    deliveries: tuple[DeliveryRecord, ...]
    attempts: tuple[AttemptRecord, ...]
    receipts: tuple[ReceiptRecord, ...]
    cut: bool

    def __bool__(self) -> bool:
        return bool(self.intents or self.decisions or self.approvals or self.deliveries)


class EventTrace(EventRecord):
    """An event with where it came from."""

    identity: str
    by: Principal
    origin: dict[str, Json] | None


class HandoverTrace(Record):
    """Whom an event was handed to: a workflow id, or `start:` and what it starts."""

    target: str
    state: str
    created: datetime


class Traces:
    """Reads across the other stores' tables for lineage."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def of_run(self, tenant: str, run: str) -> Kept:
        """What is kept of the run; nothing of one that nobody knows."""
        # Whoever claims a key for a run that is to be started names it by its workflow id.
        workflow = f"{tenant}/{run.replace(':', '/', 1)}"
        with self._db.reading() as session:
            deliveries = _rows(session, DeliveryRow, tenant, run, "created")
            ids = [one.id for one in deliveries]
            found: dict[str, tuple[list[Any], type[BaseModel]]] = {
                "intents": (
                    _rows(session, IntentRow, tenant, run, "created", workflow),
                    IntentRecord,
                ),
                "decisions": (_rows(session, DecisionRow, tenant, run, "at"), DecisionRecord),
                "approvals": (_rows(session, ApprovalRow, tenant, run, "created"), ApprovalRecord),
                "deliveries": (deliveries, DeliveryRecord),
                "attempts": (_of(session, AttemptRow, tenant, ids, "started"), AttemptRecord),
                "receipts": (_of(session, EventRow, tenant, ids, "at"), ReceiptRecord),
            }
            records = {
                name: tuple(model.model_validate(row) for row in rows)
                for name, (rows, model) in found.items()
            }
            cut = any(len(rows) >= MOST for rows, _ in found.values())
            return Kept.model_validate({**records, "cut": cut})

    def event(self, tenant: str, seq: int) -> EventTrace | None:
        """The tenant's event at that place, or None."""
        with self._db.reading() as session:
            row = session.get(CloudEventRow, {"tenant": tenant, "seq": seq})
            return EventTrace.model_validate(row) if row else None

    def events(self, tenant: str, identities: Collection[str]) -> dict[str, EventTrace]:
        """Those of the events that are still kept, by identity."""
        with self._db.reading() as session:
            rows = session.exec(
                select(CloudEventRow).where(
                    CloudEventRow.tenant == tenant, col(CloudEventRow.identity).in_(identities)
                )
            )
            return {row.identity: EventTrace.model_validate(row) for row in rows}

    def handed(self, tenant: str, seq: int) -> list[HandoverTrace]:
        """Whom the event at that place was handed to, or is to be."""
        with self._db.reading() as session:
            rows = session.exec(
                select(HandoverRow)
                .where(HandoverRow.tenant == tenant, HandoverRow.seq == seq)
                .order_by(col(HandoverRow.target))
            )
            return [HandoverTrace.model_validate(row) for row in rows]


def _rows(
    session: Session, model: Any, tenant: str, run: str, moment: str, *other: str
) -> list[Any]:
    rows = select(model).where(model.tenant == tenant, model.run.in_([run, *other]))
    return list(session.exec(rows.order_by(getattr(model, moment)).limit(MOST)))


def _of(
    session: Session, model: Any, tenant: str, deliveries: Sequence[str], moment: str
) -> list[Any]:
    found: list[Any] = []
    for start in range(0, len(deliveries), 500):
        some = deliveries[start : start + 500]
        rows = select(model).where(model.tenant == tenant, col(model.delivery).in_(some))
        found.extend(session.exec(rows))
    return sorted(found, key=lambda row: getattr(row, moment))
