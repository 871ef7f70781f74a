"""What people write: onto their timeline, to the run that asked, off the list or on it."""

import asyncio
import logging
from datetime import UTC

from activities.delivery.receipts import Receipts, clean, went_by
from public_works import Stores
from public_works.inbound import InboundRecord
from public_works.ledger import DeliveryRecord
from public_works.suppressions import address_hash
from symphainy.delivery import DeliveryEvent, Inbound, Receipt
from symphainy.errors import Refused
from symphainy.json import Json
from symphainy.session import LONGEST, Address
from temporal.callbacks import Seen
from temporal.sessions import Sessions

__all__ = ["Replies", "meant_by"]

log = logging.getLogger("symphainy.callbacks")

STOP = frozenset({"stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke"})
START = frozenset({"start", "unstop"})
"""The words that carriers have people write, alone."""
YES = frozenset({*START, "yes"})
"""To carriers `yes` means that texts are wanted again; to a flow it may be an answer as well."""


class Replies:
    """Takes messages that people write, each once."""

    def __init__(
        self, stores: Stores, receipts: Receipts, sessions: Sessions, environment: str
    ) -> None:
        self._stores = stores
        self._receipts = receipts
        self._sessions = sessions
        self._environment = environment

    async def take(self, seen: Seen, message: Inbound) -> None:
        """Keep a message, do what it asks for, and let the run know that it answers."""
        at = message.at if message.at.tzinfo else message.at.replace(tzinfo=UTC)
        text = str(clean(message.text))
        message = message.model_copy(update={"at": at, "text": text})
        try:
            kept, answered = await asyncio.to_thread(self._kept, seen, message)
        except Refused as refused:
            log.warning("a message by way of %s is left out: %s", seen.adapter, refused)
            return
        # Nobody answers by being away.
        if message.data.get("automatic"):
            return
        if answered is not None:
            await self._tell(seen, answered, _receipt(message, kept))
        if meant_by(message) == "replied":
            await self._converse(seen, kept, answered)

    async def _tell(self, seen: Seen, answered: DeliveryRecord, receipt: Receipt) -> None:
        try:
            await self._receipts.of(answered, seen.binding, receipt)
        except Refused as refused:
            log.warning("an answer by way of %s is left out: %s", seen.adapter, refused)

    async def _converse(
        self, seen: Seen, kept: InboundRecord, answered: DeliveryRecord | None
    ) -> None:
        """Let the customer's session with the solution have the message."""
        solution = answered.solution if answered is not None else seen.solution
        if kept.customer is None or solution is None or not kept.text.strip():
            return
        environment = answered.environment if answered is not None else None
        address = Address(solution, environment or self._environment, customer=kept.customer)
        # The run of somebody else's message is not who this customer talks to.
        theirs = answered is not None and answered.customer in (None, kept.customer)
        try:
            await self._sessions.receive(
                seen.tenant,
                address,
                id=kept.id,
                text=kept.text[:LONGEST],
                channel=kept.channel,
                run=answered.run if answered is not None and theirs else None,
            )
        except Refused as refused:
            log.warning("a session does not take a message of %s: %s", seen.adapter, refused)

    def _kept(self, seen: Seen, message: Inbound) -> tuple[InboundRecord, DeliveryRecord | None]:
        stores, tenant = self._stores, seen.tenant
        before = stores.inbound.known(
            tenant,
            channel=message.channel,
            adapter=seen.adapter,
            provider_id=message.provider_id,
        )
        if before is not None:
            sent = stores.ledger.get(tenant, before.delivery) if before.delivery else None
            return before, sent
        hashed = address_hash(tenant, message.sender)
        answered = self._answered(seen, message, hashed)
        known = self._customer(seen, message, answered, hashed)
        self._obey(seen, message, hashed, known, answered)
        subject = str(clean(message.subject))[:1_000] if message.subject else None
        kept = stores.inbound.put(
            tenant,
            channel=message.channel,
            adapter=seen.adapter,
            binding=seen.binding,
            customer=known,
            delivery=answered.id if answered is not None else None,
            address_hash=hashed,
            provider_id=message.provider_id,
            subject=subject,
            text=message.text,
            at=message.at,
        )
        return kept, answered

    def _customer(
        self, seen: Seen, message: Inbound, answered: DeliveryRecord | None, hashed: str
    ) -> str | None:
        """Who wrote it: whoever was written to there, or is reached there if that is proven.

        Somebody else who got hold of a message may answer it, and is not its customer.
        """
        if answered is not None and answered.address_hash == hashed and answered.customer:
            return answered.customer
        if not message.proven:
            return None
        customer = self._stores.customers.reached_at(seen.tenant, message.sender)
        return customer.id if customer is not None else None

    def _answered(self, seen: Seen, message: Inbound, hashed: str) -> DeliveryRecord | None:
        if message.delivery is not None:
            named = self._stores.ledger.get(seen.tenant, message.delivery)
            if named is not None and went_by(named, seen):
                return named
        if not message.proven:
            return None
        thread = message.data.get("thread")
        if isinstance(thread, str):
            # What it hangs on, by the name that the provider gave it.
            named = self._stores.correlation.named(seen.tenant, seen.adapter, thread)
            if named is not None:
                return named
        return self._stores.correlation.answered(
            seen.tenant,
            channel=message.channel,
            provider=seen.adapter,
            binding=seen.binding,
            address_hash=hashed,
        )

    def _obey(
        self,
        seen: Seen,
        message: Inbound,
        hashed: str,
        customer: str | None,
        answered: DeliveryRecord | None,
    ) -> None:
        # Before the message is kept: what is kept was obeyed, and is not obeyed once more.
        suppressions, meant = self._stores.suppressions, meant_by(message)
        environment = (answered.environment if answered else None) or self._environment
        if meant == "unsubscribed":
            suppressions.add(
                seen.tenant,
                message.channel,
                hashed,
                "opted_out",
                "reply",
                customer=customer,
                delivery=answered.id if answered is not None else None,
                at=message.at,
                environment=environment,
            )
        elif _word(message) in YES:
            suppressions.lift(seen.tenant, message.channel, hashed, environment=environment)


def meant_by(message: Inbound) -> DeliveryEvent:
    """What a message is: an answer, or in a text message one of the words that stop and start."""
    word = _word(message)
    if word in STOP:
        return "unsubscribed"
    return "resubscribed" if word in START else "replied"


def _word(message: Inbound) -> str | None:
    return message.text.strip().strip(".!").lower() if message.channel == "sms" else None


def _receipt(message: Inbound, kept: InboundRecord) -> Receipt:
    data: dict[str, Json] = {**message.data, "text": message.text}
    if not message.proven:
        data["proven"] = False
    if kept.subject is not None:
        data["subject"] = kept.subject
    return Receipt(event=meant_by(message), at=kept.at, dedupe=kept.provider_id, data=data)
