"""Records that are written with whatever their act writes, in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection

from public_works.audit.chain import append
from public_works.database import JOINING
from smart_city.audit import Actor, Detail, Entry, Outcome, Subject

__all__ = ["Act", "joined"]


@dataclass
class Act:
    """Something being done; its record is written with the first thing that is written for it."""

    tenant: str
    """Empty while it is not known whose; nothing is recorded then."""
    actor: Actor
    action: str
    subject: Subject
    details: dict[str, Detail] = field(default_factory=dict)
    trace: str | None = None
    written: bool = False

    def note(self, **details: Detail) -> None:
        """Have these details in the record too; only before something was written."""
        self.details.update(details)

    def entry(self, code: str | None = None, outcome: Outcome = "done") -> Entry:
        """The act as it is to be recorded; `code` is why it came out otherwise than done."""
        return Entry(
            actor=self.actor,
            action=self.action,
            subject=self.subject,
            outcome=outcome,
            code=code,
            details=self.details,
            trace=self.trace,
        )

    def join(self, connection: Connection) -> None:
        """Write the record into a transaction that is about to be committed."""
        if self.tenant and not self.written:
            append(connection, self.tenant, self.entry())

    def committed(self) -> None:
        """What it joined is in the database."""
        self.written = self.written or bool(self.tenant)


@contextmanager
def joined(act: Act) -> Iterator[Act]:
    """The first transaction that is committed in the body, on any thread, has the record of `act`.

    Nothing is recorded by this if nothing was written: `act.written` tells.
    """
    token = JOINING.set(act)
    try:
        yield act
    finally:
        JOINING.reset(token)
