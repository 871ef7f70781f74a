"""Records that are written with whatever their act writes, in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection

from public_works import database
from public_works.audit.chain import append
from smart_city.audit import Actor, Detail, Entry, Subject

__all__ = ["Act", "joined"]


@dataclass
class Act:
    """Something being done; its record is written with the first thing that is written for it."""

    tenant: str
    actor: Actor
    action: str
    subject: Subject
    details: dict[str, Detail] = field(default_factory=dict)
    trace: str | None = None
    written: bool = False

    def note(self, **details: Detail) -> None:
        """Have these details in the record too; only before something was written."""
        self.details.update(details)

    def entry(self, code: str | None = None) -> Entry:
        """The act as it is to be recorded; `code` if it failed and may have happened."""
        return Entry(
            actor=self.actor,
            action=self.action,
            subject=self.subject,
            outcome="failed" if code else "done",
            code=code,
            details=self.details,
            trace=self.trace,
        )

    def join(self, connection: Connection) -> None:
        """Write the record into a transaction that is about to be committed."""
        if not self.written:
            append(connection, self.tenant, self.entry())

    def committed(self) -> None:
        """What it joined is in the database."""
        self.written = True


@contextmanager
def joined(act: Act) -> Iterator[Act]:
    """The first transaction that is committed in the body, on any thread, has the record of `act`.

    Nothing is recorded by this if nothing was written: `act.written` tells.
    """
    token = database.JOINING.set(act)
    try:
        yield act
    finally:
        database.JOINING.reset(token)
