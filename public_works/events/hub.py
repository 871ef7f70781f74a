"""The event hub. Every transaction that accepts, listens or closes has its tenant for itself, so
that an event and a listener always see each other, whichever comes first."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, func, tuple_
from sqlmodel import Session, col, delete, select

from public_works.database import insert_new, serialise
from public_works.events.backlog import Backlog, EventRecord, backlog
from public_works.events.gathering import PART, gathered
from public_works.events.judged import Judged
from public_works.events.listeners import index_rows, meant
from public_works.events.log import known, last_of, led_by, tell
from public_works.events.reading import Reading
from public_works.events.sources import Proof, proven
from public_works.record import Record, now
from public_works.tables import (
    CloudEventRow,
    HandoverRow,
    ListenerRow,
    PostRow,
    ProofRow,
)
from symphainy.event import Bound, Envelope, identity
from symphainy.identity import Principal
from symphainy.json import Json

__all__ = ["Accepted", "Backlog", "EventRecord", "Events", "Handover", "Start", "Untold"]

SOON, LATEST = timedelta(seconds=5), timedelta(minutes=10)
LASTING = timedelta(days=400)
"""How long requests are known whose signatures never grow stale: secrets are replaced sooner."""


class Start(Record):
    """Something that an event starts, by itself or with `of` others that are tied to it."""

    target: str
    """`start:` and a name of its own."""
    details: dict[str, Json]


class Handover(Record):
    """An event to hand to a run, or to start something with."""

    tenant: str
    seq: int
    target: str
    details: dict[str, Json]
    envelope: Envelope
    environment: str
    by: Principal
    depth: int = 0
    """How many runs led to the event."""
    tries: int = 0
    """How often it could not be handed over."""


class Untold(Record):
    """An event that a store told, of which nobody was told yet."""

    tenant: str
    seq: int
    environment: str
    envelope: Envelope


class Accepted(Record):
    """What became of an event: its place, whether it was new, whom it has to be handed to."""

    seq: int
    new: bool
    handovers: tuple[Handover, ...] = ()


class Events(Reading):
    """Events, listeners, and what goes from one to the other."""

    def accept(
        self,
        tenant: str,
        *,
        environment: str,
        envelope: Envelope,
        by: Principal,
        starts: Sequence[Start] = (),
        origin: dict[str, str] | None = None,
        proof: Proof | None = None,
        depth: int = 0,
        cause: int | None = None,
    ) -> Accepted:
        """Keep the event and find who listens for it, in one go; known events change nothing.

        `origin` is the `run` and the step instance (`key`) that emitted it; `proof` what shows that
        its source sent it, kept with it; `cause` the place of the event because of which it is
        told. Refused `source.replayed`, `event.loop`.
        """
        row = CloudEventRow(
            tenant=tenant,
            seq=0,
            identity=identity(environment, envelope),
            environment=environment,
            type=str(envelope["type"]),
            envelope=envelope,
            by=by.model_dump(mode="json"),
            origin=origin,
            accepted=now(),
            depth=depth,
            hops=0,
            relayed=True,
        )
        judged: Judged[Any] = Judged()
        with self._db.reading() as session:
            meant(session, row, judged)
        with self._db.session() as session:
            serialise(session, "events", tenant)
            is_new = proof is None or proven(session, tenant, proof)
            place = known(session, tenant, row.identity)
            if place is not None or not is_new:
                return Accepted(seq=place or 0, new=False)
            row.depth, row.hops = led_by(session, tenant, cause, row.accepted, depth)
            row.seq = last_of(session, tenant) + 1
            session.add(row)
            session.flush()
            due = _told(session, row, starts, judged)
            return Accepted(seq=row.seq, new=True, handovers=due)

    def tell(
        self,
        tenant: str,
        what: str,
        *,
        environment: str,
        subject: str,
        data: Mapping[str, Json],
        id: str | None = None,
        depth: int = 0,
        outward: bool = False,
    ) -> bool:
        """Tell something that no table has, as stores tell of what they keep; `outward` to no
        run. Whether it is new."""
        with self._db.session() as session:
            return tell(
                session,
                tenant,
                what,
                environment=environment,
                subject=subject,
                data=data,
                id=id,
                depth=depth,
                outward=outward,
            )

    def untold(self, limit: int = 100) -> list[Untold]:
        """Events that stores told, of any tenant, of which nobody was told yet: of each tenant in
        order, and of each tenant the next one before the second of any."""
        rank = func.row_number().over(
            partition_by=col(CloudEventRow.tenant), order_by=col(CloudEventRow.seq)
        )
        waiting = col(CloudEventRow.relayed).is_(False)
        ranked = (
            select(CloudEventRow.tenant, CloudEventRow.seq, rank.label("rank"))
            .where(waiting)
            .subquery()
        )
        same = (col(CloudEventRow.tenant) == ranked.c.tenant) & (
            col(CloudEventRow.seq) == ranked.c.seq
        )
        rows = select(CloudEventRow).join(ranked, same).order_by(ranked.c.rank).limit(limit)
        with self._db.reading() as session:
            return [Untold.model_validate(one) for one in session.exec(rows)]

    def relay(self, tenant: str, seq: int, starts: Sequence[Start] = ()) -> tuple[Handover, ...]:
        """Find who listens for an event that a store told; nothing if that was done before."""
        key = {"tenant": tenant, "seq": seq}
        judged: Judged[Any] = Judged()
        with self._db.reading() as session:
            row = session.get(CloudEventRow, key)
            if row is None or row.relayed:
                return ()
            meant(session, row, judged)
        with self._db.session() as session:
            serialise(session, "events", tenant)
            row = session.get(CloudEventRow, key)
            if row is None or row.relayed:
                return ()
            row.relayed = True
            return _told(session, row, starts, judged)

    def listen(
        self,
        tenant: str,
        *,
        listener: str,
        workflow: str,
        environment: str,
        step: str,
        filters: Sequence[Bound],
        since: datetime,
        after: int = 0,
        taken: Collection[int] = (),
        closed: Sequence[str] = (),
    ) -> Backlog:
        """Listen from now on, and what there was for this listener before, in one go.

        `since` is when its run began, `after` up to where it knows the events already, `taken` what
        it is not to be told of behind that. The same `listener` again goes on listening; those
        `closed` listen no more. The answer follows from the arguments and the events alone: a run
        may be set back and ask again.
        """
        asked: dict[str, Any] = {
            "workflow": workflow,
            "environment": environment,
            "filters": filters,
            "since": since,
            "after": after,
            "taken": {*taken},
            "judged": Judged(),
        }
        with self._db.reading() as session:
            backlog(session, tenant, last=last_of(session, tenant), **asked)
        with self._db.session() as session:
            serialise(session, "events", tenant)
            _close(session, tenant, workflow, col(ListenerRow.id).in_(closed))
            for n, bound in enumerate(filters):
                row = ListenerRow(
                    tenant=tenant,
                    id=listener,
                    n=n,
                    workflow=workflow,
                    environment=environment,
                    step=step,
                    filter=bound.dump(),
                    created=now(),
                    **index_rows(bound),
                )
                insert_new(session, row)
            return backlog(session, tenant, last=last_of(session, tenant), **asked)

    def hush(self, tenant: str, workflow: str, listening: Sequence[str]) -> None:
        """Of the run, only these are `listening` still."""
        with self._db.session() as session:
            serialise(session, "events", tenant)
            _close(session, tenant, workflow, col(ListenerRow.id).not_in(listening))

    def gone(self, tenant: str, workflow: str) -> None:
        """The run is over: nothing waits for it, and nothing of it listens."""
        with self._db.session() as session:
            serialise(session, "events", tenant)
            _close(session, tenant, workflow)
            waiting = select(HandoverRow).where(
                HandoverRow.tenant == tenant,
                HandoverRow.target == workflow,
                HandoverRow.state == "pending",
            )
            for row in session.exec(waiting):
                row.state, row.settled = "dead", now()

    def knows(self, tenant: str, identity: str) -> bool:
        """Whether the event of that identity was accepted."""
        with self._db.reading() as session:
            return known(session, tenant, identity) is not None

    def settle(self, handover: Handover, state: str, reason: str | None = None) -> None:
        """The event was handed over (`done`), or never can be (`dead`, for that `reason`)."""
        key = {"tenant": handover.tenant, "seq": handover.seq, "target": handover.target}
        with self._db.session() as session:
            row = session.get(HandoverRow, key)
            if row is not None:
                row.state, row.reason, row.settled = state, reason, now()

    def postpone(self, handover: Handover) -> None:
        """The event could not be handed over now: others are looked at before it is again, twice
        as late each time."""
        key = {"tenant": handover.tenant, "seq": handover.seq, "target": handover.target}
        with self._db.session() as session:
            row = session.get(HandoverRow, key)
            if row is not None:
                row.tries += 1
                row.due = now() + min(SOON * 2**row.tries, LATEST)

    def pending(self, before: datetime, limit: int = 100) -> list[Handover]:
        """What was to be handed over by then and was not, of any tenant, the longest due first."""
        waiting = (
            select(HandoverRow, CloudEventRow)
            .join(
                CloudEventRow,
                (col(CloudEventRow.tenant) == col(HandoverRow.tenant))
                & (col(CloudEventRow.seq) == col(HandoverRow.seq)),
            )
            .where(HandoverRow.state == "pending", HandoverRow.due < before)
            .order_by(col(HandoverRow.due), col(HandoverRow.seq))
            .limit(limit)
        )
        with self._db.reading() as session:
            return [_handover(row, event) for row, event in session.exec(waiting)]

    def forget(self, before: datetime) -> int:
        """Let go of events accepted before then, of any tenant; how many there were.

        The newest of each tenant stays: places are counted on from it.
        """
        with self._db.session() as session:
            place = tuple_(col(CloudEventRow.tenant), col(CloudEventRow.seq))
            newest = select(CloudEventRow.tenant, func.max(CloudEventRow.seq))
            old = (col(CloudEventRow.accepted) < before) & place.not_in(
                newest.group_by(col(CloudEventRow.tenant))
            )
            gone = session.connection().execute(delete(CloudEventRow).where(old))
            for way in (HandoverRow, PostRow):
                # What is sent anew is younger than its event, and nothing without it.
                session.exec(delete(way).where(~_kept(way)))
            for lasting, until in ((False, before), (True, min(before, now() - LASTING))):
                stale = (col(ProofRow.at) < until, col(ProofRow.lasting).is_(lasting))
                session.exec(delete(ProofRow).where(*stale))
            return int(gone.rowcount)

    def listeners(self, after: tuple[str, str], limit: int = 100) -> list[tuple[str, str]]:
        """Runs that listen, of any tenant, as tenant and workflow id, in order from `after` on."""
        place = tuple_(col(ListenerRow.tenant), col(ListenerRow.workflow))
        found = select(ListenerRow.tenant, ListenerRow.workflow).where(place > after).distinct()
        with self._db.reading() as session:
            rows = session.exec(
                found.order_by(col(ListenerRow.tenant), col(ListenerRow.workflow)).limit(limit)
            )
            return [(tenant, workflow) for tenant, workflow in rows]


def _told(
    session: Session, event: CloudEventRow, starts: Sequence[Start], judged: Judged[Any]
) -> tuple[Handover, ...]:
    """The event on its way to whoever listens, and to what it starts."""
    targets = [Start(target=one, details={}) for one in meant(session, event, judged)]
    handovers = [_hand_over(session, event, one) for one in (*targets, *starts)]
    return tuple(one for one in handovers if one is not None)


def _close(session: Session, tenant: str, workflow: str, *which: ColumnElement[bool]) -> None:
    of_run = (col(ListenerRow.tenant) == tenant, col(ListenerRow.workflow) == workflow)
    session.exec(delete(ListenerRow).where(*of_run, *which))


def _hand_over(session: Session, event: CloudEventRow, to: Start) -> Handover | None:
    """The event on its way; None if it has to wait for others."""
    details: dict[str, Json] | None = to.details
    if "of" in to.details:
        details = gathered(session, event, to.target, to.details)
    row = HandoverRow(
        tenant=event.tenant,
        seq=event.seq,
        target=to.target,
        state=PART if details is None else "pending",
        details=to.details if details is None else details,
        tries=0,
        due=event.accepted,
        created=event.accepted,
        reason=None,
        settled=None,
    )
    session.add(row)
    return None if details is None else _handover(row, event)


def _kept(way: type[HandoverRow] | type[PostRow]) -> ColumnElement[bool]:
    """Whether the event is there still."""
    same = (col(CloudEventRow.tenant) == col(way.tenant)) & (col(CloudEventRow.seq) == col(way.seq))
    return exists().where(same)


def _handover(row: HandoverRow, event: CloudEventRow) -> Handover:
    given: dict[str, Any] = {
        "tenant": row.tenant,
        "seq": row.seq,
        "target": row.target,
        "details": row.details,
        "envelope": event.envelope,
        "environment": event.environment,
        "by": Principal.model_validate(event.by),
        "depth": event.depth,
        "tries": row.tries,
    }
    return Handover(**given)
