"""What is old is let go of, and nothing else."""

from datetime import timedelta

from public_works import Stores
from public_works.policies import PLATFORM
from public_works.record import now
from symphainy.delivery import Recipient, SmsMessage
from tests.public_works.rows import DECISION, NOON, one_of_everything
from workers.keeping import keep_to, periods
from workers.retention import let_go

DAY = timedelta(days=1)


def test_what_is_old_is_let_go_of_and_nothing_else(stores: Stores) -> None:
    message = SmsMessage(to=Recipient(address="+4366012345678"), sender="Acme", text="Hello")
    stores.recalled.keep("acme", "d-1", message)
    stores.answers.expect("acme", "run-1", "orders")
    for delivery, digest in (("d-1", "news"), ("d-2", "other")):
        window = {"data": {}, "now": now(), "window": DAY}
        stores.digests.join("acme", delivery, digest=digest, **window)
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
