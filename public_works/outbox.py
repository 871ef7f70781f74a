"""What the sandbox adapters sent, to be read by people instead of sent to them."""

import builtins
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from public_works.database import Database, insert_values
from public_works.record import Record, now, page
from public_works.tables import OutboxRow
from symphainy.errors import Refused
from symphainy.json import digest

__all__ = ["Outbox", "OutboxMessage"]


class OutboxMessage(Record):
    """One message, as its receiver would have got it."""

    tenant: str
    id: str
    delivery: str
    run: str
    step: str
    channel: str
    to: str
    sender: str
    subject: str
    text: str
    html: str | None
    headers: dict[str, str]
    kind: str | None
    """What it is: mail, text message, call, record, ticket, event, message, answer."""
    document: dict[str, Any] | None
    """What it holds besides, on channels of scripts, records and events."""
    customer: str | None
    experience: str | None
    """The name of the experience it went through."""
    thread: str | None
    """What it shares with others of the same conversation, record or ticket."""
    acts: tuple[dict[str, Any], ...]
    """What people did with it here, in that order."""
    at: datetime


class Outbox:
    """The mailbox of everybody, on a platform that sends nothing."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def put(
        self,
        tenant: str,
        *,
        delivery: str,
        run: str,
        step: str,
        channel: str,
        to: str,
        sender: str,
        subject: str,
        text: str,
        html: str | None,
        headers: dict[str, str],
        kind: str | None = None,
        document: dict[str, Any] | None = None,
        customer: str | None = None,
        experience: str | None = None,
        thread: str | None = None,
    ) -> OutboxMessage:
        """Keep the message of a delivery; the same delivery again answers what was kept.

        Messages of one channel and `thread` belong together.
        """
        values: dict[str, Any] = {
            "tenant": tenant,
            "id": uuid.uuid4().hex,
            "delivery": delivery,
            "run": run,
            "step": step,
            "channel": channel,
            "to": to,
            "sender": sender,
            "subject": subject,
            "text": text,
            "html": html,
            "headers": headers,
            "kind": kind,
            "document": document,
            "customer": customer,
            "experience": experience,
            "thread": digest(thread) if thread is not None else None,
            "acts": [],
            "at": now(),
        }
        with self._db.writing() as connection:
            new = insert_values(connection, OutboxRow, values)
        known = None if new else self.find(tenant, delivery)
        return known or OutboxMessage.model_validate(values)

    def find(self, tenant: str, delivery: str) -> OutboxMessage | None:
        """The message of a delivery, or None."""
        with self._db.reading() as session:
            row = _of(session, tenant, delivery)
            return _message(row) if row else None

    def get(self, tenant: str, id: str) -> OutboxMessage | None:
        """The message of that id, or None."""
        with self._db.reading() as session:
            row = session.get(OutboxRow, {"tenant": tenant, "id": id})
            return _message(row) if row else None

    def list(
        self,
        tenant: str,
        after: str | None = None,
        limit: int = 50,
        *,
        channel: str | None = None,
        run: str | None = None,
        customer: str | None = None,
        words: str | None = None,
        latest: bool = False,
    ) -> builtins.list[OutboxMessage]:
        """Messages, newest first, behind the message `after`; those that have `words` in what
        they say or in whom they are for, and with `latest` the newest of each thread alone."""
        wanted = {"channel": channel, "run": run, "customer": customer}
        statement = select(OutboxRow).where(
            OutboxRow.tenant == tenant,
            *(getattr(OutboxRow, name) == one for name, one in wanted.items() if one),
            *([_saying(words)] if words else []),
            *([_newest()] if latest else []),
        )
        with self._db.reading() as session:
            found = page(
                session, statement, OutboxRow, tenant, after=after, limit=limit, moment="at"
            )
            return [_message(row) for row in found]

    def thread(self, tenant: str, id: str, limit: int = 200) -> builtins.list[OutboxMessage]:
        """The newest messages that belong together with the message `id`, oldest first."""
        with self._db.reading() as session:
            of = session.get(OutboxRow, {"tenant": tenant, "id": id})
            if of is None:
                return []
            if of.thread is None:
                return [_message(of)]
            statement = (
                select(OutboxRow)
                .where(
                    OutboxRow.tenant == tenant,
                    OutboxRow.channel == of.channel,
                    OutboxRow.thread == of.thread,
                )
                .order_by(col(OutboxRow.at).desc(), col(OutboxRow.id).desc())
                .limit(limit)
            )
            return [_message(row) for row in session.exec(statement)][::-1]

    def act(self, tenant: str, id: str, act: Mapping[str, Any], after: int) -> OutboxMessage | None:
        """Keep what somebody did with a message, as the act behind the first `after`; None if
        there is another one there by now. Refused("outbox.missing")."""
        with self._db.session() as session:
            row = _locked(session, tenant, id)
            known = list(row.acts or ())
            if len(known) != after:
                return None
            row.acts = [*known, dict(act)]
            return _message(row)


def _of(session: Session, tenant: str, delivery: str) -> OutboxRow | None:
    statement = select(OutboxRow).where(OutboxRow.tenant == tenant, OutboxRow.delivery == delivery)
    return session.exec(statement).first()


def _locked(session: Session, tenant: str, id: str) -> OutboxRow:
    row = session.exec(
        select(OutboxRow).where(OutboxRow.tenant == tenant, OutboxRow.id == id).with_for_update()
    ).first()
    if row is None:
        raise Refused("outbox.missing", f"There is no message {id[:80]!r}.")
    return row


def _message(row: OutboxRow) -> OutboxMessage:
    return OutboxMessage.model_validate({**row.model_dump(), "acts": row.acts or ()})


def _saying(words: str) -> ColumnElement[bool]:
    fields = (OutboxRow.to, OutboxRow.subject, OutboxRow.text, OutboxRow.run)
    return or_(*(col(one).icontains(words, autoescape=True) for one in fields))


def _newest() -> ColumnElement[bool]:
    newer = aliased(OutboxRow)
    same = (
        select(newer.id)
        .where(
            newer.tenant == OutboxRow.tenant,
            newer.channel == OutboxRow.channel,
            newer.thread == OutboxRow.thread,
            or_(
                col(newer.at) > col(OutboxRow.at),
                (col(newer.at) == col(OutboxRow.at)) & (col(newer.id) > col(OutboxRow.id)),
            ),
        )
        .exists()
    )
    return ~same
