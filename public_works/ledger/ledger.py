"""The register of deliveries: what was attempted is known before it is on the wire."""

import builtins
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from public_works.database import Database, insert_new
from public_works.ledger import lookalikes, usual
from public_works.ledger.records import AttemptRecord, Claim, DeliveryRecord, EventRecord
from public_works.ledger.rows import attempted, planned
from public_works.ledger.transitions import CLAIMABLE, EVENTS, OUTCOMES, UNSURE, State, allowed
from public_works.record import now, page
from public_works.tables import AttemptRow, DeliveryRow, EventRow
from symphainy.delivery import RANKS, Purpose, SendResult
from symphainy.errors import Refused
from symphainy.json import Json, digest

__all__ = ["Ledger", "told_of"]


class Ledger:
    """Deliveries with their attempts and events.

    Every change is a compare-and-set under a lock on the delivery's row, committed before the
    method returns. Methods of an unknown delivery raise Refused("ledger.missing"), changes that
    `transitions` does not know Refused("ledger.transition").
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    def plan(
        self,
        tenant: str,
        *,
        id: str,
        solution: str,
        run: str,
        step: str,
        channel: str,
        binding: str,
        purpose: Purpose = "transactional",
        provider: str | None = None,
        topic: str | None = None,
        customer: str | None = None,
        address_hash: str | None = None,
        content_hash: str | None = None,
        decision: str | None = None,
        not_before: datetime | None = None,
        expires: datetime | None = None,
        instead_of: str | None = None,
        plan: str | None = None,
        environment: str | None = None,
        trace: str | None = None,
    ) -> DeliveryRecord:
        """Enter a delivery; the same `id` again changes nothing and tells how it stands."""
        row = planned(
            tenant,
            id,
            solution=solution,
            run=run,
            step=step,
            channel=channel,
            binding=binding,
            provider=provider,
            purpose=purpose,
            topic=topic,
            customer=customer,
            address_hash=address_hash,
            content_hash=content_hash,
            decision=decision,
            not_before=not_before,
            expires=expires,
            instead_of=instead_of,
            plan=plan,
            environment=environment,
            trace=trace,
        )
        with self._db.session() as session:
            insert_new(session, DeliveryRow(**row))
            return _record(_locked(session, tenant, id))

    def move(
        self,
        tenant: str,
        id: str,
        state: State,
        *,
        reason: str | None = None,
        not_before: datetime | None = None,
        gave: dict[str, Json] | None = None,
    ) -> DeliveryRecord:
        """Take a delivery to a state outside an attempt: reserved, held, suppressed, canceled…

        Where it already is changes only the reason.
        """
        if state == "in_flight":
            raise Refused("ledger.transition", "Only a claim takes a delivery in flight.")
        with self._db.session() as session:
            row = _locked(session, tenant, id)
            _go(row, state, reason=reason)
            row.not_before = not_before or row.not_before
            row.gave = gave or row.gave
            return _record(row)

    def claim(
        self,
        tenant: str,
        id: str,
        *,
        binding: str,
        provider: str,
        content_hash: str | None = None,
        keyed: bool = False,
        version: str | None = None,
    ) -> Claim:
        """Ask for the right to one write on the wire; of all who ask, one is told to send.

        A delivery past its `expires` is closed as expired instead. With `keyed`, one that is
        unsure is sent again in time: the provider knows it by its id. `version` is the adapter's.
        """
        with self._db.session() as session:
            row = _locked(session, tenant, id)
            late = row.expires is not None and row.expires <= now()
            if keyed and row.state in UNSURE and not late:
                _doubted(row)
            if row.state in CLAIMABLE and late:
                _go(row, "expired", reason="its time was over before an attempt began")
            if row.state in CLAIMABLE:
                _begin(session, row, binding, provider, content_hash, version)
                return Claim(kind="send", attempt=row.attempt, record=_record(row))
            if row.state == "in_flight":
                _go(row, "unknown", reason="an attempt began and its end was not recorded")
            kind: State = row.state  # type: ignore[assignment]
            return Claim(
                kind="unsure" if kind in UNSURE else "done",
                attempt=row.attempt,
                record=_record(row),
            )

    def begin(
        self,
        tenant: str,
        *,
        id: str,
        binding: str,
        provider: str,
        content_hash: str | None = None,
        keyed: bool = False,
        version: str | None = None,
        **plan: Any,
    ) -> Claim:
        """`plan` and `claim` in one: a delivery that is new is in flight when this returns."""
        moment = now()
        row = planned(tenant, id, binding=binding, provider=provider, **plan)
        row = {**row, "content_hash": content_hash, "state": "in_flight", "attempt": 1}
        with self._db.writing() as connection:
            if usual.begin(connection, row, moment, version):
                record = DeliveryRecord.model_validate(row)
                return Claim(kind="send", attempt=1, record=record)
        return self.claim(
            tenant,
            id,
            binding=binding,
            provider=provider,
            content_hash=content_hash,
            keyed=keyed,
            version=version,
        )

    def settle(self, tenant: str, id: str, attempt: int, result: SendResult) -> DeliveryRecord:
        """Record how an attempt ended.

        The first end recorded stands. A late answer of the latest attempt still settles a
        delivery that others found unknown meanwhile; one of an earlier attempt is only kept.
        """
        with self._db.writing() as connection:
            settled = usual.end(connection, tenant, id, attempt, result, now())
            if settled is not None:
                return settled
        with self._db.session() as session:
            row = _locked(session, tenant, id)
            if not _end(session, row, attempt, result) or attempt != row.attempt:
                return _record(row)
            after = OUTCOMES[result.outcome]
            if allowed(_state(row), after):
                _go(row, after, reason=result.detail or result.code)
                row.provider_id = result.provider_id or row.provider_id
                row.gave = result.data or row.gave
            return _record(row)

    def reconciled(
        self, tenant: str, id: str, result: SendResult | None, *, exact: bool = False
    ) -> DeliveryRecord:
        """Record what the provider answered when asked about an unsure delivery.

        accepted, rejected and retryable decide; unknown keeps it `reconciling`; None (nobody
        can be asked) makes it `unresolved`. A delivery that is not unsure stays as it is. Unless
        the provider was asked by a key (`exact`), what it has may be another delivery.
        """
        with self._db.session() as session:
            row = _locked(session, tenant, id)
            if _state(row) not in UNSURE | {"unresolved"}:
                return _record(row)
            if row.state == "in_flight":
                _go(row, "unknown", reason=None)
            if result is not None and not exact:
                result = lookalikes.sure(session, row, result)
            _go(row, _found(result), reason=(result.detail or result.code) if result else None)
            if result is not None and result.provider_id:
                row.provider_id = result.provider_id
                row.gave = result.data or row.gave
            return _record(row)

    def give_up(self, tenant: str, id: str, reason: str) -> DeliveryRecord:
        """Close a delivery that certainly was not sent, so that no attempt can begin any more;
        one that may have been stays as it is."""
        with self._db.session() as session:
            row = _locked(session, tenant, id)
            if row.state in CLAIMABLE:
                _go(row, "canceled", reason=reason)
            return _record(row)

    def resolve(self, tenant: str, id: str, state: State, by: str) -> DeliveryRecord:
        """Record what a person found out about a delivery nobody was sure about."""
        with self._db.session() as session:
            row = _locked(session, tenant, id)
            if _state(row) not in {"unknown", "reconciling", "unresolved"}:
                raise Refused("ledger.transition", f"The delivery is {row.state}, not in doubt.")
            _go(row, state, reason=f"resolved by {by}")
            return _record(row)

    def record_event(
        self,
        tenant: str,
        id: str,
        *,
        binding: str,
        provider_id: str | None,
        event: str,
        at: datetime,
        source: str = "webhook",
        detail: str | None = None,
        dedupe: str | None = None,
        data: dict[str, Json] | None = None,
    ) -> bool:
        """Keep a provider's receipt and what it proves; whether it was new.

        Receipts may come late, twice and in any order: what is already known is never lowered.
        """
        row = EventRow(
            tenant=tenant,
            dedupe=told_of(id, binding, provider_id, event, dedupe or at.isoformat()),
            delivery=id,
            event=event,
            at=at,
            source=source,
            detail=detail,
            provider_id=provider_id,
            data=data or None,
            recorded=now(),
        )
        with self._db.session() as session:
            delivery = _locked(session, tenant, id)
            new = insert_new(session, row)
            if new and RANKS.get(event, 0) >= RANKS.get(delivery.event or "", 0):
                delivery.event = event
            proven = EVENTS.get(event)
            if new and proven is not None and allowed(_state(delivery), proven):
                _go(delivery, proven, reason=event)
                delivery.provider_id = delivery.provider_id or provider_id
            return new

    def get(self, tenant: str, id: str) -> DeliveryRecord | None:
        """That delivery, or None."""
        with self._db.reading() as session:
            row = session.get(DeliveryRow, {"tenant": tenant, "id": id})
            return _record(row) if row else None

    def events(self, tenant: str, id: str) -> builtins.list[EventRecord]:
        """What providers told about a delivery, in the order it happened."""
        with self._db.reading() as session:
            rows = session.exec(
                select(EventRow)
                .where(EventRow.tenant == tenant, EventRow.delivery == id)
                .order_by(col(EventRow.at), col(EventRow.recorded))
            )
            return [EventRecord.model_validate(row) for row in rows]

    def others(self, tenant: str, id: str) -> frozenset[str]:
        """What the provider calls other deliveries that went to the address of this one since
        it began; a look-up by what a message says may come upon them."""
        with self._db.reading() as session:
            row = session.get(DeliveryRow, {"tenant": tenant, "id": id})
            return lookalikes.others(session, row) if row else frozenset()

    def attempts(self, tenant: str, id: str) -> builtins.list[AttemptRecord]:
        """Every attempt of a delivery, first to last."""
        with self._db.reading() as session:
            rows = session.exec(
                select(AttemptRow)
                .where(AttemptRow.tenant == tenant, AttemptRow.delivery == id)
                .order_by(col(AttemptRow.n))
            )
            return [AttemptRecord.model_validate(row) for row in rows]

    def list(
        self,
        tenant: str,
        *,
        run: str | None = None,
        state: State | None = None,
        customer: str | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> builtins.list[DeliveryRecord]:
        """Deliveries, newest first, behind the delivery `after`."""
        wanted = {"run": run, "state": state, "customer": customer}
        statement = select(DeliveryRow).where(
            DeliveryRow.tenant == tenant,
            *(getattr(DeliveryRow, name) == one for name, one in wanted.items() if one),
        )
        with self._db.reading() as session:
            rows = page(session, statement, DeliveryRow, tenant, after=after, limit=limit)
            return [_record(row) for row in rows]


def told_of(id: str, binding: str, provider_id: str | None, event: str, dedupe: str) -> str:
    """What an event of the delivery `id` is known by, however often it is told."""
    return digest([binding, provider_id or id, event, dedupe])


def _locked(session: Session, tenant: str, id: str) -> DeliveryRow:
    row = session.exec(
        select(DeliveryRow)
        .where(DeliveryRow.tenant == tenant, DeliveryRow.id == id)
        .with_for_update()
    ).first()
    if row is None:
        raise Refused("ledger.missing", f"There is no delivery {id[:80]!r}; plan it first.")
    return row


def _state(row: DeliveryRow) -> State:
    return row.state  # type: ignore[return-value]


def _record(row: DeliveryRow) -> DeliveryRecord:
    return DeliveryRecord.model_validate(row)


def _go(row: DeliveryRow, after: State, *, reason: str | None) -> None:
    before = _state(row)
    if before != after and not allowed(before, after):
        raise Refused("ledger.transition", f"A delivery that is {before} cannot become {after}.")
    row.state, row.reason, row.updated = after, reason, now()


def _doubted(row: DeliveryRow) -> None:
    if row.state == "in_flight":
        _go(row, "unknown", reason="an attempt began and its end was not recorded")
    _go(row, "retryable", reason="sent again under the same key")


def _begin(
    session: Session,
    row: DeliveryRow,
    binding: str,
    provider: str,
    content_hash: str | None,
    version: str | None,
) -> None:
    _go(row, "in_flight", reason=None)
    row.attempt += 1
    row.binding, row.provider = binding, provider
    row.content_hash = content_hash or row.content_hash
    session.add(attempted(row, content_hash, version))


def _end(session: Session, row: DeliveryRow, n: int, result: SendResult) -> bool:
    attempt = session.get(AttemptRow, {"tenant": row.tenant, "delivery": row.id, "n": n})
    if attempt is None:
        raise Refused("ledger.missing", f"The delivery has no attempt {n}.")
    if attempt.outcome is not None:
        return False
    attempt.outcome, attempt.ended = result.outcome, now()
    attempt.provider_id, attempt.code, attempt.detail = (
        result.provider_id,
        result.code,
        result.detail,
    )
    return True


def _found(result: SendResult | None) -> State:
    if result is None:
        return "unresolved"
    return "reconciling" if result.outcome == "unknown" else OUTCOMES[result.outcome]
