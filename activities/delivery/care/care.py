"""The last looks before a delivery is claimed: is it wanted, in time, and is it its turn?"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from public_works import Stores
from public_works.customers import Customer
from public_works.ledger import DeliveryRecord
from public_works.ledger.transitions import CLAIMABLE, State
from smart_city.care import objection
from smart_city.phone import zones_of
from smart_city.window import DAYS, next_at, zone
from symphainy.plan import Experience
from symphainy.plan.plan import Digest

__all__ = ["Care", "Intended"]

PEOPLE = frozenset({"email", "sms", "voice", "chat"})
"""Channels that end at somebody who may not want to hear it."""
LAPSES = timedelta(minutes=1)
"""How long a turn is good for: who was held elsewhere meanwhile takes another, or all that quiet
hours held would leave at once."""


class Intended(NamedTuple):
    """A delivery that is about to be claimed."""

    tenant: str
    id: str
    plan: dict[str, Any]
    """What the ledger is told of it."""
    bound: Experience
    person: Customer | None
    now: datetime
    """By the clock of the server, as runs see it."""
    data: dict[str, Any]
    """What it says, for a digest."""


class Care:
    """Ends or holds deliveries that are not to be sent, or not yet."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def stopped(self, one: Intended) -> DeliveryRecord | None:
        """The delivery, ended or held; None if it may be claimed, or was attempted already."""
        expires = one.plan.get("expires")
        if expires is not None and expires <= one.now:
            return self._moved(one, "expired", "its time was over before it could be sent")
        why = self._objection(one)
        if why is not None:
            return self._moved(one, "suppressed", why)
        return self._digested(one) or self._in_turn(one)

    def suppressed(self, one: Intended, why: str) -> DeliveryRecord | None:
        """The delivery, ended because it may not go where it is bound to."""
        return self._moved(one, "suppressed", why)

    def _objection(self, one: Intended) -> str | None:
        bound, channel = one.bound, one.bound.channel
        if channel not in PEOPLE:
            return None
        address, topic = one.plan["address_hash"], bound.topic
        entries = self._stores.suppressions.of(one.tenant, channel, address, one.now)
        wanted, said = None, self._stores.preferences
        if one.person is not None and (topic is not None or bound.purpose == "marketing"):
            wanted = said.wanted(one.tenant, one.person.id, topic or "", channel)
        consented = one.person.consented(channel, bound.purpose) if one.person else None
        return objection(
            entries, purpose=bound.purpose, topic=topic, wanted=wanted, consented=consented
        )

    def _digested(self, one: Intended) -> DeliveryRecord | None:
        """Held until its window closes; then ended, unless it is the one that is sent for all."""
        digest = one.bound.digest
        if digest is None:
            return None
        window, digests = _window(digest, one), self._stores.digests
        item = digests.get(one.tenant, one.id)
        expires = one.plan.get("expires")
        if item is None:
            if expires is not None and expires <= one.now + window:
                return None
            item = digests.join(
                one.tenant, one.id, digest=_together(one), data=one.data, now=one.now, window=window
            )
        if item.by is None and item.until > one.now:
            return self._moved(one, "held", "its digest is not full yet", until=item.until)
        by = item.by or digests.close(one.tenant, one.id).by
        if by == one.id:
            return None
        return self._moved(one, "digested", f"part of the delivery {by}", gave={"digest": by})

    def _in_turn(self, one: Intended) -> DeliveryRecord | None:
        """Held until it is its turn, where the binding has a rate."""
        if one.bound.every is None:
            return None
        record = self._stores.ledger.plan(one.tenant, id=one.id, **one.plan)
        if record.state not in CLAIMABLE:
            return None
        turn = record.not_before if record.state == "held" and _by_rate(record) else None
        if turn is not None and turn > one.now:
            return record
        if turn is not None and one.now <= turn + LAPSES:
            return None
        binding = f"{one.plan['environment']}/{record.solution}/{record.binding}"
        every = timedelta(seconds=one.bound.every)
        turn = self._stores.turns.take(one.tenant, binding, every, one.now)
        if turn <= one.now:
            return None
        if record.expires is not None and turn >= record.expires:
            return self._moved(one, "expired", "its turn would come too late")
        return self._moved(one, "held", RATE, until=turn)

    def _moved(
        self,
        one: Intended,
        state: State,
        reason: str,
        *,
        until: datetime | None = None,
        gave: dict[str, Any] | None = None,
    ) -> DeliveryRecord | None:
        ledger = self._stores.ledger
        record = ledger.plan(one.tenant, id=one.id, **one.plan)
        if record.state not in CLAIMABLE:
            return None
        return ledger.move(one.tenant, one.id, state, reason=reason, not_before=until, gave=gave)


RATE = "others are before it, at the rate of its experience"


def _by_rate(record: DeliveryRecord) -> bool:
    return record.reason == RATE


def _window(digest: Digest, one: Intended) -> timedelta:
    """How long a digest that begins now is open."""
    if digest.at is None:
        return timedelta(seconds=digest.seconds)
    person = one.person
    known = (person.zone, *zones_of(person.phone)) if person else ()
    named = next((found for name in (*known, one.bound.zone) if (found := zone(name))), None)
    return next_at(digest.at, one.now, named or ZoneInfo("UTC"), digest.days or DAYS) - one.now


def _together(one: Intended) -> str:
    """What messages are one digest: those to one customer, by one experience of one solution."""
    whom = one.plan["customer"] or one.plan["address_hash"]
    of = (one.plan["environment"], one.plan["solution"], one.plan["binding"])
    return "/".join((*of, whom))
