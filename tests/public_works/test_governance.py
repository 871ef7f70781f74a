"""Caps, approvals, decisions, switches, catalogs and the outbox."""

from datetime import UTC, datetime, timedelta

import pytest

from public_works import Stores
from public_works.caps import Reservation
from symphainy.catalog import AdapterSpec, CapabilitySpec, Catalog
from symphainy.errors import Refused
from tests.public_works.rows import APPROVAL, DECISION, MESSAGE, NOON, PLACE
from workers.lapsing import lapse

DAY = timedelta(days=1)


def reserve(stores: Stores, key: str, now: datetime, **changes) -> Reservation:
    return stores.caps.reserve("acme", key=key, **PLACE | {"now": now} | changes)


def test_places_become_free_as_the_window_slides(stores: Stores):
    for n in range(3):
        assert reserve(stores, f"d{n}", NOON + n * DAY) == Reservation(
            granted=True, used=n + 1, free_at=None
        )
    full = Reservation(granted=False, used=3, free_at=NOON + 7 * DAY)
    assert reserve(stores, "d3", NOON + 6 * DAY) == full
    assert reserve(stores, "d3", full.free_at) == Reservation(granted=True, used=3, free_at=None)


def test_a_key_keeps_its_place_however_often_it_asks(stores: Stores):
    for _ in range(5):
        assert reserve(stores, "d0", NOON) == Reservation(granted=True, used=1, free_at=None)
    reserve(stores, "d1", NOON)
    reserve(stores, "d2", NOON)
    assert reserve(stores, "d0", NOON + 30 * DAY).granted
    assert not reserve(stores, "d3", NOON).granted


def test_scopes_and_policies_have_places_of_their_own(stores: Stores):
    for n in range(3):
        reserve(stores, f"d{n}", NOON)
    assert reserve(stores, "d3", NOON, scope="bob").granted
    assert reserve(stores, "d3", NOON, policy="other").granted


def test_a_released_place_can_be_taken(stores: Stores):
    for n in range(3):
        reserve(stores, f"d{n}", NOON)
    stores.caps.release("acme", "d1")
    assert (reserve(stores, "d3", NOON).granted, reserve(stores, "d1", NOON).granted) == (
        True,
        False,
    )


def test_a_cap_of_none_never_has_a_place(stores: Stores):
    assert reserve(stores, "d", NOON, max=0) == Reservation(granted=False, used=0, free_at=None)


def test_a_lowered_cap_waits_until_enough_places_are_free(stores: Stores):
    for n in range(3):
        reserve(stores, f"d{n}", NOON + n * DAY)
    assert reserve(stores, "d3", NOON + 3 * DAY, max=1).free_at == NOON + 9 * DAY


def request(stores: Stores, id: str = "a", **changes):
    return stores.approvals.request("acme", id=id, **APPROVAL | changes)


def test_asking_again_tells_how_it_stands(stores: Stores):
    asked = request(stores)
    assert (asked.state, asked.by, request(stores)) == ("pending", None, asked)
    decided = stores.approvals.decide("acme", "a", outcome="approved", by="bob", note="fine")
    assert (decided.state, decided.by, decided.note) == ("approved", "bob", "fine")
    assert request(stores) == stores.approvals.get("acme", "a") == decided


def test_the_same_decision_again_changes_nothing_and_another_is_refused(stores: Stores):
    request(stores)
    first = stores.approvals.decide("acme", "a", outcome="rejected", by="bob")
    assert stores.approvals.decide("acme", "a", outcome="rejected", by="eve") == first
    with pytest.raises(Refused, match=r"approval\.decided"):
        stores.approvals.decide("acme", "a", outcome="approved", by="eve")
    assert stores.approvals.get("acme", "a") == first


def test_nothing_is_approved_after_its_time(stores: Stores):
    request(stores, "late", expires=NOON - 365 * DAY)
    request(stores, "closed")
    assert stores.approvals.expire("acme", "closed").state == "expired"
    for id in ("late", "closed"):
        with pytest.raises(Refused, match=r"approval\.expired"):
            stores.approvals.decide("acme", id, outcome="approved", by="bob")


def test_what_nobody_answered_in_time_waits_no_more_and_is_closed_once(stores: Stores):
    request(stores, "late", expires=NOON)
    request(stores, "early", expires=NOON + 3650 * DAY)
    assert [one.id for one in stores.approvals.pending("acme")] == ["early"]
    late = stores.approvals.get("acme", "late")
    assert (late.state, late.decided) == ("expired", None)
    assert [lapse(stores, NOON) for _ in range(2)] == [1, 0]
    assert stores.approvals.get("acme", "late").decided is not None
    told = [one.envelope["type"] for one in stores.events.after("acme", "production", 0)]
    assert told.count("com.symphainy.approval.expired.v1") == 1
    acts = [(one.actor.id, one.action, one.subject.id) for one in stores.audit.list("acme")]
    assert acts == [("platform", "approval.expired", "late")]


def test_a_run_that_ended_asks_nothing_any_more_and_its_namesake_goes_on_asking(stores: Stores):
    request(stores, "a")
    ended = request(stores, "c", run="acme.dunning:8").created
    request(stores, "b")
    assert [stores.approvals.close("acme", APPROVAL["run"], ended) for _ in range(2)] == [1, 0]
    assert [one.id for one in stores.approvals.pending("acme")] == ["c", "b"]


def test_what_a_run_has_taken_is_kept_although_it_was_late_by_the_clock(stores: Stores):
    request(stores, "late", expires=NOON)
    assert lapse(stores, NOON) == 1
    answer = {"outcome": "approved", "by": "bob"}
    assert stores.approvals.decide("acme", "late", **answer, taken=True).state == "approved"
    with pytest.raises(Refused, match=r"approval\.decided"):
        stores.approvals.decide("acme", "late", outcome="rejected", by="eve", taken=True)


def test_what_was_answered_does_not_expire(stores: Stores):
    request(stores)
    decided = stores.approvals.decide("acme", "a", outcome="approved", by="bob")
    assert stores.approvals.expire("acme", "a") == decided


def test_pending_approvals_come_in_pages_oldest_first(stores: Stores):
    for id in ("c", "a", "b", "d"):
        request(stores, id)
    stores.approvals.decide("acme", "a", outcome="approved", by="bob")
    first = [one.id for one in stores.approvals.pending("acme", None, 2)]
    stores.approvals.decide("acme", first[-1], outcome="approved", by="bob")
    rest = [one.id for one in stores.approvals.pending("acme", first[-1], 2)]
    assert (first, rest) == (["c", "b"], ["d"])


def test_a_decision_is_kept_once_and_as_it_was(stores: Stores):
    stores.decisions.record("acme", id="p1", **DECISION)
    stores.decisions.record("acme", id="p1", **DECISION | {"outcome": "allow"})
    stores.decisions.record("acme", id="p0", **DECISION | {"at": NOON + DAY, "policy": None})
    kept = [one.model_dump() for one in stores.decisions.list("acme", DECISION["run"])]
    assert kept == [
        {"tenant": "acme", "id": "p1", **DECISION},
        {"tenant": "acme", "id": "p0", **DECISION, "at": NOON + DAY, "policy": None},
    ]


def test_a_switch_stops_until_it_is_turned_back(stores: Stores):
    stores.switches.set("acme", "tenant", True, "ada", "incident")
    stores.switches.set("acme", "capability:insights.score", True, "ada", "wrong scores")
    stores.switches.set("acme", "tenant", False, "ada", "over")
    assert stores.switches.active("acme") == frozenset({"capability:insights.score"})


def capability(name: str, version: str = "1.0.0", queue: str = "platform") -> CapabilitySpec:
    return CapabilitySpec(
        name=name,
        version=version,
        effect="none",
        summary="",
        description="",
        takes={},
        gives={},
        queue=queue,
    )


def adapter(name: str, queue: str = "platform") -> AdapterSpec:
    return AdapterSpec(
        name=name,
        channel="email",
        version="1.0.0",
        summary="",
        description="",
        settings={},
        promise="at most once",
        queue=queue,
    )


def offer(*names: str, queue: str = "platform", adapters: tuple[str, ...] = ()) -> Catalog:
    return Catalog(
        capabilities=tuple(capability(one, queue=queue) for one in names),
        adapters=tuple(adapter(one, queue=queue) for one in adapters),
    )


def test_the_catalog_is_what_all_pools_published_last(stores: Stores):
    before = datetime.now(UTC)
    stores.catalogs.publish("platform", offer("a.x", "a.y", adapters=("smtp",)))
    stores.catalogs.publish("gpu", offer("a.z", queue="gpu"))
    stores.catalogs.publish("platform", offer("a.x", adapters=("smtp",)))
    read = stores.catalogs.read()
    assert [one.name for one in read.capabilities] == ["a.z", "a.x"]
    assert read.adapters == (adapter("smtp"),)
    pools = stores.catalogs.pools()
    assert [pool for pool, _ in pools] == ["gpu", "platform"]
    assert all(before <= at <= datetime.now(UTC) for _, at in pools)


@pytest.mark.parametrize(
    "taken", [offer("a.x", queue="gpu"), offer(queue="gpu", adapters=("smtp",))]
)
def test_a_name_that_another_pool_serves_elsewhere_is_refused(stores: Stores, taken: Catalog):
    kept = offer("a.x", adapters=("smtp",))
    stores.catalogs.publish("platform", kept)
    with pytest.raises(Refused, match=r"catalog\.taken"):
        stores.catalogs.publish("gpu", taken)
    assert (stores.catalogs.read(), len(stores.catalogs.pools())) == (kept, 1)


def test_another_major_version_or_the_same_queue_is_no_conflict(stores: Stores):
    stores.catalogs.publish("platform", offer("a.x"))
    stores.catalogs.publish("gpu", Catalog(capabilities=(capability("a.x", "2.0.0", "gpu"),)))
    stores.catalogs.publish("second", offer("a.x"))
    versions = [(one.version, one.queue) for one in stores.catalogs.read().capabilities]
    assert versions == [("2.0.0", "gpu"), ("1.0.0", "platform")]


def test_a_message_is_in_the_outbox_once_and_as_it_was_sent(stores: Stores):
    sent = stores.outbox.put("acme", delivery="d", **MESSAGE)
    again = stores.outbox.put("acme", delivery="d", **MESSAGE | {"subject": "other"})
    assert again == sent == stores.outbox.find("acme", "d") == stores.outbox.get("acme", sent.id)
    assert sent.model_dump() == MESSAGE | {
        "tenant": "acme",
        "delivery": "d",
        "id": sent.id,
        "at": sent.at,
        "kind": None,
        "document": None,
        "customer": None,
        "experience": None,
        "thread": None,
        "acts": (),
    }
    assert stores.outbox.find("acme", "other") is None


def test_the_outbox_comes_in_pages_newest_first(stores: Stores):
    sent = [stores.outbox.put("acme", delivery=f"d{n}", **MESSAGE) for n in range(3)]
    first = stores.outbox.list("acme", None, 2)
    assert first == [sent[2], sent[1]]
    assert stores.outbox.list("acme", first[-1].id, 2) == [sent[0]]
    with pytest.raises(Refused, match=r"store\.cursor"):
        stores.outbox.list("acme", "nothing")


def test_messages_of_one_thread_are_found_together_and_its_newest_alone(stores: Stores):
    def put(delivery: str, **more: object) -> str:
        return stores.outbox.put("acme", delivery=delivery, **MESSAGE | more).id

    first, other = put("d1", thread="T-1"), put("d2", thread="T-2")
    put("d3", thread="T-1", channel="sms")
    last, alone = put("d4", thread="T-1"), put("d5")

    assert [one.id for one in stores.outbox.thread("acme", first)] == [first, last]
    assert [one.id for one in stores.outbox.thread("acme", alone)] == [alone]
    newest = stores.outbox.list("acme", channel="email", latest=True)
    assert [one.id for one in newest] == [alone, last, other]


def test_messages_are_found_by_channel_run_customer_and_words(stores: Stores):
    def put(delivery: str, **more: object) -> str:
        return stores.outbox.put("acme", delivery=delivery, **MESSAGE | more).id

    plain, text = put("d1"), put("d2", channel="sms", to="+4366012345678", text="100% Ärger")
    ada = put("d3", customer="ada", run="acme.dunning:8", subject="")

    def found(**wanted: str) -> list[str]:
        return [one.id for one in stores.outbox.list("acme", **wanted)]

    assert found(channel="sms") == [text]
    assert found(run="acme.dunning:8") == found(customer="ada") == [ada]
    assert found(words="REMINDER") == [text, plain]
    assert found(words="0% Ä") == found(words="+4366") == [text]
    assert found(words="a_b") == []


def test_of_two_who_act_at_once_one_acts(stores: Stores):
    id = stores.outbox.put("acme", delivery="d", **MESSAGE).id

    assert stores.outbox.act("acme", id, {"act": "open"}, 0).acts == ({"act": "open"},)
    assert stores.outbox.act("acme", id, {"act": "drop"}, 0) is None
    assert stores.outbox.act("acme", id, {"act": "click"}, 1) == stores.outbox.get("acme", id)
