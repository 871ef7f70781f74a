"""Putting a record behind the last one of its tenant."""

import logging
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, event, insert, select, update
from sqlmodel import Session

from public_works.database import serialise
from public_works.record import now
from public_works.tables import AuditHeadRow, AuditRow
from smart_city.audit import GENESIS, AuditRecord, Entry

__all__ = ["append", "values"]

log = logging.getLogger("symphainy.audit.records")

# Built once: building a statement costs more than running it.
_RECORDS = AuditRow.metadata.tables["audit_record"]
_HEADS = AuditHeadRow.metadata.tables["audit_head"]
_HEAD = select(_HEADS.c.seq, _HEADS.c.hash).where(_HEADS.c.tenant == bindparam("of"))
_INSERT = insert(_RECORDS)
_BEGIN = insert(_HEADS)
_MOVE = update(_HEADS).where(_HEADS.c.tenant == bindparam("of"))


def append(
    session: Session | Connection, tenant: str, entry: Entry, at: datetime | None = None
) -> AuditRecord:
    """The record of `entry`, written when the transaction of `session` is.

    Call it last in a transaction: until it ends, nobody else of the tenant can append.
    """
    serialise(session, "audit", tenant)
    if isinstance(session, Session):
        session.flush()
        connection = session.connection()
    else:
        connection = session
    head = connection.execute(_HEAD, {"of": tenant}).first()
    seq, prev = (head.seq, head.hash) if head is not None else (0, GENESIS)
    record = AuditRecord.of(entry, tenant=tenant, seq=seq + 1, at=at or now(), prev=prev)
    connection.execute(_INSERT, values(record))
    # Said only of what is kept: nothing is if the transaction is not.
    event.listen(connection, "commit", lambda _: _say(record), once=True)
    reached = {"seq": record.seq, "hash": record.hash}
    if head is None:
        connection.execute(_BEGIN, {"tenant": tenant, **reached})
    else:
        connection.execute(_MOVE, {"of": tenant, **reached})
    return record


def _say(record: AuditRecord) -> None:
    """The record as a line of the log, which may be kept where nobody of the database can write."""
    who = f"{record.actor.kind}:{record.actor.id}"
    about = f"{record.subject.type} {record.subject.id}"
    log.info(
        "%s %s: %s (record %s, %s)",
        *(record.action, record.outcome, about, record.seq, record.hash),
        extra={"tenant": record.tenant, "by": who, "code": record.code},
    )


def values(record: AuditRecord) -> dict[str, Any]:
    """`record` as its row has it."""
    flat = record.model_dump(exclude={"actor", "subject"})
    return {
        **flat,
        "actor": record.actor.id,
        "actor_kind": record.actor.kind,
        "subject_type": record.subject.type,
        "subject": record.subject.id,
    }
