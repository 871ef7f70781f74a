"""What stores record of themselves, in the transaction in which they write it."""

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection
from sqlmodel import Session

from public_works.audit.chain import append
from smart_city.audit import Actor, Entry, Subject, named

__all__ = ["ACTING", "PLATFORM", "doubted", "issued", "regrouped", "revoked", "stopped", "switched"]

PLATFORM = Actor(id="platform", kind="platform")
"""Who does what no request of anybody asked for at that moment."""

ACTING: ContextVar[Actor | None] = ContextVar("acting", default=None)
"""Whose request it is that this context answers."""

MEMBERS = 100
"""Ids of members that one record has of each kind."""

STOPS: Mapping[str, str] = MappingProxyType(
    {"deny": "denied", "defer": "deferred", "skip": "skipped", "approve": "held"}
)
"""What decisions that do not let a step go on are recorded as."""


def _whoever() -> Actor:
    return ACTING.get() or PLATFORM


def stopped(session: Session | Connection, decision: Mapping[str, Any]) -> None:
    """A decision of policy, if it keeps a step from going on; what it was made on stays there."""
    said = STOPS.get(decision["outcome"])
    if said is None:
        return
    entry = Entry(
        actor=PLATFORM,
        action=f"step.{said}",
        subject=Subject(type="run", id=named(decision["run"])),
        details={"step": named(decision["step"])},
        decision=decision["id"],
    )
    append(session, decision["tenant"], entry)


def doubted(session: Session, tenant: str, id: str, kind: str, adapter: str) -> None:
    """A security event, the first time that it happened within the hour."""
    subject = Subject(type="security-event", id=id)
    entry = Entry(actor=PLATFORM, action=kind, subject=subject, details={"adapter": named(adapter)})
    append(session, tenant, entry)


def issued(session: Session, tenant: str, key: str, holder: Actor, **details: str | None) -> None:
    """An API key, made for `holder`."""
    entry = Entry(
        actor=_whoever(),
        action="key.issued",
        subject=Subject(type="key", id=key),
        details={"holder": holder.id, "kind": holder.kind, **details},
    )
    append(session, tenant, entry)


def regrouped(
    session: Session, tenant: str, group: str, *, added: Sequence[str], removed: Sequence[str]
) -> None:
    """Who came into a group and who went, by their ids; many of them in several records."""
    for n in range(0, max(len(added), len(removed)), MEMBERS):
        some = {"added": added[n : n + MEMBERS], "removed": removed[n : n + MEMBERS]}
        entry = Entry(
            actor=_whoever(),
            action="group.members-changed",
            subject=Subject(type="group", id=named(group)),
            details={name: " ".join(map(named, ids)) for name, ids in some.items() if ids},
        )
        append(session, tenant, entry)


def revoked(session: Session, tenant: str, key: str) -> None:
    """The end of an API key."""
    subject = Subject(type="key", id=named(key))
    append(session, tenant, Entry(actor=_whoever(), action="key.revoked", subject=subject))


def switched(session: Session, tenant: str, scope: str, on: bool, by: str) -> None:
    """A kill switch, thrown either way."""
    entry = Entry(
        actor=ACTING.get() or Actor(id=named(by), kind="user"),
        action="switch.thrown" if on else "switch.released",
        subject=Subject(type="switch", id=named(scope)),
    )
    append(session, tenant, entry)
