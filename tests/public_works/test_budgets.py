"""Budgets: so much and no more, whoever asks at once, and nothing is lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from public_works import Stores
from public_works.caps import LEASE, Place, Reservation
from public_works.caps import take as take_place
from tests.public_works.rows import DECISION, MADE_ON, NOON

BUDGET = {"policy": "tenant/money", "scope": "acme", "window": timedelta(days=1), "now": NOON}


def take(stores: Stores, key: str, amount: int, **more) -> Reservation:
    return stores.caps.reserve("acme", key=key, **{**BUDGET, "max": 100, "amount": amount, **more})


def test_fifty_at_once_never_take_more_than_there_is(stores: Stores):
    with ThreadPoolExecutor(50) as pool:
        made = list(pool.map(lambda n: take(stores, f"d{n}", 7), range(50)))

    assert sum(one.granted for one in made) == 14
    assert take(stores, "more", 2).granted
    assert not take(stores, "yet more", 1).granted


def test_who_asks_again_pays_once(stores: Stores):
    for _ in range(3):
        assert take(stores, "d", 60) == Reservation(granted=True, used=60, free_at=None)
    assert not take(stores, "e", 60).granted


def test_what_has_not_begun_in_time_is_free_again(stores: Stores):
    assert take(stores, "killed", 100, begun=False).granted
    assert not take(stores, "next", 100).granted
    later = NOON + LEASE
    assert take(stores, "next", 100, now=later).granted
    assert not take(stores, "killed", 100, now=later).granted


def test_what_has_begun_stays_taken(stores: Stores):
    take(stores, "slow", 100, begun=False)
    assert stores.caps.begin("acme", ["slow"], NOON)
    assert stores.caps.begin("acme", ["slow"], NOON + LEASE)
    assert not take(stores, "next", 100, now=NOON + LEASE).granted


def test_what_begins_too_late_has_to_ask_anew(stores: Stores):
    take(stores, "late", 100, begun=False)
    assert not stores.caps.begin("acme", ["late"], NOON + LEASE)


def test_what_a_person_allowed_is_counted_too(stores: Stores):
    take(stores, "first", 100)
    with stores.database.writing() as connection:
        place = Place("tenant/money", "acme", "more", 100, timedelta(days=1), 50, forced=True)
        assert take_place(connection, "acme", place, NOON).used == 150
    stores.caps.release("acme", "first")
    assert not take(stores, "next", 60).granted


def test_what_decisions_were_made_on_is_kept_for_a_while(stores: Stores):
    for n in range(3):
        at = NOON + timedelta(days=n)
        decision = {**DECISION, "at": at, "evidence": MADE_ON}
        stores.decisions.record("acme", id=f"p{n}", **decision)

    first, second, _ = stores.decisions.made("acme", NOON)
    after = (first.at, first.id)
    assert (first.solution, first.evidence["step"]) == ("acme.dunning", {"task": "remind"})
    assert [one.id for one in stores.decisions.made("acme", NOON, after=after)] == ["p1", "p2"]
    assert stores.decisions.made("acme", NOON, solution="acme.other") == []
    assert stores.decisions.forget(second.at) == 1
    assert [one.id for one in stores.decisions.made("acme", NOON)] == ["p1", "p2"]
    assert len(stores.decisions.list("acme", DECISION["run"])) == 3
