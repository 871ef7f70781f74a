"""No method of any store shows or changes what belongs to another tenant."""

import inspect
import re
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from sqlalchemy import event, text

from public_works import Stores
from public_works.blobs import Folder
from public_works.database import Database
from public_works.deployments import Back
from public_works.events import Handover
from public_works.ledger import told_of
from public_works.tables import METADATA
from smart_city.lifecycle import Given, Rules
from smart_city.signing import SigningKey
from symphainy.catalog import Catalog
from symphainy.delivery import SendResult
from symphainy.errors import Refused
from symphainy.event import identity
from symphainy.identity import Principal
from symphainy.json import digest
from symphainy.session import Surface
from tests.public_works.rows import (
    ACT,
    ALARM,
    ANSWERED,
    APPROVAL,
    CLAIM,
    COLLECTOR,
    DECISION,
    DELIVERY,
    DIGEST,
    DOUBT,
    EVENT,
    EVIDENCE,
    LETTER,
    LISTENER,
    MESSAGE,
    NOON,
    PLACE,
    RECEIPT,
    RULES,
    RUN,
    SESSION,
    SIGNED_IN,
    SOURCE,
    SUPPRESSED,
    TEXT,
    URGENT,
    VERSION,
    WRITTEN,
    one_of_everything,
    post,
    trusted,
)
from tests.public_works.unguarded import cleared

TENANT_TABLES = [one for one in METADATA.sorted_tables if not one.info.get("global")]
GLOBAL_TABLES = {"plan", "pool_catalog", "event_mark"}
TOLD = told_of("d", "email", "m1", "delivered", RECEIPT["at"].isoformat())
ASKED_ABOUT = {"channel": "email", "provider": "smtp", "binding": "email", "address_hash": "h"}
SENT = SendResult(outcome="accepted")
NAMES = ("acme.dunning", "1.0.0")

# Every public method, asked by a tenant that has nothing for what another tenant has.
FINDS_NOTHING = {
    "definitions.version": lambda s: s.version("b", *NAMES),
    "definitions.versions": lambda s: s.versions("b", NAMES[0]),
    "definitions.solution": lambda s: s.solution("b", NAMES[0]),
    "definitions.solutions": lambda s: s.solutions("b"),
    "definitions.deployed": lambda s: s.deployed("b", NAMES[0], "production"),
    "definitions.paused": lambda s: s.paused("b", NAMES[0]),
    "definitions.restart": lambda s: s.restart("b", NAMES[0], "production", "eve"),
    "definitions.deployment": lambda s: s.deployment("b", NAMES[0], "production"),
    "definitions.running": lambda s: s.running("b", "production"),
    "reviews.waiting": lambda s: s.waiting("b"),
    "reviews.remarks": lambda s: s.remarks("b", *NAMES),
    "deployments.history": lambda s: s.history("b", NAMES[0]),
    "deployments.current": lambda s: s.current("b", NAMES[0]),
    "glass.list": lambda s: s.list("b", every=True),
    "keys.list": lambda s: s.list("b"),
    "data_keys.list": lambda s: s.list("b"),
    "data_keys.at_hand": lambda s: s.at_hand("b"),
    "data_keys.rewrap": lambda s: s.rewrap("b"),
    "data_keys.lend": lambda s: s.lend("b", next(iter(s._open))),
    "run_keys.lend": lambda s: s.lend("b", next(iter(s._open))),
    "people.find": lambda s: s.find("b", "lee"),
    "people.count": lambda s: s.count("b"),
    "people.list": lambda s: s.list("b"),
    "groups.count": lambda s: s.count("b"),
    "groups.list": lambda s: s.list("b"),
    "roles.get": lambda s: s.get("b", "collector"),
    "roles.list": lambda s: s.list("b"),
    "roles.of": lambda s: s.of("b", ["collector"]),
    "roles.given": lambda s: s.given("b", ["Collectors"]),
    "roles.remove": lambda s: s.remove("b", "collector"),
    "users.roles": lambda s: s.roles("b", "lee", "test"),
    "users.lent": lambda s: s.lent("b", "lee", "test", ["viewer"]),
    "issuers.get": lambda s: s.get("b", "corp"),
    "issuers.list": lambda s: s.list("b"),
    "sign_ins.list": lambda s: s.list("b"),
    "issuers.remove": lambda s: s.remove("b", "corp"),
    "intents.get": lambda s: s.get("b", "k"),
    "intents.settle": lambda s: s.settle("b", "k", run="other"),
    "customers.get": lambda s: s.get("b", "anna"),
    "customers.list": lambda s: s.list("b"),
    "ledger.get": lambda s: s.get("b", "d"),
    "ledger.list": lambda s: s.list("b", run=DELIVERY["run"], customer="anna"),
    "ledger.events": lambda s: s.events("b", "d"),
    "ledger.attempts": lambda s: s.attempts("b", "d"),
    "correlation.named": lambda s: s.named("b", "smtp", "m1"),
    "correlation.is_told": lambda s: s.is_told("b", TOLD),
    "correlation.answered": lambda s: s.answered("b", **ASKED_ABOUT),
    "callbacks.events": lambda s: s.events("b"),
    "inbound.get": lambda s: s.get("b", digest(["email", "smtp", "w1"])),
    "inbound.known": lambda s: s.known("b", channel="email", adapter="smtp", provider_id="w1"),
    "recalled.get": lambda s: s.get("b", "d"),
    "timeline.of": lambda s: s.of("b", "anna"),
    "traces.of_run": lambda s: s.of_run("b", DECISION["run"]),
    "traces.event": lambda s: s.event("b", 1),
    "traces.events": lambda s: s.events("b", [identity("production", EVENT)]),
    "traces.handed": lambda s: s.handed("b", 1),
    "customers.reached_at": lambda s: s.reached_at("b", "anna@example.com"),
    "caps.begin": lambda s: s.begin("b", ["d"], DECISION["at"]),
    "caps.release": lambda s: s.release("b", "d"),
    "approvals.get": lambda s: s.get("b", "a"),
    "approvals.pending": lambda s: s.pending("b"),
    "approvals.close": lambda s: s.close("b", APPROVAL["run"], datetime.now(UTC)),
    "ledger.others": lambda s: s.others("b", "d"),
    "outbox.find": lambda s: s.find("b", "d"),
    "outbox.list": lambda s: s.list("b"),
    "decisions.list": lambda s: s.list("b", DECISION["run"]),
    "decisions.made": lambda s: s.made("b", DECISION["at"]),
    "switches.active": lambda s: s.active("b"),
    "policies.newest": lambda s: s.newest("b"),
    "policies.list": lambda s: s.list("b"),
    "policies.written": lambda s: s.written("b", digest(RULES)),
    "facts.known": lambda s: any(s.known("b", "anna", ["d"], DECISION["at"])),
    "events.page": lambda s: s.page("b", "production", type="paid"),
    "events.hush": lambda s: s.hush("b", RUN, []),
    "events.gone": lambda s: s.gone("b", RUN),
    "events.settle": lambda s: s.settle(handover("b"), "done"),
    "events.postpone": lambda s: s.postpone(handover("b")),
    "events.knows": lambda s: s.knows("b", identity("production", EVENT)),
    "transcripts.get": lambda s: s.get("b", SESSION),
    "transcripts.list": lambda s: s.list("b"),
    "transcripts.messages": lambda s: s.messages("b", SESSION),
    "transcripts.latest": lambda s: s.latest("b", SESSION),
    "transcripts.said": lambda s: s.said("b", SESSION, "d"),
    "transcripts.answered": lambda s: s.answered("b", SESSION, 2),
    "transcripts.changes": lambda s: s.changes("b", [SESSION]),
    "transcripts.unseen": lambda s: s.unseen("b", SESSION, delivered=1, read=0),
    "transcripts.live": lambda s: s.live("b", SESSION, DECISION["at"]),
    "transcripts.told": lambda s: s.told("b", SESSION, delivered=1, read=1),
    "suppressions.get": lambda s: s.get("b", SUPPRESSED),
    "suppressions.of": lambda s: s.of("b", "email", "h"),
    "suppressions.list": lambda s: s.list("b", customer="anna"),
    "suppressions.remove": lambda s: s.remove("b", SUPPRESSED),
    "suppressions.lift": lambda s: s.lift("b", "email", "h"),
    "digests.items": lambda s: s.items("b", "d"),
    "digests.get": lambda s: s.get("b", "d"),
    "preferences.of": lambda s: s.of("b", "anna"),
    "preferences.wanted": lambda s: s.wanted("b", "anna", "news", "email"),
    "events.after": lambda s: s.after("b", "production", 0),
    "events.walk": lambda s: s.walk("b", "production", 0)[0],
    "events.environments": lambda s: s.environments("b"),
    "events.last": lambda s: s.last("b"),
    "events.since": lambda s: s.since("b", datetime.now(UTC) + timedelta(days=1)),
    "events.relay": lambda s: s.relay("b", 1),
    "sources.get": lambda s: s.get("b", "shop"),
    "sources.secrets": lambda s: s.secrets("b", "shop"),
    "sources.list": lambda s: s.list("b"),
    "sources.remove": lambda s: s.remove("b", "shop"),
    "posts.settle": lambda s: s.settle(post("b"), "done"),
    "posts.again": lambda s: s.again(post("b"), timedelta(seconds=5), "503"),
    "posts.states": lambda s: s.states("b", "feed"),
    "letters.list": lambda s: s.list("b"),
    "letters.get": lambda s: s.get("b", LETTER),
    "webhooks.get": lambda s: s.get("b", "erp"),
    "webhooks.at": lambda s: s.at("b", "https://gone.example/"),
    "webhooks.secrets": lambda s: s.secrets("b", "erp"),
    "webhooks.list": lambda s: s.list("b"),
    "webhooks.remove": lambda s: s.remove("b", "erp"),
    "answers.get": lambda s: s.get("b", "r", "orders"),
    "answers.leave": lambda s: s.leave("b", "r", "orders"),
    "audit.list": lambda s: s.list("b"),
    "audit.head": lambda s: s.head("b"),
    "audit.checkpoints": lambda s: s.checkpoints("b"),
    "audit.checkpoint": lambda s: s.checkpoint("b"),
    "audit.chain": lambda s: list(s.chain("b").records),
    "audit.due": lambda s: s.due("b"),
    "spans.of_run": lambda s: s.of_run("b", DECISION["run"]),
    "alarms.list": lambda s: s.list("b", over=True),
    "run_keys.of": lambda s: s.of("b", RUN),
    "run_keys.customer": lambda s: s.customer("b", RUN),
    "run_keys.workflows": lambda s: s.workflows("b", "anna"),
    "erasures.runs": lambda s: s.runs("b", "anna"),
    "erasures.sessions": lambda s: s.sessions("b", "anna"),
    "erasures.list": lambda s: s.list("b"),
}
# Of these nobody is told whether there was anything.
SILENT = {
    "data_keys.rewrap",
    "audit.due",
    "definitions.paused",
    "intents.settle",
    "ledger.others",  # proven below
    "caps.release",
    "events.hush",
    "events.gone",
    "events.settle",
    "events.postpone",
    "events.relay",
    "posts.settle",
    "posts.again",
    "transcripts.live",
    "transcripts.told",
}
EVE = Principal(tenant="b", id="eve", kind="user")
REFUSED = {
    "reviews.newest": lambda s: s.newest("b", *NAMES),
    "reviews.submit": lambda s: s.submit("b", *NAMES, EVE, evidence=EVIDENCE, rules=Rules()),
    "reviews.approve": lambda s: s.approve(
        "b", *NAMES, EVE, given=Given(), policies="s", rules=Rules()
    ),
    "reviews.reject": lambda s: s.reject("b", *NAMES, EVE, "no"),
    "reviews.withdraw": lambda s: s.withdraw("b", *NAMES, EVE),
    "reviews.comment": lambda s: s.comment("b", *NAMES, EVE, "well"),
    "deployments.deploy": lambda s: s.deploy("b", URGENT, EVE, Rules()),
    "deployments.rollback": lambda s: s.rollback("b", Back(NAMES[0], "production"), EVE),
    "glass.review": lambda s: s.review("b", s.list("a")[0].id, EVE, upheld=True),
    "alarms.acknowledge": lambda s: s.acknowledge("b", s.list("a")[0].id, "eve", None, NOON),
    "definitions.deploy": lambda s: s.deploy("b", *NAMES, "production", "eve"),
    "definitions.retire": lambda s: s.retire("b", *NAMES),
    "definitions.set_paused": lambda s: s.set_paused("b", NAMES[0], True),
    "ledger.move": lambda s: s.move("b", "d", "canceled"),
    "ledger.give_up": lambda s: s.give_up("b", "d", "sent another way"),
    "ledger.claim": lambda s: s.claim("b", "d", **CLAIM),
    "ledger.settle": lambda s: s.settle("b", "d", 1, SENT),
    "ledger.reconciled": lambda s: s.reconciled("b", "d", SENT),
    "ledger.resolve": lambda s: s.resolve("b", "d", "accepted", "eve"),
    "ledger.record_event": lambda s: s.record_event("b", "d", **RECEIPT),
    "outbox.act": lambda s: s.act("b", s.list("a")[0].id, {"act": "open"}, 0),
    "approvals.decide": lambda s: s.decide("b", "a", outcome="approved", by="eve"),
    "digests.close": lambda s: s.close("b", "d"),
    "approvals.expire": lambda s: s.expire("b", "a"),
    "keys.rotate": lambda s: s.rotate("b", s.list("a")[0].id, overlap=timedelta(days=1)),
    "people.update": lambda s: s.update(
        "b", s.list("a")[0].id, user_name="eve", external_id=None, active=True, attributes={}
    ),
    "people.remove": lambda s: s.remove("b", s.list("a")[0].id),
    "groups.update": lambda s: s.update(
        "b", s.list("a")[0].id, name="eve", external_id=None, members=(), attributes={}
    ),
    "groups.remove": lambda s: s.remove("b", s.list("a")[0].id),
    "sources.rotate": lambda s: s.rotate("b", "shop", timedelta(days=1)),
    "posts.replay": lambda s: s.replay("b", "feed", 0),
    "letters.resend": lambda s: s.resend("b", LETTER),
    "letters.discard": lambda s: s.discard("b", LETTER),
    "webhooks.rotate": lambda s: s.rotate("b", "erp", timedelta(days=1)),
    "webhooks.enable": lambda s: s.enable("b", "erp", False),
    "erasures.again": lambda s: s.again(
        s.list("a")[0].model_copy(update={"tenant": "b"}), [], last=True
    ),
}
# These make a row of the asking tenant, as if nobody else had one of the same id.
MAKES_ITS_OWN = {
    "data_keys.current": lambda s: s.current("b"),
    "data_keys.rotate": lambda s: s.rotate("b"),
    "data_keys.handed": lambda s: list(s.handed("b", timedelta(days=30))),
    "run_keys.make": lambda s: s.make("b", RUN, "eve"),
    "alarms.see": lambda s: s.see("b", [ALARM], NOON),
    "definitions.register": lambda s: s.register("b", *NAMES, **VERSION | {"digest": "other"}),
    "keys.issue": lambda s: s.issue(Principal(tenant="b", id="eve"), name="n", environment="e"),
    "people.create": lambda s: s.create("b", user_name="Lee@acme.example", external_id="lee"),
    "groups.create": lambda s: s.create("b", name="Collectors", external_id="c"),
    "roles.put": lambda s: s.put("b", COLLECTOR, by="eve"),
    "sign_ins.begin": lambda s: s.begin("b", **SIGNED_IN),
    "issuers.put": lambda s: s.put("b", "corp", trusted("other"), by="eve"),
    "intents.claim": lambda s: s.claim("b", "k", fingerprint="x", solution="s", run="other"),
    "customers.upsert": lambda s: s.upsert("b", "anna", name="Eve"),
    "ledger.plan": lambda s: s.plan("b", id="d", **DELIVERY),
    "ledger.begin": lambda s: s.begin("b", id="d", **DELIVERY | {"provider": "sandbox"}),
    "caps.reserve": lambda s: s.reserve("b", key="d", **PLACE),
    "facts.take": lambda s: s.take("b", [], DECISION["at"], {"id": "p", **DECISION}),
    "approvals.request": lambda s: s.request("b", id="a", **APPROVAL),
    "outbox.put": lambda s: s.put("b", delivery="d", **MESSAGE | {"subject": "other"}),
    "decisions.record": lambda s: s.record("b", id="p", **DECISION),
    "policies.put": lambda s: s.put("b", RULES, by="eve"),
    "switches.set": lambda s: s.set("b", "solution:acme.dunning", False, "eve", ""),
    "events.accept": lambda s: s.accept(
        "b", environment="production", envelope=EVENT, by=Principal(tenant="b", id="eve")
    ),
    "events.tell": lambda s: s.tell(
        "b", "run.started", environment="production", subject="r", data={}, id="1"
    ),
    "sources.put": lambda s: s.put("b", "shop", **SOURCE),
    "events.listen": lambda s: s.listen("b", **LISTENER),
    "transcripts.keep": lambda s: s.keep("b", Surface(session=SESSION, seq=7)),
    "suppressions.add": lambda s: s.add("b", "email", "h", "manual", "eve"),
    "preferences.say": lambda s: s.say("b", "anna", [("news", "email", False)], "eve"),
    "digests.join": lambda s: s.join("b", "d", **DIGEST),
    "recalled.keep": lambda s: s.keep("b", "d", TEXT),
    "callbacks.seen": lambda s: s.seen("b", "c", DECISION["at"]),
    "callbacks.doubted": lambda s: s.doubted("b", "callback.forged", **DOUBT),
    "inbound.put": lambda s: s.put("b", **WRITTEN),
    "turns.take": lambda s: s.take("b", "email", timedelta(seconds=9), DECISION["at"]),
    "webhooks.create": lambda s: s.create("b", "erp", "https://other.example/"),
    "webhooks.gone": lambda s: s.gone("b", "https://gone.example/", "410 again"),
    "audit.record": lambda s: s.record("b", ACT),
    "audit.count": lambda s: (s.count("b", ACT), s.tally()),
    "audit.token": lambda s: s.token("b", "anna"),
    "erasures.erase": lambda s: s.erase("b", "anna", [RUN], subject="t", by="eve", reason="x"),
    "answers.expect": lambda s: s.expect("b", "r", "orders"),
    "answers.give": lambda s: s.give("b", "r", "orders", **ANSWERED),
}
# Ids of these are made by the store, so the other tenant's have to be looked up first.
BY_ID = {
    "erasures.get": lambda stores: stores.erasures.get("b", stores.erasures.list("a")[0].id),
    "keys.holder": lambda stores: stores.keys.holder("b", stores.keys.list("a")[0].id),
    "sign_ins.end": lambda stores: stores.sign_ins.end("b", stores.sign_ins.list("a")[0].id),
    "glass.get": lambda stores: stores.glass.get("b", stores.glass.list("a")[0].id),
    "alarms.get": lambda stores: stores.alarms.get("b", stores.alarms.list("a")[0].id),
    "outbox.thread": lambda stores: stores.outbox.thread("b", stores.outbox.list("a")[0].id),
    "keys.get": lambda stores: stores.keys.get("b", stores.keys.list("a")[0].id),
    "keys.revoke": lambda stores: stores.keys.revoke("b", stores.keys.list("a")[0].id),
    "people.get": lambda stores: stores.people.get("b", stores.people.list("a")[0].id),
    "people.identity": lambda stores: stores.people.identity("b", "lee") != "lee",
    "groups.get": lambda stores: stores.groups.get("b", stores.groups.list("a")[0].id),
    "outbox.get": lambda stores: stores.outbox.get("b", stores.outbox.list("a")[0].id),
}
# These have no tenant: plans and catalogs are everybody's, a key or an issuer says whose it is, and
# the hub is swept for all.
GLOBAL = {
    "erasures.unsettled",
    "spans.add",
    "spans.forget",
    "alarms.tenants",
    "alarms.forget",
    "definitions.plan",
    "definitions.plans",
    "catalogs.publish",
    "catalogs.read",
    "catalogs.pools",
    "keys.authenticate",
    "issuers.trusted",
    "sign_ins.find",
    "callbacks.forget",
    "answers.forget",
    "correlation.adrift",
    "digests.forget",
    "decisions.forget",
    "recalled.forget",
    "events.pending",
    "events.untold",
    "approvals.late",
    "posts.fan_out",
    "posts.due",
    "posts.waiting",
    "letters.count",
    "outcomes.tell",
    "marks.get",
    "marks.move",
    "marks.only",
    "events.listeners",
    "events.forget",
    "audit.tenants",
    "audit.remains",
    "audit.tally",
    "audit.seal",
    "data_keys.known",
    "data_keys.find",
    "data_keys.tenants",
    "data_keys.saw",
    "run_keys.at_hand",
    "run_keys.known",
    "run_keys.find",
    "run_keys.saw",
    "run_keys.leave",
    "run_keys.unasked",
    "run_keys.discard",
}


def handover(tenant: str) -> Handover:
    """What hands the event of everybody over, for that tenant."""
    by = Principal(tenant=tenant, id="ada")
    return Handover(
        tenant=tenant,
        seq=1,
        target=RUN,
        details={},
        envelope=EVENT,
        environment="production",
        by=by,
    )


def rows(db: Database, tenant: str) -> dict[str, list]:
    with db.engine.connect() as connection:
        return {
            one.name: connection.execute(one.select().where(one.c.tenant == tenant)).all()
            for one in TENANT_TABLES
        }


def asked(stores: Stores, name: str, call):
    return call(getattr(stores, name.partition(".")[0]))


def methods() -> set[str]:
    stores = {one.name: one.type for one in fields(Stores)}
    return {
        f"{store}.{name}"
        for store, kind in stores.items()
        for name, _ in inspect.getmembers(kind, inspect.isfunction)
        if not name.startswith("_") and store not in {"database", "blobs", "telemetry"}
    }


def test_every_table_has_a_tenant_first_unless_it_is_marked_global():
    unmarked = {one.name for one in METADATA.sorted_tables} - {one.name for one in TENANT_TABLES}
    assert unmarked == GLOBAL_TABLES
    assert [
        one.name for one in TENANT_TABLES if one.primary_key.columns.keys()[0] != "tenant"
    ] == []


def test_every_method_of_every_store_is_asked_here():
    covered = [*FINDS_NOTHING, *REFUSED, *MAKES_ITS_OWN, *BY_ID, *GLOBAL]
    assert sorted(covered) == sorted(methods())


def test_every_table_of_tenants_has_a_row_to_be_found(stores: Stores):
    one_of_everything(stores, "a")
    assert [name for name, found in rows(stores.database, "a").items() if not found] == []


Full = Callable[[str], Stores]


@pytest.fixture(scope="module")
def full(_migrated: Database, tmp_path_factory: pytest.TempPathFactory) -> Full:
    """Stores in which one tenant has one of everything and nobody else anything; filled anew only
    after somebody changed them, since that takes long."""
    blobs = Folder(tmp_path_factory.mktemp("blobs"))
    known: dict[str, Any] = {}

    def filled(tenant: str) -> Stores:
        there = {one: rows(_migrated, one) for one in ("a", "b")}
        if known.get("tenant") != tenant or there != known["rows"]:
            cleared(_migrated)
            known["stores"] = Stores.over(
                _migrated, pepper=b"p" * 32, blobs=blobs, audit_key=SigningKey.generate
            )
            one_of_everything(known["stores"], tenant)
            known["tenant"] = tenant
            known["rows"] = {one: rows(_migrated, one) for one in ("a", "b")}
        return cast(Stores, known["stores"])

    return filled


@pytest.mark.parametrize("name", FINDS_NOTHING)
def test_another_tenant_finds_and_changes_nothing(full: Full, name: str):
    stores = full("a")
    before = rows(stores.database, "a")
    assert not asked(stores, name, FINDS_NOTHING[name])
    assert rows(stores.database, "a") == before


@pytest.mark.parametrize("name", sorted(FINDS_NOTHING.keys() - SILENT))
def test_the_tenant_itself_does_find_it(full: Full, name: str):
    # Otherwise the test above would pass on a store that never finds anything.
    stores = full("b")
    assert asked(stores, name, FINDS_NOTHING[name])


def test_look_alikes_of_a_delivery_are_those_of_its_tenant(stores: Stores):
    for tenant in ("a", "b"):
        for id in ("d", "e"):
            stores.ledger.plan(tenant, id=id, **DELIVERY)
            stores.ledger.claim(tenant, id, **CLAIM)
            named = SendResult(outcome="accepted", provider_id=f"{tenant}-{id}")
            stores.ledger.settle(tenant, id, 1, named)
    assert stores.ledger.others("b", "d") == {"b-e"}


@pytest.mark.parametrize("name", REFUSED)
def test_another_tenant_is_refused_and_changes_nothing(full: Full, name: str):
    stores = full("a")
    before = rows(stores.database, "a")
    with pytest.raises(Refused, match=r"missing"):
        asked(stores, name, REFUSED[name])
    assert rows(stores.database, "a") == before


@pytest.mark.parametrize("name", MAKES_ITS_OWN)
def test_another_tenant_with_the_same_id_makes_a_row_of_its_own(stores: Stores, name: str):
    one_of_everything(stores, "a")
    before = rows(stores.database, "a")
    asked(stores, name, MAKES_ITS_OWN[name])
    assert rows(stores.database, "a") == before
    assert any(rows(stores.database, "b").values())


@pytest.mark.parametrize("name", BY_ID)
def test_another_tenant_that_learns_an_id_gets_nothing_for_it(full: Full, name: str):
    stores = full("a")
    before = rows(stores.database, "a")
    assert not BY_ID[name](stores)
    assert rows(stores.database, "a") == before


def test_a_cursor_of_another_tenant_is_refused(stores: Stores):
    one_of_everything(stores, "a")
    with pytest.raises(Refused, match=r"store\.cursor"):
        stores.ledger.list("b", after="d")


def test_every_statement_on_a_table_of_tenants_names_the_tenant(stores: Stores):
    seen: list[str] = []
    listener = ("before_cursor_execute", lambda *call: seen.append(call[2]))
    event.listen(stores.database.engine, *listener)
    try:
        one_of_everything(stores, "b")
        for calls in (FINDS_NOTHING, MAKES_ITS_OWN):
            for name, call in calls.items():
                if name not in {"definitions.register", "intents.claim", "people.create"}:
                    asked(stores, name, call)
        stores.catalogs.publish("platform", Catalog())
    finally:
        event.remove(stores.database.engine, *listener)
    tables = "|".join(one.name for one in TENANT_TABLES)
    touches = re.compile(rf'(?:FROM|UPDATE|INTO) "?(?:{tables})"?[ \n(]')
    names = re.compile(r'INTO \S+ \("?tenant"?,|WHERE .*tenant"? = ', re.DOTALL)
    touching = [one for one in seen if touches.search(one)]
    assert len(touching) > len(FINDS_NOTHING)
    assert [one for one in touching if not names.search(one)] == []


def test_a_key_is_the_only_thing_that_is_looked_up_without_tenant(stores: Stores):
    key = stores.keys.issue(Principal(tenant="a", id="ada"), name="n", environment="e")
    holder = stores.keys.authenticate(key)
    assert holder is not None
    assert holder.principal == Principal(tenant="a", id="ada")
    with stores.database.reading() as session:
        ids = session.connection().execute(text("SELECT id FROM api_key")).scalars().all()
    assert len(set(ids)) == len(ids) == 1
