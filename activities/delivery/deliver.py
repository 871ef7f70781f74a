"""Deliver once: the ledger says who may write on the wire, the adapter writes, the ledger knows."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from temporalio import activity

from activities.delivery.care import Care
from activities.delivery.care.care import Intended
from activities.delivery.care.redirect import SANDBOX
from activities.delivery.compose import fingerprint
from activities.delivery.hooks import hook_url
from activities.delivery.keyed import again, honest, safe
from activities.delivery.spans import writing, wrote
from activities.delivery.told import told
from activities.delivery.writing import Writer, Written
from activities.serve import beating
from experience_adapters.registry import Registry
from public_works import Settings, Stores
from public_works.ledger import CLAIMABLE, AttemptRecord, Claim, DeliveryRecord, State
from public_works.suppressions import address_hash
from public_works.telemetry import here
from smart_city.grant import Grant
from symphainy.catalog import AdapterSpec
from symphainy.delivery import Adapter, Message, Sending, SendResult
from symphainy.errors import Refused, Unavailable
from symphainy.json import Json
from symphainy.plan import Experience
from temporal.addresses import run_of
from temporal.gate.activity import granted, looked_at
from temporal.gate.request import delivery_of, need_id
from temporal.plans import Plans

__all__ = ["Deliverer"]

UNSENT: frozenset[State] = frozenset({"canceled", "digested", "expired", "rejected", "suppressed"})
TELLING = frozenset(
    {
        "delivery.answered",
        "delivery.credentials",
        "delivery.endpoint-gone",
        "delivery.exhausted",
        "delivery.expired",
    }
)
"""Codes of refusals that are not about the message: what to do about them differs."""


class Deliverer:
    """The activities `experience.<channel>`, and `experience.reconcile`, `doubt` and `resolve` for
    what is not known afterwards."""

    def __init__(
        self,
        stores: Stores,
        plans: Plans,
        adapters: Registry,
        settings: Settings,
        services: Mapping[type, Any],
    ) -> None:
        self._stores = stores
        self._plans = plans
        self._adapters = adapters
        self._settings = settings
        self._services = services
        self._care = Care(stores)
        self._writer = Writer(stores, settings)

    def activities(self) -> list[Callable[..., Any]]:
        """One activity for each channel that an installed adapter serves, and reconciliation."""
        channels = sorted({spec.channel for spec in self._adapters.specs})
        sends = [activity.defn(name=f"experience.{one}")(self._sender()) for one in channels]

        @activity.defn(name="experience.reconcile")
        async def reconcile(wire: dict[str, Any]) -> dict[str, Json]:
            return await self.reconcile(wire)

        @activity.defn(name="experience.doubt")
        async def doubt(wire: dict[str, Any]) -> dict[str, Json]:
            return await self.doubt(wire)

        @activity.defn(name="experience.resolve")
        async def resolve(wire: dict[str, Any]) -> dict[str, Json]:
            return await self.resolve(wire)

        return [*sends, reconcile, doubt, resolve]

    def _sender(self) -> Callable[..., Any]:
        async def send(wire: dict[str, Any]) -> dict[str, Json]:
            return await self.deliver(wire)

        return send

    async def deliver(self, wire: dict[str, Any]) -> dict[str, Json]:
        """What became of the message: at most one write on the wire, by at most one attempt."""
        grant = granted.get()
        written, stopped = await asyncio.to_thread(self._ready, grant, wire)
        if stopped is not None:
            return await self._told(stopped, written.bound)
        bound, message = written.bound, written.message
        adapter = self._adapter(bound)
        wrong = adapter.validate(message)
        keyed = safe(adapter.spec)
        claim = await asyncio.to_thread(
            self._claimed, grant, wire, bound, message, wrong, adapter.spec
        )
        if claim.kind != "send":
            return await self._told(claim.record, bound)
        if adapter.spec.recalls:
            # Before it is on the wire: the provider may ask at once.
            keep = self._stores.recalled.keep
            await asyncio.to_thread(keep, grant.tenant, claim.record.id, message)
        try:
            async with beating():
                others = await asyncio.to_thread(self._others, message, claim.record)
                sending = self._sending(grant, claim.record, bound, others)
                with writing(claim.record, bound) as made:
                    result = await adapter.send(message, sending)
                    wrote(made, bound, result)
        except BaseException as error:
            # Cancelled, there may be no other attempt that would find it in flight.
            doubt = SendResult(outcome="unknown", detail=f"interrupted: {type(error).__name__}")
            await self._settled(claim, doubt)
            raise
        if bound.adapter != self._bound(wire).adapter:
            data = {**result.data, "redirectedFrom": self._bound(wire).adapter}
            result = result.model_copy(update={"data": data})
        if keyed:
            before = await asyncio.to_thread(self._before, claim)
            result = honest(result, before)
        settled = await self._settled(claim, result)
        unsure = again(result, claim.attempt, bound.adapter) if keyed else None
        if unsure is not None:
            raise unsure
        if result.outcome == "retryable":
            why = f"{bound.adapter}: {result.detail or result.code or 'no reason given'}"
            raise Unavailable("delivery.not-sent", why, retry_after=result.retry_after)
        return await self._told(settled, bound)

    async def reconcile(self, wire: dict[str, Any]) -> dict[str, Json]:
        """What became of a message that nobody answered for: asked of the provider if it can be
        asked, sent again only if it certainly was not sent or the author accepted twice."""
        grant = granted.get()
        bound, message, *_ = await asyncio.to_thread(self._write, grant, wire)
        known = await asyncio.to_thread(self._stores.ledger.get, grant.tenant, delivery_id(grant))
        if known is None or known.state not in ("in_flight", "unknown", "reconciling"):
            return await self._told(known, bound) if known else {"state": "retryable"}
        bound = bound.model_copy(update={"adapter": known.provider or bound.adapter})
        adapter = self._adapter(bound)
        async with beating():
            others = await asyncio.to_thread(self._stores.ledger.others, grant.tenant, known.id)
            found = await adapter.find(message, self._sending(grant, known, bound, others))
        doubtful = found is None or found.outcome == "unknown"
        if doubtful and bound.on_unknown == "resend" and not _late(known):
            found = SendResult(outcome="retryable", detail="sent again: onUnknown is resend")
        if found is None:
            return await self._told(known, bound)
        settled = await asyncio.to_thread(
            self._stores.ledger.reconciled,
            grant.tenant,
            known.id,
            found,
            exact=adapter.spec.keyed,
        )
        await self._suppressed(settled, found)
        return await self._told(settled, bound)

    async def doubt(self, wire: dict[str, Any]) -> dict[str, Json]:
        """Ask people what became of a message, unless the ledger knows meanwhile."""
        grant, bound = granted.get(), self._bound(wire)
        record = await asyncio.to_thread(
            self._stores.ledger.reconciled, grant.tenant, delivery_id(grant), None
        )
        if record.state == "unresolved":
            await asyncio.to_thread(self._ask, grant, wire["doubt"]["question"], record)
        return await self._told(record, bound)

    async def resolve(self, wire: dict[str, Any]) -> dict[str, Json]:
        """Take into the ledger what a person found out, unless it knows more by now."""
        grant, bound, id = granted.get(), self._bound(wire), delivery_id(granted.get())
        found = wire["doubt"]
        state: State = "accepted" if found["sent"] else "retryable"
        ledger = self._stores.ledger
        try:
            record = await asyncio.to_thread(
                ledger.resolve, grant.tenant, id, state, found["by"] or "nobody"
            )
        except Refused as error:
            known = await asyncio.to_thread(ledger.get, grant.tenant, id)
            if error.code != "ledger.transition" or known is None:
                raise
            record = known
        return await self._told(record, bound)

    def _ask(self, grant: Grant, question: str, record: DeliveryRecord) -> None:
        self._stores.approvals.request(
            grant.tenant,
            id=need_id(grant, grant.key, question),
            run=run_of(grant.workflow),
            workflow_id=grant.workflow,
            solution=grant.solution,
            step=grant.step,
            policy=question,
            role="operator",
            reason=(
                f"Nobody knows whether {record.provider} has sent the delivery {record.id}. "
                "Approve if it was sent; reject if it was not, and it is sent again."
            ),
            initiator=grant.principal.accountable,
            expires=None,
        )

    def _bound(self, wire: dict[str, Any]) -> Experience:
        return self._plans.get(granted.get().plan).experiences[wire["experience"]]

    def _write(self, grant: Grant, wire: dict[str, Any]) -> Written:
        id, bound = delivery_id(grant), self._bound(wire)
        return self._writer.written(grant, id, bound, wire.get("with"), looked_at.get())

    def _ready(self, grant: Grant, wire: dict[str, Any]) -> tuple[Written, DeliveryRecord | None]:
        """The message, and the delivery if it is not to be sent now."""
        written = self._write(grant, wire)
        stopped = self._stopped(grant, wire, written)
        if stopped is None and written.bound.digest is not None:
            # Only now is it known who else waited with it.
            written = self._write(grant, wire)
        return written, stopped

    def _stopped(
        self, grant: Grant, wire: dict[str, Any], written: Written
    ) -> DeliveryRecord | None:
        """The delivery, if care for who receives it ends or holds it."""
        one = Intended(
            tenant=grant.tenant,
            id=delivery_id(grant),
            plan=self._plan(grant, wire, written.bound, written.message),
            bound=written.bound,
            person=written.person,
            now=activity.info().started_time,
            data=written.data,
        )
        if not self._serves(written.bound):
            return self._care.suppressed(one, "not on the allow-list of this environment")
        return self._care.stopped(one)

    def _serves(self, bound: Experience) -> bool:
        """Whether the adapter is here, or is not one that only redirection asks for."""
        here = {(one.channel, one.name) for one in self._adapters.specs}
        return bound.adapter != SANDBOX or (bound.channel, SANDBOX) in here

    def _sending(
        self,
        grant: Grant,
        record: DeliveryRecord,
        bound: Experience,
        others: frozenset[str] = frozenset(),
    ) -> Sending:
        return Sending(
            delivery=record.id,
            tenant=grant.tenant,
            run=run_of(grant.workflow),
            step=grant.step,
            attempt=record.attempt,
            binding=record.binding,
            callback=hook_url(self._settings.public_base_url, bound, record),
            since=record.created,
            not_after=record.expires,
            others=others,
            settings=bound.settings,
        )

    def _others(self, message: Message, record: DeliveryRecord) -> frozenset[str]:
        """What the provider calls the deliveries that a message may be about, if it says one."""
        if message.channel != "ticket" or message.key is None:
            return frozenset()
        return self._stores.ledger.others(record.tenant, record.id)

    def _adapter(self, bound: Experience) -> Adapter[Any]:
        return self._adapters.make(bound.channel, bound.adapter, self._services)

    def _claimed(
        self,
        grant: Grant,
        wire: dict[str, Any],
        bound: Experience,
        message: Message,
        wrong: list[str],
        spec: AdapterSpec,
    ) -> Claim:
        """The right to send it, if nobody has or had it and the adapter would take it."""
        id, plan = delivery_id(grant), self._plan(grant, wire, bound, message)
        if plan["instead_of"] is not None:
            before = self._given_up(grant, plan["instead_of"], wire["experience"])
            if before is not None:
                return before
        if wrong:
            record = self._stores.ledger.plan(grant.tenant, id=id, **plan)
            if record.attempt == 0 and record.state in CLAIMABLE | {"canceled"}:
                self._move(grant, id, "canceled", wrong[0])
                raise Refused("delivery.invalid", f"{bound.adapter} would refuse it: {wrong[0]}")
        return self._stores.ledger.begin(
            grant.tenant, id=id, keyed=safe(spec), version=spec.version, **plan
        )

    def _before(self, claim: Claim) -> list[AttemptRecord]:
        """The attempts before this one."""
        if claim.attempt == 1:
            return []
        kept = self._stores.ledger.attempts(claim.record.tenant, claim.record.id)
        return [one for one in kept if one.n < claim.attempt]

    def _given_up(self, grant: Grant, id: str, other: str) -> Claim | None:
        """Make sure that the delivery `id` cannot be sent any more; what it is if it may have
        been, and then nothing is sent in its place."""
        reason = f"sent by the experience {other} instead"
        record = self._stores.ledger.give_up(grant.tenant, id, reason)
        if record.state in UNSENT:
            return None
        return Claim(kind="done", attempt=record.attempt, record=record)

    def _plan(
        self, grant: Grant, wire: dict[str, Any], bound: Experience, message: Message
    ) -> dict[str, Any]:
        instead = wire.get("instead")
        expires = wire.get("expires")
        return dict(
            solution=grant.solution,
            run=run_of(grant.workflow),
            step=grant.step,
            channel=bound.channel,
            binding=wire["experience"],
            purpose=bound.purpose,
            provider=bound.adapter,
            topic=bound.topic,
            customer=message.to.customer,
            address_hash=address_hash(grant.tenant, message.to.address),
            content_hash=fingerprint(message),
            instead_of=delivery_id(grant, instead) if isinstance(instead, str) else None,
            plan=grant.plan,
            environment=grant.environment,
            trace=here(),
            expires=datetime.fromisoformat(expires) if isinstance(expires, str) else None,
        )

    async def _told(self, record: DeliveryRecord, bound: Experience) -> dict[str, Json]:
        if record.state != "rejected":
            return told(record, bound)
        ledger = self._stores.ledger
        attempts = await asyncio.to_thread(ledger.attempts, record.tenant, record.id)
        code = attempts[-1].code if attempts else None
        if code == "delivery.expired":
            return {**told(record, bound), "state": "expired"}
        why = f"{bound.adapter} refused it: {record.reason or 'no reason given'}"
        raise Refused(code if code in TELLING else "delivery.rejected", why)

    async def _settled(self, claim: Claim, result: SendResult) -> DeliveryRecord:
        one = claim.record
        await self._suppressed(one, result)
        return await asyncio.to_thread(
            self._stores.ledger.settle, one.tenant, one.id, claim.attempt, result
        )

    async def _suppressed(self, one: DeliveryRecord, result: SendResult) -> None:
        """Let nothing more be sent to where the provider says that nothing should."""
        if result.suppress is None or one.address_hash is None:
            return
        await asyncio.to_thread(
            self._stores.suppressions.add,
            one.tenant,
            one.channel,
            one.address_hash,
            result.suppress,
            one.provider or "provider",
            detail=result.detail,
            customer=one.customer,
            delivery=one.id,
            environment=one.environment,
        )

    def _move(self, grant: Grant, id: str, state: Any, reason: str) -> None:
        self._stores.ledger.move(grant.tenant, id, state, reason=reason)


def _late(record: DeliveryRecord) -> bool:
    """Whether it is not worth sending any more, so that nothing is but what was."""
    return record.expires is not None and record.expires <= activity.info().started_time


def delivery_id(grant: Grant, key: str | None = None) -> str:
    """The same over attempts, replays, resets and continue-as-new of one run; that of another
    step instance of the run for its `key`."""
    return delivery_of(grant, key or grant.key)
