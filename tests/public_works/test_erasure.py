"""A customer who is forgotten is nowhere any more, and nobody else is touched."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from public_works import Stores
from public_works.erasure import RULES
from public_works.events import Start
from public_works.record import now
from public_works.tables import METADATA
from smart_city.audit_verification import verify
from smart_city.signing import Keyring
from symphainy.errors import Refused
from symphainy.event import identity
from symphainy.identity import Principal
from tests.public_works.rows import DELIVERY, one_of_everything
from tests.public_works.test_tenants import rows

RUN = DELIVERY["run"]
SAID = ("anna", "please pay", "hello")


def left(stores: Stores, tenant: str) -> dict[str, list[Any]]:
    """Rows of the tenant that tell of Anna, by table."""
    found = {
        name: [row for row in some if any(one in repr(row).lower() for one in SAID)]
        for name, some in rows(stores.database, tenant).items()
    }
    return {name: some for name, some in found.items() if some}


def erase(stores: Stores, tenant: str) -> Any:
    subject = stores.audit.token(tenant, "anna")
    return stores.erasures.erase(tenant, "anna", [RUN], subject=subject, by="dpo", reason="asked")


def test_every_table_of_tenants_says_what_becomes_of_it() -> None:
    tables = {name for name, one in METADATA.tables.items() if not one.info.get("global")}

    assert tables == set(RULES)
    for name, rule in RULES.items():
        columns = METADATA.tables[name].columns
        assert {rule.column or "tenant", *rule.blank} <= {one.name for one in columns}
        assert rule.keeps or rule.column or rule.of


def test_nothing_tells_of_somebody_forgotten(stores: Stores) -> None:
    one_of_everything(stores, "a")
    one_of_everything(stores, "b")
    others = rows(stores.database, "b")
    assert {"customer", "outbox_message", "inbound_message", "session"} <= left(stores, "a").keys()

    erased = erase(stores, "a")
    assert left(stores, "a").keys() == {"erasure"}
    settled = stores.erasures.again(erased, [RUN], last=True)

    assert left(stores, "a") == {}
    assert rows(stores.database, "b") == others
    assert (settled.customer, settled.settled is not None) == (None, True)
    assert erased.counts["customer"] == erased.counts["session"] == 1
    assert erased.id not in {one.id for one in stores.erasures.unsettled()}


def test_that_something_was_sent_stays_and_to_whom_does_not(stores: Stores) -> None:
    one_of_everything(stores, "a")
    erase(stores, "a")

    kept = stores.ledger.get("a", "d")
    assert kept is not None
    assert (kept.state, kept.run, kept.channel) == ("delivered", RUN, "email")
    assert (kept.customer, kept.address_hash, kept.content_hash) == (None, None, None)
    assert [one.reason for one in stores.suppressions.list("a")] == ["opted_out"]


def test_the_audit_chain_stays_whole_and_its_tokens_say_nothing_any_more(stores: Stores) -> None:
    one_of_everything(stores, "a")
    token = stores.audit.token("a", "anna")
    assert stores.audit.token("a", "anna") == token

    assert erase(stores, "a").subject == token

    assert stores.audit.token("a", "anna") != token
    chain = stores.audit.chain("a")
    keys = Keyring.from_pems([])
    found = verify("a", chain.records, head=chain.head, checkpoints=(), keys=keys)
    assert (found.broken, found.records > 1) == (None, True)


def test_what_comes_in_later_is_let_go_of_too(stores: Stores) -> None:
    one_of_everything(stores, "a")
    erased = erase(stores, "a")
    stores.customers.upsert("a", "anna", name="Anna")

    again = stores.erasures.again(erased, [], last=False)

    assert stores.customers.get("a", "anna") is None
    assert again.counts["customer"] == erased.counts["customer"] + 1
    assert erased.id in {one.id for one in stores.erasures.unsettled()}
    with pytest.raises(Refused, match=r"erasure\.missing"):
        stores.erasures.again(erased.model_copy(update={"tenant": "b"}), [], last=True)


def told(stores: Stores, **envelope: Any) -> int:
    """Where an event of tenant a is."""
    by = Principal(tenant="a", id="shop", kind="service")
    known = {"specversion": "1.0", "source": "/shop", "type": "com.acme.news.v1", **envelope}
    origin = known.pop("origin", None)
    starts = known.pop("starts", ())
    return stores.events.accept(
        "a", environment="test", envelope=known, by=by, starts=starts, origin=origin
    ).seq


def test_events_about_them_are_emptied_wherever_they_are_on_their_way(stores: Stores) -> None:
    said = {"word": "A secret"}
    stores.webhooks.create("a", "feed", "https://feed.example/hook", types=["*"])
    start = Start(target="start:intent:acme.dunning:go", details={"payload": said})
    theirs = {
        "subject": told(stores, id="1", subject="anna", data=said),
        "named": told(stores, id="2", data={**said, "customer": "anna"}),
        "of their run": told(stores, id="3", data={**said, "run": "acme.dunning:9"}),
        "emitted": told(stores, id="4", data=said, origin={"run": "acme.dunning:9", "key": "k"}),
        "begun with": told(stores, id="5", data=said, starts=[start]),
    }
    began = stores.events.pending(now())[0]
    name = identity("test", began.envelope)
    stores.events.settle(began, "dead", "intent.input: A secret")
    key = f"event|{name}|{began.target}"
    stores.intents.claim("a", key, fingerprint="f", solution="acme.dunning", run="acme.dunning:9")
    others = [
        told(stores, id="6", subject="annabel", data=said),
        told(stores, id="7", data={**said, "note": "anna"}),
    ]
    stores.posts.fan_out()

    known = {"subject": "t", "by": "dpo", "reason": "asked"}
    erased = stores.erasures.erase("a", "anna", ["acme.dunning:9"], **known)

    full = {one.seq for one in stores.events.after("a", "test", 0) if "data" in one.envelope}
    assert full == {*others}
    assert erased.counts["cloud_event"] == len(theirs)
    assert stores.letters.list("a") == []
    assert {one.seq for one in stores.posts.due(timedelta(seconds=1))} == {*others}
    assert "A secret" not in repr(rows(stores.database, "a")["event_handover"])


def test_a_key_of_theirs_is_thrown_away_and_no_other(stores: Stores) -> None:
    anna, bob = (stores.run_keys.make("a", f"a/acme.x/{one}", one) for one in ("anna", "bob"))
    assert stores.erasures.runs("a", "anna") == {"acme.x:anna"}

    erase(stores, "a")
    stores.run_keys.leave(["a/acme.x/anna"])

    keys = stores.data_keys
    assert (keys.known(anna.id), keys.find(anna.id)) == (None, None)
    assert keys.current("a", "a/acme.x/anna").id == keys.current("a").id
    assert keys.current("a", "a/acme.x/bob").id == bob.id
    assert stores.run_keys.make("a", "a/acme.x/anna", "anna").id != anna.id


def test_a_key_that_opens_nothing_any_more_is_found_and_one_that_is_wanted_again_stays(
    stores: Stores,
) -> None:
    for one in (1, 2):
        stores.run_keys.make("a", f"a/acme.x/{one}", "anna")
    assert stores.run_keys.unasked() == []
    _asked(stores, now() - timedelta(days=8))

    first, second = stores.run_keys.unasked()
    assert stores.run_keys.unasked() == []
    earlier = _asked(stores, now() - timedelta(days=4))
    first, second = (one.model_copy(update={"checked": earlier}) for one in (first, second))
    stores.run_keys.make("a", second.workflow, "anna")

    assert [stores.run_keys.discard(one) for one in (first, second)] == [True, False]
    assert stores.run_keys.workflows("a", "anna") == [second.workflow]


def _asked(stores: Stores, moment: datetime) -> datetime:
    """Have it that keys were asked after then."""
    table = METADATA.tables["run_key"]
    with stores.database.session() as session:
        session.connection().execute(table.update().values(checked=moment))
    return moment


def test_who_is_known_by_runs_alone_is_forgotten_and_of_nobody_that_is_said(
    stores: Stores,
) -> None:
    known = {"subject": "t", "by": "dpo", "reason": "asked"}
    erased = stores.erasures.erase("a", "somebody", ["acme.dunning:9"], **known)

    assert (erased.counts, erased.at <= now()) == ({}, True)
    assert stores.erasures.list("a") == [erased]
    assert stores.erasures.get("a", erased.id) == erased
    with pytest.raises(Refused, match=r"customer\.missing"):
        stores.erasures.erase("a", "nobody", [], **known)
    assert stores.erasures.list("a") == [erased]
