"""What is old is let go of, and nothing else."""

from datetime import timedelta

from public_works import Stores
from public_works.policies import PLATFORM
from public_works.record import now
from public_works.retained import Retained
from symphainy.delivery import Recipient, SmsMessage
from symphainy.json import digest
from tests.public_works.rows import DECISION, NOON, RECEIPT, VERSION, one_of_everything
from workers.keeping import keep_to, periods
from workers.retention import let_go

DAY = timedelta(days=1)


def test_what_is_old_is_let_go_of_and_nothing_else(stores: Stores) -> None:
    message = SmsMessage(to=Recipient(address="+4366012345678"), sender="Acme", text="Hello")
    stores.recalled.keep("acme", "d-1", message)
    stores.answers.expect("acme", "run-1", "orders")
    for delivery, name in (("d-1", "news"), ("d-2", "other")):
        window = {"data": {}, "now": now(), "window": DAY}
        stores.digests.join("acme", delivery, digest=name, **window)
    stores.digests.close("acme", "d-1")

    assert let_go(stores, 30 * DAY, now()) == _counts()
    assert let_go(stores, 30 * DAY, now() + 8 * DAY) == _counts(messages=1)
    assert let_go(stores, 30 * DAY, now() + 40 * DAY) == _counts(answers=1, digests=1)
    assert stores.digests.get("acme", "d-2") is not None


def _counts(**more: int) -> dict[str, int]:
    return {"messages": 0, "callbacks": 0, "answers": 0, "digests": 0, **more}


async def test_policies_say_how_long_what_a_solution_leaves_is_kept(stores: Stores) -> None:
    briefly = {"kind": "retention", "facts": "P1D", "outbox": "P2D"}
    one_of_everything(stores, "acme")
    stores.policies.put("acme", {"policies": {"briefly": briefly}}, by="ada")
    stores.policies.put(PLATFORM, {"policies": {"long": {**briefly, "facts": "P9D"}}}, by="ada")
    solution = stores.definitions.solutions("acme")[0].name

    assert periods(stores)["acme", solution] == {"facts": DAY, "outbox": 2 * DAY}
    assert (await keep_to(stores, None, NOON + DAY))["facts"] == 0
    assert (await keep_to(stores, None, NOON + DAY + DAY))["facts"] == 1
    assert stores.decisions.made("acme", NOON) == []
    assert len(stores.decisions.list("acme", DECISION["run"])) == 1


def test_what_a_run_leaves_beside_its_history_goes_with_it(stores: Stores) -> None:
    retained, later = Retained(stores.database), now() + DAY
    one_of_everything(stores, "acme")
    one_of_everything(stores, "other")
    run = DECISION["run"]
    answered = {"delivery": "d", "status": 200, "body": {"name": "Anna"}, "headers": {}}
    stores.answers.give("acme", run, "orders", **answered)
    stores.ledger.move("acme", "d", "delivered", gave={"digits": "7"})
    stores.ledger.record_event("acme", "d", **{**RECEIPT, "event": "answered", "detail": "Anna"})
    assert retained.left("acme", "acme.dunning", NOON - 900 * DAY) == [run]

    assert retained.left("acme", "acme.dunning", later) == [run]
    assert retained.left("acme", "acme.dunning", later, run) == []
    assert retained.left("acme", "acme.other", later) == []
    assert retained.runs("acme", [run]) == 5

    assert retained.left("acme", "acme.dunning", later) == []
    assert retained.left("other", "acme.dunning", later) == [run]
    kept = stores.ledger.get("acme", "d")
    assert kept is not None
    assert (kept.state, kept.gave) == ("delivered", None)
    assert [one.detail for one in stores.ledger.events("acme", "d")] == [None, None]
    assert stores.answers.get("acme", run, "orders") is None
    assert stores.spans.of_run("acme", run) == []
    assert stores.inbound.known("acme", channel="email", adapter="smtp", provider_id="w1") is None


async def test_a_version_that_is_none_any_more_keeps_nobody_from_letting_go(
    stores: Stores,
) -> None:
    one_of_everything(stores, "acme")
    odd = {**VERSION["plan"], "policies": {"x": {"kind": "of long ago"}}}
    version = {**VERSION, "digest": "sha256:d9", "plan": odd, "plan_digest": digest(odd)}
    stores.definitions.register("acme", "acme.aged", "1.0.0", **version)
    briefly = {"kind": "retention", "facts": "P1D"}
    stores.policies.put("acme", {"policies": {"briefly": briefly}}, by="ada")

    assert periods(stores) == {
        ("acme", "acme.aged"): {"facts": DAY},
        ("acme", "acme.dunning"): {"facts": DAY},
    }
    assert (await keep_to(stores, None, NOON + 2 * DAY))["facts"] == 1
