"""One row of everything, for any tenant."""

from datetime import UTC, datetime, timedelta
from typing import Any

from public_works import Stores
from public_works.deployments import Wanted
from public_works.events import Accepted, Post, Proof
from public_works.telemetry import SpanRecord
from smart_city.alarms import Alarm
from smart_city.audit import Actor, Entry, Subject
from smart_city.lifecycle import Evidence, Given, Rules
from smart_city.roles import OwnRole
from smart_city.trust import TrustedIssuer
from symphainy.delivery import Recipient, SendResult, SmsMessage
from symphainy.event import Bound, Criterion
from symphainy.identity import Principal
from symphainy.json import Json, digest
from symphainy.session import Message, Surface

SESSION = "acme.dunning:anna"
ALARM = Alarm(kind="unknowns", severity="critical", subject="deliveries", told="Nobody knows.")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLAN = {"title": "Dunning", "steps": [{"call": "email"}]}

VERSION = {
    "digest": "sha256:d1",
    "text": "document: {}",
    "media_type": "application/yaml",
    "plan": PLAN,
    "plan_digest": digest(PLAN),
    "author": "ada",
}
DELIVERY = {
    "solution": "acme.dunning",
    "run": "acme.dunning:7",
    "step": "/do/0/remind",
    "channel": "email",
    "binding": "email",
    "customer": "anna",
    "address_hash": "h",
}
MESSAGE = {
    "run": "acme.dunning:7",
    "step": "/do/0/remind",
    "channel": "email",
    "to": "anna@example.com",
    "sender": "billing@acme.example",
    "subject": "Reminder",
    "text": "Please pay.",
    "html": None,
    "headers": {"X-Run": "7"},
}
RULES: dict[str, Json] = {"policies": {"asked": {"kind": "consent", "channels": ["email"]}}}
APPROVAL = {
    "run": "acme.dunning:7",
    "workflow_id": "acme/acme.dunning/7",
    "solution": "acme.dunning",
    "step": "/do/1/escalate",
    "policy": "bigMoney",
    "role": "lead",
    "reason": "more than 10000",
    "initiator": "ada",
    "expires": None,
}
DECISION = {
    "run": "acme.dunning:7",
    "step": "/do/0/remind",
    "point": "gate",
    "outcome": "deny",
    "policy": "night",
    "layer": "solution",
    "reason": "quiet hours",
    "bundle": "sha256:b",
    "facts_digest": "sha256:f",
    "at": NOON,
    "details": {"rounds": 1},
}
MADE_ON: dict[str, Any] = {
    "solution": "acme.dunning",
    "plan": "sha256:p",
    "policies": {},
    "step": {"task": "remind"},
    "facts": {},
}
EVENT = {"specversion": "1.0", "id": "e1", "source": "/shop", "type": "paid", "data": {"id": 7}}
PROOF = Proof(source="shop", name="n1", request="r1", content="c1", lasting=False)
SOURCE: dict[str, Any] = {"environment": "production", "rules": {"kind": "github"}, "by": "ada"}
LETTER = f"out-1-{digest('feed').removeprefix('sha256:')[:16]}"
RUN = "acme/acme.dunning/7"
LISTENER = {
    "listener": "l1",
    "workflow": RUN,
    "environment": "production",
    "step": "/do/0/paid",
    "filters": [Bound(tests={"type": Criterion(how="like", what="paid")})],
    "since": NOON,
}
PLACE = {
    "policy": "enough",
    "scope": '["solution/enough","acme.dunning","customer","anna"]',
    "max": 3,
    "window": timedelta(days=7),
    "now": NOON,
}
CLAIM = {"binding": "email", "provider": "smtp", "content_hash": "sha256:c"}
RECEIPT = {"binding": "email", "provider_id": "m1", "event": "delivered", "at": NOON}
WRITTEN = {
    "channel": "email",
    "adapter": "smtp",
    "binding": "email",
    "customer": "anna",
    "delivery": "d",
    "address_hash": "h",
    "provider_id": "w1",
    "text": "Thank you.",
    "at": NOON,
}
TEXT = SmsMessage(to=Recipient(address="+4915112345678"), sender="Acme", text="Hello.")
DOUBT = {"adapter": "smtp", "binding": "email", "reason": "forged", "at": NOON}

DIGEST = {"digest": "anna", "data": {"n": 1}, "now": NOON, "window": timedelta(hours=1)}
SUPPRESSED = digest(["email", "h", "", "opted_out"])


COLLECTOR = OwnRole(name="collector", actions=frozenset({"read"}), groups=("Collectors",))

ACT = Entry(
    actor=Actor(id="ada", kind="user"),
    action="solution.deployed",
    subject=Subject(type="version", id="acme.dunning@1.0.0"),
)

ANSWERED: dict[str, Any] = {"delivery": "d", "status": 201, "body": {"id": 7}, "headers": {}}


SIGNED_IN: dict[str, Any] = {
    "issuer": "corp",
    "provider": "https://login.example.com",
    "principal": "corp:ada",
    "person": None,
    "roles": ["operator"],
    "how": {"acr": "gold"},
}


def trusted(audience: str) -> TrustedIssuer:
    """An issuer, trusted for that audience."""
    return TrustedIssuer(issuer="https://login.example", audience=audience)


EVIDENCE = Evidence(plan="sha256:p", definition="sha256:d1", findings="sha256:f", policies="s")
URGENT = Wanted("acme.dunning", "1.0.0", "production", glass="the rates are wrong")


def govern(stores: Stores, tenant: str) -> None:
    """A version under review that somebody could not wait for."""
    version = (tenant, "acme.dunning", "1.0.0")
    ada, ben = (Principal(tenant=tenant, id=id, kind="user") for id in ("ada", "ben"))
    rules = Rules(needed=2)
    stores.reviews.submit(*version, ada, evidence=EVIDENCE, rules=rules, note="Cheaper.")
    stores.reviews.approve(*version, ben, given=Given(), policies="s", rules=rules)
    stores.deployments.deploy(tenant, URGENT, ada, rules)


def one_of_everything(stores: Stores, tenant: str) -> None:
    """A row in every table that belongs to tenants, with the same ids whoever has them."""
    # Before anything that stores tell of, so that its place is the first.
    stores.events.listen(tenant, **LISTENER)
    accept(stores, tenant, PROOF)
    stores.keys.issue(Principal(tenant=tenant, id="ada"), name="laptop", environment="test")
    lee = stores.people.create(tenant, user_name="Lee@acme.example", external_id="lee")
    stores.people.remove(tenant, stores.people.create(tenant, user_name="gone").id)
    stores.groups.create(tenant, name="Collectors", external_id="c", members=[lee.id])
    stores.roles.put(tenant, COLLECTOR, by="ada")
    stores.issuers.put(tenant, "corp", trusted(tenant), by="ada")
    stores.sign_ins.begin(tenant, **SIGNED_IN)
    stores.definitions.register(tenant, "acme.dunning", "1.0.0", **VERSION)
    stores.definitions.deploy(tenant, "acme.dunning", "1.0.0", "production", "ada")
    govern(stores, tenant)
    stores.intents.claim(tenant, "k", fingerprint="f", solution="acme.dunning", run="r")
    stores.customers.upsert(tenant, "anna", name="Anna", email="anna@example.com")
    stores.ledger.plan(tenant, id="d", **DELIVERY)
    stores.ledger.claim(tenant, "d", **CLAIM)
    stores.ledger.settle(tenant, "d", 1, SendResult(outcome="accepted", provider_id="m1"))
    stores.ledger.record_event(tenant, "d", **RECEIPT)
    stores.callbacks.seen(tenant, "c", NOON)
    stores.callbacks.doubted(tenant, "callback.forged", **DOUBT)
    stores.inbound.put(tenant, **WRITTEN)
    stores.recalled.keep(tenant, "d", TEXT)
    stores.caps.reserve(tenant, key="d", **PLACE)
    stores.approvals.request(tenant, id="a", **APPROVAL)
    stores.outbox.put(tenant, delivery="d", **MESSAGE)
    stores.decisions.record(tenant, id="p", **DECISION, evidence=MADE_ON)
    stores.policies.put(tenant, RULES, by="ada")
    stores.switches.set(tenant, "solution:acme.dunning", True, "ada", "too many mails")
    stores.suppressions.add(tenant, "email", "h", "opted_out", "api", customer="anna")
    stores.preferences.say(tenant, "anna", [("news", "email", True)], "page")
    stores.digests.join(tenant, "d", **DIGEST)
    stores.digests.close(tenant, "d")
    stores.turns.take(tenant, "email", timedelta(seconds=1), NOON)
    stores.webhooks.create(tenant, "erp", "https://erp.example/hook")
    stores.webhooks.gone(tenant, "https://gone.example/", "410")
    stores.answers.give(tenant, "r", "orders", **ANSWERED)
    last = Message(seq=1, id="d", direction="out", channel="web", text="Hello.", at=NOON)
    stores.transcripts.keep(tenant, Surface(session=SESSION, seq=1, last=last), [last])
    stores.audit.token(tenant, "anna")
    known = {"subject": "t", "by": "dpo", "reason": "asked"}
    stores.erasures.erase(tenant, "bob", ["acme.dunning:bob"], **known)
    stores.audit.record(tenant, ACT)
    stores.audit.checkpoint(tenant)
    stores.data_keys.current(tenant)
    stores.run_keys.make(tenant, RUN, "anna")
    stores.alarms.see(tenant, [ALARM], NOON)
    stores.spans.add([span_of(tenant)])
    stores.sources.put(tenant, "shop", **SOURCE)
    stores.webhooks.create(tenant, "feed", "https://feed.example/hook", types=["*"])
    stores.posts.replay(tenant, "feed", 0)
    stores.posts.settle(post(tenant), "dead", "410")


def span_of(tenant: str) -> SpanRecord:
    """A span of a run of that tenant."""
    return SpanRecord(
        tenant=tenant,
        trace="4bf92f3577b34da6a3ce929d0e0e4736",
        id="00f067aa0ba902b7",
        parent=None,
        name="step remind",
        kind="internal",
        room="run",
        run=DECISION["run"],
        step="/do/0/remind",
        began=1,
        ended=2,
        status="unset",
        code=None,
        attributes={},
        events=[],
        links=[],
    )


def post(tenant: str) -> Post:
    """The event of everybody, on its way to an endpoint of that tenant."""
    return Post(
        tenant=tenant,
        webhook="feed",
        url="https://feed.example/hook",
        seq=1,
        id="evt_1",
        tries=0,
        envelope=EVENT,
    )


def accept(stores: Stores, tenant: str, proof: Proof | None = None, **attributes: Json) -> Accepted:
    """An event of that tenant, accepted."""
    return stores.events.accept(
        tenant,
        environment="production",
        envelope={**EVENT, **attributes},
        by=Principal(tenant=tenant, id="ada"),
        proof=proof,
    )
