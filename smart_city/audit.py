"""What is written of an act so that nobody can unwrite it: records, each sealed with the last one.

A record's hash is taken of its content and of the hash before, so whatever is changed, left out or
put in breaks the chain at that place.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from symphainy.json import canonical

__all__ = ["GENESIS", "Actor", "AuditRecord", "Detail", "Entry", "Outcome", "Subject", "named"]

GENESIS = "0" * 64
"""What the first record of a chain has for the hash before."""

DOMAIN = b"symphainy.audit.record.v1\n"
LONGEST = 128

Detail = str | int | bool | None
Outcome = Literal["done", "refused", "failed"]
"""done: it happened. refused: it did not, `code` says why. failed: it may have happened."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Actor(_Frozen):
    """Who did it: an opaque id, and what kind of one. Customers are tokens."""

    id: str
    kind: Literal["user", "service", "agent", "customer", "platform"]


class Subject(_Frozen):
    """What it was done to."""

    type: str
    id: str


class Entry(_Frozen):
    """An act before it has its place in a chain."""

    actor: Actor
    action: str
    """A stable name, such as `solution.deployed`."""
    subject: Subject
    outcome: Outcome = "done"
    code: str | None = None
    """Why it was refused or failed."""
    details: Mapping[str, Detail] = Field(default_factory=dict)
    """Ids, digests and words of the platform's own; never personal data."""
    trace: str | None = None
    decision: str | None = None
    """The policy decision that it follows from."""


class AuditRecord(Entry):
    """An act at its place in the chain of its tenant."""

    tenant: str
    seq: int
    at: AwareDatetime
    prev: str
    hash: str

    @classmethod
    def of(cls, entry: Entry, *, tenant: str, seq: int, at: datetime, prev: str) -> "AuditRecord":
        """`entry` as the record behind the one whose hash is `prev`."""
        fields = {name: getattr(entry, name) for name in Entry.model_fields}
        draft = cls(**fields, tenant=tenant, seq=seq, at=at, prev=prev, hash="")
        return draft.model_copy(update={"hash": draft.sealed()})

    def content(self, seq: int | None = None) -> dict[str, Any]:
        """Everything that the hash covers; `seq` as if it stood elsewhere."""
        return {
            "tenant": self.tenant,
            "seq": self.seq if seq is None else seq,
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": [self.actor.kind, self.actor.id],
            "action": self.action,
            "subject": [self.subject.type, self.subject.id],
            "outcome": self.outcome,
            "code": self.code,
            "details": dict(self.details),
            "trace": self.trace,
            "decision": self.decision,
        }

    def sealed(self, seq: int | None = None) -> str:
        """The hash that this content has behind `prev`, as if it stood at `seq`."""
        data = DOMAIN + self.prev.encode() + b"\n" + canonical(self.content(seq))
        return hashlib.sha256(data).hexdigest()


def named(id: str) -> str:
    """`id` as records have it: one that is too long, or no text, by its digest."""
    if len(id) <= LONGEST and id.isprintable():
        return id
    return "sha256:" + hashlib.sha256(id.encode("utf-8", "surrogatepass")).hexdigest()
