"""What is old is let go of, and nothing else."""

from datetime import timedelta

from public_works import Stores
from public_works.record import now
from symphainy.delivery import Recipient, SmsMessage
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
