"""The event hub: an event and a listener see each other once, whichever comes first."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from public_works import Stores
from public_works.events import Backlog, Events
from public_works.events.log import MOST_HOPS
from public_works.record import now
from symphainy.errors import Refused
from symphainy.event import Bound, Criterion, Link
from symphainy.identity import Principal
from symphainy.json import Json
from tests.public_works.rows import EVENT, LISTENER, NOON, PROOF, RUN, accept
from tests.public_works.test_concurrency import FIFTY, at_once

ADA = Principal(tenant="acme", id="ada")
# As SQLite keeps moments and PostgreSQL reads them.
LONG_AGO = "2020-01-01 00:00:00.000000"


def waiting(invoice: str | None, type_: str = "paid") -> list[Bound]:
    """A filter for the events of one invoice, or of the first that comes."""
    link = Link(source="${ .data.id }", expect=invoice)
    return [Bound(tests={"type": Criterion(how="like", what=type_)}, links={"invoice": link})]


def listen(stores: Stores, tenant: str = "acme", **changes) -> Backlog:
    return stores.events.listen(tenant, **LISTENER | changes)


def targets(stores: Stores, tenant: str = "acme", **attributes: Json) -> list[str]:
    return [one.target for one in accept(stores, tenant, **attributes).handovers]


def test_an_event_goes_to_those_that_listen_for_it(stores: Stores):
    listen(stores, listener="l7", workflow="w7", filters=waiting("7"))
    listen(stores, listener="l8", workflow="w8", filters=waiting("8"))
    listen(stores, listener="l9", workflow="w9", filters=waiting(None))
    listen(stores, listener="lp", workflow="wp", filters=waiting("7", "pa.*"))
    listen(stores, listener="lo", workflow="wo", filters=waiting("7", "ordered"))
    listen(stores, listener="le", workflow="we", filters=[Bound()])
    listen(stores, listener="ls", workflow="ws", filters=[Bound()], environment="staging")
    listen(stores, "evil", listener="l1", workflow="w1", filters=[Bound()])
    assert sorted(targets(stores)) == ["w7", "w9", "we", "wp"]
    assert sorted(targets(stores, id="e2", data=None)) == ["we"]


def test_an_event_that_was_accepted_changes_nothing_again(stores: Stores):
    listen(stores)
    first, again = accept(stores, "acme"), accept(stores, "acme", data={"id": 8})
    assert (first.new, len(first.handovers)) == (True, 1)
    assert (again.new, again.seq, again.handovers) == (False, first.seq, ())
    assert accept(stores, "acme", source="/other").new
    assert accept(stores, "evil").new


def test_a_listener_finds_what_came_before_it_since_its_run_began(stores: Stores):
    accept(stores, "acme")
    later = now() + timedelta(seconds=1)
    assert listen(stores, since=later).events == ()
    assert listen(stores, listener="l2").events == ((1, EVENT),)
    assert listen(stores, "evil").events == ()
    assert listen(stores, listener="l3", environment="staging").events == ()


def test_what_was_taken_is_not_told_again(stores: Stores):
    for n in range(1, 5):
        accept(stores, "acme", id=f"e{n}")
    told = [
        [seq for seq, _ in listen(stores, **asked).events]
        for asked in ({}, {"taken": [2]}, {"after": 1, "taken": [3]}, {"after": 4})
    ]
    assert told == [[1, 2, 3, 4], [1, 3, 4], [2, 4], []]


def test_who_asks_again_is_told_the_same(stores: Stores):
    accept(stores, "acme")
    assert listen(stores, taken=[]) == listen(stores, taken=[])
    assert len(targets(stores, id="e2")) == 1


def test_a_closed_listener_hears_nothing(stores: Stores):
    listen(stores)
    listen(stores, listener="l2", filters=waiting("7"), closed=["l1"])
    assert targets(stores, data={"id": 8}) == []
    assert targets(stores, id="e2") == [RUN]


def test_a_run_that_is_hushed_hears_only_what_it_listens_for(stores: Stores):
    for n in "789":
        listen(stores, listener=f"l{n}", filters=waiting(n))
    listen(stores, listener="other", workflow="other")
    stores.events.hush("acme", RUN, ["l8"])
    heard = [sorted(targets(stores, id=f"e{n}", data={"id": n})) for n in (7, 8, 9)]
    assert heard == [["other"], [RUN, "other"], ["other"]]


def test_listeners_are_gone_through_in_order(stores: Stores):
    for tenant, workflow in (("b", "b/2"), ("a", "a/1"), ("b", "b/1")):
        listen(stores, tenant, workflow=workflow, listener=workflow)
    assert stores.events.listeners(("", ""), 2) == [("a", "a/1"), ("b", "b/1")]
    assert stores.events.listeners(("b", "b/1")) == [("b", "b/2")]


def test_a_long_backlog_is_told_in_parts(stores: Stores):
    for n in range(250):
        accept(stores, "acme", id=f"e{n}")
    seen: list[int] = []
    after, more = 0, True
    while more:
        part = listen(stores, after=after)
        seen += [seq for seq, _ in part.events]
        after, more = part.after, part.more
    assert (seen, after) == ([*range(1, 251)], 250)


def test_a_large_backlog_is_told_in_parts(stores: Stores):
    for n in range(4):
        accept(stores, "acme", id=f"e{n}", data="x" * 200_000)
    part = listen(stores)
    assert ([seq for seq, _ in part.events], part.after, part.more) == ([1, 2], 2, True)


def test_what_was_not_handed_over_is_found_again(stores: Stores):
    listen(stores)
    (handover,) = accept(stores, "acme").handovers
    (left,) = stores.events.pending(now() + timedelta(seconds=1))
    assert left == handover
    assert stores.events.pending(handover_time(stores)) == []
    stores.events.settle(left, "done")
    assert stores.events.pending(now() + timedelta(seconds=1)) == []


def test_what_cannot_be_handed_over_waits_behind_others(stores: Stores):
    listen(stores)
    (stuck,) = accept(stores, "acme").handovers
    (other,) = accept(stores, "acme", id="e2").handovers

    for _ in range(3):
        stores.events.postpone(stuck)

    later = (timedelta(seconds=1), timedelta(seconds=41), timedelta(minutes=11))
    found = [stores.events.pending(now() + one) for one in later]
    both = [(other.seq, 0), (stuck.seq, 3)]
    assert [[(one.seq, one.tries) for one in some] for some in found] == [both[:1], both, both]


def handover_time(stores: Stores):
    (record,) = stores.events.page("acme", "production")
    return record.accepted


def test_of_a_run_that_is_gone_nothing_is_left(stores: Stores):
    listen(stores)
    accept(stores, "acme")
    stores.events.gone("acme", RUN)
    assert stores.events.pending(now() + timedelta(seconds=1)) == []
    assert targets(stores, id="e2") == []


def test_old_events_are_forgotten_and_places_go_on(stores: Stores):
    for n in range(3):
        accept(stores, "acme", id=f"e{n}")
    accept(stores, "evil")
    assert stores.events.forget(NOON) == 0
    assert stores.events.forget(now() + timedelta(seconds=1)) == 2
    assert [one.seq for one in stores.events.page("acme", "production")] == [3]
    assert accept(stores, "acme", id="e9").seq == 4
    assert accept(stores, "evil", id="e9").seq == 2


def test_pages_go_from_the_newest_down(stores: Stores):
    for n, type_ in enumerate(["paid", "ordered", "paid", "paid"], 1):
        accept(stores, "acme", id=f"e{n}", type=type_)
    page = stores.events.page("acme", "production", type="paid", limit=2)
    assert [one.seq for one in page] == [4, 3]
    rest = stores.events.page("acme", "production", type="paid", before=3)
    assert [(one.seq, one.envelope) for one in rest] == [(1, EVENT)]


@pytest.mark.parametrize("round", range(2))
def test_fifty_events_and_fifty_listeners_at_once_all_meet(stores: Stores, round: int):
    events = Events(stores.database)

    def one(n: int) -> list[tuple[str, int]]:
        if n % 2:
            found = events.listen("acme", **LISTENER | {"listener": f"l{n}", "workflow": f"w{n}"})
            return [(f"w{n}", seq) for seq, _ in found.events]
        handed = accept(stores, "acme", id=f"e{n}").handovers
        return [(each.target, each.seq) for each in handed]

    met = [pair for pairs in at_once(one) for pair in pairs]
    runs = [f"w{n}" for n in range(FIFTY) if n % 2]
    assert sorted(met) == sorted((run, seq) for run in runs for seq in range(1, FIFTY // 2 + 1))


def change(stores: Stores, statement: str, **values: object) -> None:
    with stores.database.session() as session:
        session.connection().execute(text(statement), values)


def because(stores: Stores, id: str, cause: int | None, depth: int = 0) -> int:
    """The place of an event told because of another one."""
    given = {"environment": "production", "envelope": {**EVENT, "id": id}, "by": ADA}
    return stores.events.accept("acme", **given, cause=cause, depth=depth).seq


def led(stores: Stores, seq: int) -> tuple[int, int]:
    query = "SELECT depth, hops FROM cloud_event WHERE tenant = 'acme' AND seq = :seq"
    with stores.database.reading() as session:
        depth, hops = session.connection().execute(text(query), {"seq": seq}).one()
        return int(depth), int(hops)


def test_an_event_knows_how_many_led_to_it(stores: Stores):
    first = because(stores, "1", None, depth=3)
    second = because(stores, "2", first)
    third = because(stores, "3", second, depth=1)
    assert [led(stores, one) for one in (first, second, third)] == [(3, 0), (3, 1), (3, 2)]
    assert led(stores, because(stores, "4", 99)) == (0, 0)


def test_one_hop_too_many_is_a_loop_that_ends_and_nothing_is_kept_of_it(stores: Stores):
    first = because(stores, "1", None)
    change(stores, "UPDATE cloud_event SET hops = :n", n=MOST_HOPS - 1)
    second = because(stores, "2", first)
    with pytest.raises(Refused, match=r"event\.loop"):
        because(stores, "3", second)
    assert stores.events.last("acme") == second


def test_who_takes_its_time_begins_anew_to_be_counted(stores: Stores):
    first = because(stores, "1", None)
    change(stores, "UPDATE cloud_event SET hops = :n, accepted = :at", n=MOST_HOPS, at=LONG_AGO)
    assert led(stores, because(stores, "2", first)) == (0, 0)


def test_proofs_are_forgotten_those_that_never_grow_stale_after_a_year(stores: Stores):
    for n, lasting in ((1, False), (2, True)):
        proof = PROOF.model_copy(update={"name": f"n{n}", "request": f"r{n}", "lasting": lasting})
        accept(stores, "acme", proof, id=f"e{n}")
    stores.events.forget(now() + timedelta(days=1))
    again = PROOF.model_copy(update={"name": "n2", "request": "r2", "lasting": True})
    with pytest.raises(Refused, match=r"source\.replayed"):
        accept(stores, "acme", again, id="e3")

    change(stores, "UPDATE event_proof SET at = :at", at=LONG_AGO)
    stores.events.forget(now() - timedelta(days=30))
    assert accept(stores, "acme", again, id="e4").new


def test_what_is_told_of_many_tenants_is_told_in_turns(stores: Stores):
    for tenant, many in (("acme", 5), ("evil", 2)):
        for n in range(many):
            stores.events.tell(tenant, "x.y", environment="production", subject=f"{n}", data={})
    found = [(one.tenant, one.seq) for one in stores.events.untold(4)]
    assert sorted(found) == [("acme", 1), ("acme", 2), ("evil", 1), ("evil", 2)]
