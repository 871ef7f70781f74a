"""Emptying what events say of a customer who is forgotten, wherever the events are on their way."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, delete, select, update

from public_works.tables import METADATA

__all__ = ["About", "empty"]

BATCH = 500
DATA = ("data", "data_base64")
STARTED = "event|"
"""What the idempotency key of a run begins with that an event started; its identity follows."""
EVENTS, HANDED = METADATA.tables["cloud_event"], METADATA.tables["event_handover"]
POSTS, LISTENERS = METADATA.tables["event_post"], METADATA.tables["event_listener"]
INTENTS = METADATA.tables["intent"]


class About(NamedTuple):
    """Whose events they are."""

    customer: str
    runs: Collection[str]
    workflows: Collection[str]
    others: Collection[str]
    """Ids of deliveries and sessions of theirs."""


def empty(connection: Connection, tenant: str, about: About) -> dict[str, int]:
    """Take the data out of every event about them, and off its way; end their runs' listening.

    Theirs is what names them or something of theirs as its subject, or in `customer` or `run` of
    its data; what a run of theirs emitted; and what only runs of theirs were handed, or began with.
    """
    found = _named(connection, tenant, about) | _emitted(connection, tenant, about)
    found |= _handed(connection, tenant, about) | _began(connection, tenant, about)
    emptied = sum(_emptied(connection, tenant, seq) for seq in sorted(found))
    for some in _batches(found):
        _stop(connection, tenant, some)
    ended = 0
    for names in _batches(about.workflows):
        gone = delete(LISTENERS).where(
            LISTENERS.c.tenant == tenant, LISTENERS.c.workflow.in_(names)
        )
        ended += int(connection.execute(gone).rowcount)
    return {"cloud_event": emptied, "event_listener": ended}


def _named(connection: Connection, tenant: str, about: About) -> set[int]:
    envelope = EVENTS.c.envelope
    data = envelope["data"]
    found: set[int] = set()
    for some in _batches({about.customer, *about.runs, *about.others}):
        found |= _seqs(connection, tenant, envelope["subject"].as_string().in_(some))
    for some in _batches(about.runs):
        found |= _seqs(connection, tenant, data["run"].as_string().in_(some))
    return found | _seqs(connection, tenant, data["customer"].as_string() == about.customer)


def _emitted(connection: Connection, tenant: str, about: About) -> set[int]:
    run = EVENTS.c.origin["run"].as_string()
    ways = (_seqs(connection, tenant, run.in_(some)) for some in _batches(about.runs))
    return set().union(*ways)


def _handed(connection: Connection, tenant: str, about: About) -> set[int]:
    """Those that nobody but runs of theirs was handed."""
    mine = {*about.workflows}
    seqs: set[int] = set()
    for some in _batches(mine):
        where = (HANDED.c.tenant == tenant, HANDED.c.target.in_(some))
        seqs |= {row[0] for row in connection.execute(select(HANDED.c.seq).where(*where))}
    others: set[int] = set()
    for places in _batches(seqs):
        rows = select(HANDED.c.seq, HANDED.c.target).where(
            HANDED.c.tenant == tenant, HANDED.c.seq.in_(places)
        )
        others |= {seq for seq, target in connection.execute(rows) if target not in mine}
    return seqs - others


def _began(connection: Connection, tenant: str, about: About) -> set[int]:
    """Those that runs of theirs began with, and nobody else's."""
    mine = {*about.runs, *about.workflows}
    names: set[str] = set()
    for some in _batches(mine):
        where = (INTENTS.c.tenant == tenant, INTENTS.c.run.in_(some))
        keys = connection.execute(select(INTENTS.c.key).where(*where))
        names |= {key.split("|")[1] for (key,) in keys if key.startswith(STARTED)}
    found: set[int] = set()
    for name in sorted(names):
        rows = select(INTENTS.c.run).where(
            INTENTS.c.tenant == tenant,
            INTENTS.c.key.startswith(f"{STARTED}{name}|", autoescape=True),
        )
        if all(run in mine for (run,) in connection.execute(rows)):
            found |= _seqs(connection, tenant, EVENTS.c.identity == name)
    return found


def _emptied(connection: Connection, tenant: str, seq: int) -> bool:
    place = (EVENTS.c.tenant == tenant, EVENTS.c.seq == seq)
    envelope = connection.execute(select(EVENTS.c.envelope).where(*place)).scalar()
    if envelope is None or not any(name in envelope for name in DATA):
        return False
    left = {name: one for name, one in envelope.items() if name not in DATA}
    connection.execute(update(EVENTS).where(*place).values(envelope=left))
    return True


def _stop(connection: Connection, tenant: str, seqs: list[int]) -> None:
    """Nobody is sent what was emptied, nor asked about it any more."""
    for table in (HANDED, POSTS):
        of = (table.c.tenant == tenant, table.c.seq.in_(seqs))
        stopped = {"state": "discarded", "reason": None}
        connection.execute(update(table).where(*of, table.c.state != "done").values(stopped))
    of = (HANDED.c.tenant == tenant, HANDED.c.seq.in_(seqs))
    connection.execute(update(HANDED).where(*of).values(details={}))


def _seqs(connection: Connection, tenant: str, where: ColumnElement[bool]) -> set[int]:
    rows = select(EVENTS.c.seq).where(EVENTS.c.tenant == tenant, where)
    return {row[0] for row in connection.execute(rows)}


def _batches(some: Iterable[Any]) -> Iterator[list[Any]]:
    known = sorted(some)
    return (known[start : start + BATCH] for start in range(0, len(known), BATCH))
