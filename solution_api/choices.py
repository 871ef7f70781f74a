"""What customers can choose to hear about, what they chose, and taking it down."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from public_works import Settings, Stores
from public_works.customers import Customer
from public_works.links import Link
from public_works.suppressions import address_hash
from smart_city.care import objection, scope_of
from symphainy.errors import Refused
from symphainy.plan import Experience, Plan
from temporal.plans import Plans

__all__ = ["Choice", "Chooser", "titled"]

FIELDS: Mapping[str, str] = {"email": "email", "sms": "phone", "voice": "phone"}
"""The field of a customer that each channel writes to."""
MARKETING = "marketing"


@dataclass(frozen=True, slots=True)
class Choice:
    """A topic on a channel, or without a topic all other marketing there."""

    topic: str | None
    channel: str
    marketing: bool
    """Whether it takes consent to marketing."""
    wanted: bool

    @property
    def key(self) -> tuple[str | None, str]:
        return self.topic, self.channel


class Offer(NamedTuple):
    """What solutions send about one topic on one channel."""

    marketing: bool
    asks: bool
    """Whether only to who consented."""


class Chooser:
    """The choices of customers."""

    def __init__(self, stores: Stores, plans: Plans, environment: str) -> None:
        self._stores = stores
        self._plans = plans
        self._environment = environment

    def customer(self, tenant: str, id: str) -> Customer:
        """That customer. Refused("customer.missing") if there is none."""
        found = self._stores.customers.get(tenant, id)
        if found is None:
            raise Refused("customer.missing", f"There is no customer {id[:80]!r}.")
        return found

    def offered(self, person: Customer) -> list[Choice]:
        """What the tenant's solutions send that one can do without, by topic and channel."""
        asked = self._offers(person.tenant).items()
        said = {
            (one.topic, one.channel): one.wanted
            for one in self._stores.preferences.of(person.tenant, person.id)
        }
        return [
            Choice(
                topic, channel, offer.marketing, self._wanted(person, topic, channel, offer, said)
            )
            for (topic, channel), offer in sorted(asked, key=lambda one: _order(one[0]))
        ]

    def choose(
        self, person: Customer, wanted: Mapping[tuple[str | None, str], bool], source: str
    ) -> list[Choice]:
        """Take down what a customer says now; what is not mentioned stays as it is.

        Refused("preferences.unknown") for what is not offered.
        """
        offered = {one.key: one for one in self.offered(person)}
        for topic, channel in wanted:
            if (topic, channel) not in offered:
                named = f"{topic or 'marketing'} by {channel}"
                raise Refused("preferences.unknown", f"Nobody sends {named[:80]!r}.")
        moment = datetime.now(UTC)
        said = [(topic or "", channel, yes) for (topic, channel), yes in wanted.items()]
        changed = {
            (key[0] or "", key[1]) for key, yes in wanted.items() if offered[key].wanted != yes
        }
        self._stores.preferences.say(
            person.tenant,
            person.id,
            said,
            source,
            moment,
            changed=changed,
            environment=self._environment,
        )
        after = [one if one.key not in wanted else _as(one, wanted) for one in offered.values()]
        consents = list(_consents(after, {channel for _, channel in wanted}, moment))
        if consents:
            person = self._stores.customers.upsert(person.tenant, person.id, consents=consents)
        for (topic, channel), yes in wanted.items():
            if yes:
                self._lift(person, channel, scope_of(MARKETING, topic))
        for consent in consents:
            if consent["granted"]:
                # Who wanted nothing of it now says what of it they want.
                self._lift(person, consent["channel"], scope_of(MARKETING, None))
        return self.offered(person)

    def leave(self, link: Link, source: str) -> None:
        """Take down that whoever got this link wants no more messages like that one."""
        row = self._stores.ledger.get(link.tenant, link.delivery) if link.delivery else None
        channel, scope = link.channel or "email", link.scope or scope_of(MARKETING, None)
        person = self._stores.customers.get(link.tenant, link.customer) if link.customer else None
        hash = row.address_hash if row else _hash(person, channel)
        if hash is not None:
            self._stores.suppressions.add(
                link.tenant,
                channel,
                hash,
                "opted_out",
                source,
                scope=scope,
                customer=link.customer,
                delivery=link.delivery,
                environment=(row.environment if row else None) or self._environment,
            )
        kind, _, name = scope.partition(":")
        if person is not None and kind == "topic":
            self._stores.preferences.say(link.tenant, person.id, [(name, channel, False)], source)
        elif person is not None:
            if name == MARKETING:
                self._stores.preferences.say(link.tenant, person.id, [("", channel, False)], source)
            said = {"channel": channel, "purpose": name, "granted": False}
            self._stores.customers.upsert(link.tenant, person.id, consents=[said])
        if row is not None:
            self._stores.ledger.record_event(
                link.tenant,
                row.id,
                binding=row.binding,
                provider_id=row.provider_id or row.id,
                event="unsubscribed",
                at=datetime.now(UTC),
                source="link",
                dedupe="link",
            )

    def _offers(self, tenant: str) -> dict[tuple[str | None, str], Offer]:
        found: dict[tuple[str | None, str], Offer] = {}
        for digest in self._stores.definitions.running(tenant, self._environment):
            for key, offer in _sends(self._plans.get(digest)):
                before = found.get(key, Offer(False, False))
                found[key] = Offer(*(a or b for a, b in zip(before, offer, strict=True)))
        return found

    def _wanted(
        self,
        person: Customer,
        topic: str | None,
        channel: str,
        offer: Offer,
        said: Mapping[tuple[str, str], bool],
    ) -> bool:
        purpose = MARKETING if offer.marketing else "transactional"
        consented = person.consented(channel, purpose)
        if offer.asks and consented is not True:
            return False
        hash = _hash(person, channel)
        entries = self._stores.suppressions.of(person.tenant, channel, hash) if hash else []
        wanted = said.get((topic or "", channel), said.get((topic or "", "")))
        left = [one for one in entries if one.reason == "opted_out"]
        against = objection(left, purpose=purpose, topic=topic, wanted=wanted, consented=consented)
        return against is None

    def _lift(self, person: Customer, channel: str, scope: str) -> None:
        hash = _hash(person, channel)
        if hash is not None:
            # Who says yes to one thing has not taken back a no to everything.
            self._stores.suppressions.lift(person.tenant, channel, hash, scope=scope)


def titled(settings: Settings, topic: str, language: str) -> str:
    """What a topic is called in that language, by the settings or else by itself."""
    known: Any = settings.topic_titles.get(topic)
    if isinstance(known, dict):
        known = known.get(language) or known.get("en") or next(iter(known.values()), None)
    return known or topic.replace("-", " ").replace("_", " ").capitalize()


def _order(key: tuple[str | None, str]) -> tuple[bool, str, str]:
    """By topic, what has none last, and by channel."""
    topic, channel = key
    return topic is None, topic or "", channel


def _sends(plan: Plan) -> Iterator[tuple[tuple[str | None, str], Offer]]:
    for bound in plan.experiences.values():
        marketing = bound.purpose == MARKETING
        if bound.channel in FIELDS and bound.purpose != "security" and (marketing or bound.topic):
            yield (bound.topic, bound.channel), Offer(marketing, marketing and _asks(plan, bound))


def _asks(plan: Plan, bound: Experience) -> bool:
    """Whether a policy of the solution lets nothing out there without consent."""
    policies = (one for one in plan.policies.values() if one.get("kind") == "consent")
    channels = (one.get("channels") for one in policies)
    return any(not one or (isinstance(one, list) and bound.channel in one) for one in channels)


def _as(choice: Choice, wanted: Mapping[tuple[str | None, str], bool]) -> Choice:
    return Choice(choice.topic, choice.channel, choice.marketing, wanted[choice.key])


def _consents(
    choices: Iterable[Choice], channels: set[str], at: datetime
) -> Iterator[dict[str, Any]]:
    """Consent to marketing on each of the channels: given where anything of it is wanted."""
    for channel in sorted(channels):
        of = [one.wanted for one in choices if one.channel == channel and one.marketing]
        if of:
            yield {"channel": channel, "purpose": MARKETING, "granted": any(of), "at": at}


def _hash(person: Customer | None, channel: str) -> str | None:
    address = getattr(person, FIELDS.get(channel, ""), None) if person else None
    return address_hash(person.tenant, address) if person and address else None
