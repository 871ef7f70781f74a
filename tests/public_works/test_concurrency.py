"""Fifty at once: what must happen once happens once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

from public_works.caps import Caps
from public_works.database import Database
from public_works.intents import Intents
from public_works.ledger import Ledger

FIFTY = 50


def at_once(call):
    """What `call(n)` gave for n in 0..49, all started together."""
    barrier = Barrier(FIFTY)

    def one(n):
        barrier.wait()
        return call(n)

    with ThreadPoolExecutor(FIFTY) as threads:
        return list(threads.map(one, range(FIFTY)))


def test_of_fifty_claims_of_one_delivery_exactly_one_may_send(db: Database):
    ledger = Ledger(db)
    ledger.plan("acme", id="d", solution="s", run="r", step="p", channel="email", binding="b")
    claims = at_once(lambda _: ledger.claim("acme", "d", binding="b", provider="smtp"))
    assert Counter(one.kind for one in claims) == {"send": 1, "unsure": 49}
    assert [one.n for one in ledger.attempts("acme", "d")] == [1]
    assert ledger.get("acme", "d").state == "unknown"


def test_of_fifty_reservations_with_three_places_exactly_three_are_granted(db: Database):
    caps, now = Caps(db), datetime(2026, 3, 1, tzinfo=UTC)
    answers = at_once(
        lambda n: caps.reserve(
            "acme",
            policy="enough",
            scope="anna",
            key=f"d{n}",
            max=3,
            window=timedelta(days=7),
            now=now,
        )
    )
    assert Counter(one.granted for one in answers) == {True: 3, False: 47}


def test_of_fifty_claims_of_one_key_one_is_new_and_all_name_its_run(db: Database):
    intents = Intents(db)
    claims = at_once(
        lambda n: intents.claim("acme", "k", fingerprint="f", solution="s", run=f"r{n}")
    )
    assert Counter(one.new for one in claims) == {True: 1, False: 49}
    assert len({one.run for one in claims}) == 1


def test_fifty_plans_of_one_delivery_are_one_delivery(db: Database):
    ledger = Ledger(db)
    fields = {"solution": "s", "run": "r", "step": "p", "channel": "email", "binding": "b"}
    planned = at_once(lambda _: ledger.plan("acme", id="d", **fields))
    assert {one.created for one in planned} == {ledger.list("acme")[0].created}
