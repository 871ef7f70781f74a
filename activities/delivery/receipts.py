"""What became of deliveries: into the ledger, onto the list of the unreachable, to the run."""

import asyncio
import logging
from datetime import UTC, datetime
from urllib.parse import quote

from activities.delivery.spans import heard
from public_works import Stores
from public_works.ledger import DeliveryRecord, told_of
from symphainy.delivery import Asking, Receipt
from symphainy.errors import Refused
from symphainy.event import delivery_type, may_be
from symphainy.json import Json
from symphainy.plan import Filter, Listen, Plan, Until
from temporal.callbacks import Seen
from temporal.callbacks.door import provider
from temporal.hub import Hub
from temporal.plans import Plans

__all__ = ["Receipts", "clean", "hears", "went_by"]

log = logging.getLogger("symphainy.callbacks")

TAKEN_BACK = {"unsubscribed": "resubscribed", "resubscribed": "unsubscribed"}
LONGEST = 50_000
"""Characters of one text that goes to a run."""


class Receipts:
    """Takes receipts, each once."""

    def __init__(self, stores: Stores, plans: Plans, hub: Hub, environment: str) -> None:
        self._stores = stores
        self._plans = plans
        self._hub = hub
        self._environment = environment

    async def take(self, seen: Seen, about: Asking, receipt: Receipt) -> None:
        """Keep what is told of a delivery that is known, and let its run know."""
        try:
            record = await asyncio.to_thread(self._meant, seen, about, receipt)
            if record is None:
                log.info("%s tells of a delivery that nobody knows", seen.adapter)
                return
            await self.of(record, seen.binding, receipt)
        except Refused as refused:
            log.warning("a receipt of %s is left out: %s", seen.adapter, refused)

    async def of(self, record: DeliveryRecord, binding: str, receipt: Receipt) -> None:
        """Keep what is told of that delivery."""
        at = receipt.at if receipt.at.tzinfo else receipt.at.replace(tzinfo=UTC)
        receipt = receipt.model_copy(update={"at": at})
        with heard(record, receipt):
            id = await asyncio.to_thread(self._kept, record, binding, receipt)
            # Even if the ledger knew: whoever wrote it may have died before telling the run.
            await self._tell(record, receipt, id)

    def _meant(self, seen: Seen, about: Asking, receipt: Receipt) -> DeliveryRecord | None:
        named = receipt.delivery or about.delivery
        if named is not None:
            found = self._stores.ledger.get(seen.tenant, named)
            return found if found is not None and went_by(found, seen) else None
        if receipt.provider_id is None:
            return None
        return self._stores.correlation.named(seen.tenant, seen.adapter, receipt.provider_id)

    def _kept(self, record: DeliveryRecord, binding: str, receipt: Receipt) -> str:
        dedupe = receipt.dedupe or receipt.at.isoformat()
        id = told_of(record.id, binding, receipt.provider_id, receipt.event, dedupe)
        # Before the receipt is kept: what is kept was obeyed, and is not obeyed once more.
        if not self._stores.correlation.is_told(record.tenant, id):
            self._obey(record, receipt)
        self._stores.ledger.record_event(
            record.tenant,
            record.id,
            binding=binding,
            provider_id=receipt.provider_id,
            event=receipt.event,
            at=receipt.at,
            detail=_text(receipt.detail),
            dedupe=dedupe,
            data=_flat(receipt),
        )
        return id

    def _obey(self, record: DeliveryRecord, receipt: Receipt) -> None:
        """Leave the address alone from now on, or no longer."""
        if record.address_hash is None or self._is_outdated(record, receipt):
            return
        suppressions = self._stores.suppressions
        of_topic = receipt.event in TAKEN_BACK and record.topic is not None
        scope = f"topic:{record.topic}" if of_topic else ""
        about = (record.tenant, record.channel, record.address_hash)
        environment = record.environment or self._environment
        if receipt.event == "resubscribed":
            suppressions.lift(*about, scope=scope, environment=environment)
        elif receipt.suppress is not None:
            suppressions.add(
                *about,
                receipt.suppress,
                "receipt",
                scope=scope,
                detail=_text(receipt.detail),
                customer=record.customer,
                delivery=record.id,
                at=receipt.at,
                environment=environment,
            )

    def _is_outdated(self, record: DeliveryRecord, receipt: Receipt) -> bool:
        """Whether the opposite was said later, and is known already."""
        opposite = TAKEN_BACK.get(receipt.event)
        told = self._stores.ledger.events(record.tenant, record.id) if opposite else ()
        return any(one.event == opposite and one.at > receipt.at for one in told)

    async def _tell(self, record: DeliveryRecord, receipt: Receipt, id: str) -> None:
        type_ = delivery_type(receipt.event)
        if not await asyncio.to_thread(self._hears, record, type_):
            return
        solution, _, key = record.run.partition(":")
        await self._hub.accept(
            provider(record.tenant),
            record.environment or self._environment,
            {
                "specversion": "1.0",
                "id": id,
                "source": f"/experiences/{quote(record.binding, safe='')}",
                "type": type_,
                "subject": record.id,
                "time": receipt.at.isoformat(),
                "data": _told(record, receipt),
            },
            only=f"{record.tenant}/{solution}/{key}",
        )

    def _hears(self, record: DeliveryRecord, type: str) -> bool:
        if record.plan is None:
            return False
        try:
            return hears(self._plans.get(record.plan), type)
        except Refused:
            return False


def went_by(record: DeliveryRecord, seen: Seen) -> bool:
    """Whether the delivery is one that the provider who calls can know of: its signature speaks
    for what it was given, and for nothing that went another way."""
    return record.channel == seen.channel and record.provider in (None, seen.adapter)


def hears(plan: Plan, type: str) -> bool:
    """Whether a run of `plan` may ever listen for events of that type."""
    return any(
        may_be(one.with_.get("type", type), type)
        for task in plan.walk()
        if isinstance(task, Listen)
        for one in _filters(task)
    )


def clean(value: Json) -> Json:
    """`value` without what neither database nor history can hold."""
    if isinstance(value, str):
        return "".join(one for one in value if one != "\0" and not "\ud800" <= one <= "\udfff")
    if isinstance(value, dict):
        return {str(clean(name)): clean(one) for name, one in value.items()}
    return [clean(one) for one in value] if isinstance(value, list) else value


def _filters(task: Listen) -> tuple[Filter, ...]:
    if not task.filters:
        return (Filter(),)
    until = task.until.filters if isinstance(task.until, Until) else ()
    return (*task.filters, *until)


def _told(record: DeliveryRecord, receipt: Receipt) -> dict[str, Json]:
    told: dict[str, Json] = {
        **_flat(receipt),
        "delivery": record.id,
        "experience": record.binding,
        "step": record.step,
        "channel": record.channel,
        "event": receipt.event,
        "at": _moment(receipt.at),
        "providerId": receipt.provider_id or record.provider_id,
    }
    if receipt.event.startswith("bounced"):
        told["hard"] = receipt.event == "bounced_hard"
    if receipt.detail:
        told["detail"] = _text(receipt.detail)
    return told


def _flat(receipt: Receipt) -> dict[str, Json]:
    found = clean(dict(receipt.data))
    data = found if isinstance(found, dict) else {}
    return {name: one[:LONGEST] if isinstance(one, str) else one for name, one in data.items()}


def _text(text: str | None) -> str | None:
    return None if text is None else str(clean(text))[:1_000]


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
