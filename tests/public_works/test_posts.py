"""What stores tell is told with what it tells of, and goes to endpoints in order, by one at a
time."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from public_works import Stores
from public_works.events import Outcomes, Post
from public_works.events.log import tell, told_by
from public_works.tables import METADATA
from symphainy.delivery import SendResult
from symphainy.errors import Refused
from symphainy.event import Bound
from symphainy.json import Json
from tests.public_works.rows import APPROVAL, CLAIM, DELIVERY, LISTENER, NOON, VERSION
from tests.public_works.test_concurrency import FIFTY, at_once

LEASE = timedelta(minutes=2)
SOON = timedelta(0)


@pytest.fixture
def feed(stores: Stores) -> str:
    """An endpoint that wants all that runs tell."""
    types = ["com.symphainy.run.*"]
    made, _ = stores.webhooks.create(
        "acme", "feed", "https://feed.example/", types=types, environment="production"
    )
    return made.id


def told(stores: Stores, subject: str, what: str = "run.started", **more: Json) -> None:
    stores.events.tell(
        "acme", what, environment="production", subject=subject, data={"s": subject, **more}
    )


def due(stores: Stores) -> list[Post]:
    stores.posts.fan_out()
    return sorted(stores.posts.due(LEASE), key=lambda one: one.seq)


def test_what_was_not_kept_is_not_told(stores: Stores) -> None:
    def lost() -> None:
        with stores.database.session() as session:
            tell(session, "acme", "x.y", environment="production", subject="s", data={})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        lost()
    assert stores.events.last("acme") == 0


def test_what_is_done_twice_is_told_once(stores: Stores) -> None:
    for _ in range(2):
        stores.approvals.request("acme", id="a", **APPROVAL)
        stores.approvals.decide("acme", "a", outcome="approved", by="ben")
    stores.definitions.register("acme", "acme.dunning", "1.0.0", **VERSION)
    for _ in range(2):
        stores.definitions.deploy("acme", "acme.dunning", "1.0.0", "production", "ada")
        stores.definitions.set_paused("acme", "acme.dunning", True)

    found = [one.envelope for one in stores.events.after("acme", "production", 0)]
    assert [one["type"] for one in found] == [
        "com.symphainy.approval.waiting.v1",
        "com.symphainy.approval.approved.v1",
        "com.symphainy.version.deployed.v1",
        "com.symphainy.solution.paused.v1",
    ]
    assert [one["subject"] for one in found] == [APPROVAL["run"]] * 2 + ["acme.dunning"] * 2


def test_an_id_is_told_once(stores: Stores) -> None:
    given: dict[str, Json] = {}
    news = [
        stores.events.tell(
            "acme", "run.started", environment="production", subject="r", data=given, id="run.1"
        )
        for _ in range(2)
    ]
    assert news == [True, False]
    assert stores.events.last("acme") == 1


def test_an_endpoint_is_sent_what_it_wants_from_then_on(stores: Stores) -> None:
    told(stores, "before")
    stores.webhooks.create("acme", "feed", "https://feed.example/", types=["com.symphainy.run.*"])
    told(stores, "a")
    told(stores, "b", "version.deployed")
    stores.events.tell("evil", "run.started", environment="production", subject="c", data={})

    assert [(one.tenant, one.envelope["subject"]) for one in due(stores)] == [("acme", "a")]


def test_events_about_one_thing_go_one_after_the_other(stores: Stores, feed: str) -> None:
    for subject in ("a", "b", "a"):
        told(stores, subject)

    first = due(stores)
    assert [one.envelope["subject"] for one in first] == ["a", "b"]
    assert due(stores) == []
    stores.posts.again(first[0], SOON, "503")
    (again,) = due(stores)
    assert (again.id, again.seq, again.tries) == (first[0].id, first[0].seq, 1)
    stores.posts.settle(again, "dead", "410")
    (third,) = due(stores)
    assert (third.seq, third.envelope["subject"]) == (3, "a")
    assert stores.posts.states("acme", feed) == {"dead": 1, "pending": 2}


def test_nobody_else_is_given_what_somebody_sends(stores: Stores, feed: str) -> None:
    for n in range(20):
        told(stores, f"s{n}")
    stores.posts.fan_out()

    given = at_once(lambda _: stores.posts.due(LEASE))

    seqs = [one.seq for posts in given for one in posts]
    assert sorted(seqs) == list(range(1, 21))


def test_a_lease_that_is_over_is_somebody_elses(stores: Stores, feed: str) -> None:
    told(stores, "a")
    stores.posts.fan_out()

    lost = stores.posts.due(SOON)
    assert [one.seq for one in stores.posts.due(LEASE)] == [one.seq for one in lost] == [1]


def test_those_that_tell_at_once_have_places_without_gaps(stores: Stores, feed: str) -> None:
    at_once(lambda n: told(stores, f"s{n}"))

    found = stores.events.after("acme", "production", 0)
    assert [one.seq for one in found] == list(range(1, FIFTY + 1))
    assert len(due(stores)) == FIFTY


def test_a_disabled_endpoint_gets_what_was_told_meanwhile(stores: Stores, feed: str) -> None:
    stores.webhooks.enable("acme", feed, False, "410")
    told(stores, "a")
    nothing = due(stores)
    stores.webhooks.enable("acme", feed, True)

    assert (nothing, [one.seq for one in due(stores)]) == ([], [1])


def test_a_replay_sends_what_was_settled_under_the_same_id(stores: Stores, feed: str) -> None:
    told(stores, "a")
    told(stores, "b")
    first = due(stores)
    for one in first:
        stores.posts.settle(one, "done")

    assert stores.posts.replay("acme", feed, 1) == 1
    (again,) = due(stores)
    assert (again.id, again.tries) == (first[1].id, 0)


def test_a_dead_letter_is_resent_or_discarded_once(stores: Stores, feed: str) -> None:
    told(stores, "a")
    (post,) = due(stores)
    stores.posts.settle(post, "dead", "delivery.exhausted")
    (letter,) = stores.letters.list("acme")

    assert stores.letters.resend("acme", letter.id) == letter
    (again,) = due(stores)
    assert (again.id, again.tries, stores.letters.list("acme")) == (post.id, 0, [])
    stores.posts.settle(again, "dead", "delivery.exhausted")
    stores.letters.discard("acme", letter.id)
    with pytest.raises(Refused, match=r"event\.letter-missing"):
        stores.letters.resend("acme", letter.id)
    assert due(stores) == []


def test_a_cursor_from_before_what_is_kept_is_refused(stores: Stores) -> None:
    for n in range(3):
        told(stores, f"s{n}")
    with stores.database.session() as session:
        session.connection().execute(text("DELETE FROM cloud_event WHERE seq < 3"))

    with pytest.raises(Refused, match=r"event\.cursor-expired: .*behind 2"):
        stores.events.after("acme", "production", 1)
    assert [one.seq for one in stores.events.after("acme", "production", 2)] == [3]


def test_what_was_on_its_way_to_an_endpoint_is_nobodys_once_it_is_removed(
    stores: Stores, feed: str
) -> None:
    told(stores, "a")
    told(stores, "b")
    first = due(stores)
    stores.posts.settle(first[0], "dead", "410")
    stores.webhooks.remove("acme", feed)
    stores.webhooks.create("acme", feed, "https://other.example/", types=["*"])
    told(stores, "c")

    assert [one.envelope["subject"] for one in due(stores)] == ["c"]
    assert stores.letters.list("acme") == []


def test_what_is_sent_again_goes_with_its_event_and_holds_nobody_up(
    stores: Stores, feed: str
) -> None:
    told(stores, "a")
    stores.posts.replay("acme", feed, 0)
    told(stores, "a")
    # The first one was told long before it was sent again.
    with stores.database.session() as session:
        old = text("UPDATE cloud_event SET accepted = :at WHERE seq = 1")
        session.connection().execute(old, {"at": "2020-01-01 00:00:00.000000"})
    stores.events.forget(datetime.now(UTC) - timedelta(days=1))

    assert [one.seq for one in due(stores)] == [2]


def test_a_dead_letter_says_when_it_was_given_up(stores: Stores, feed: str) -> None:
    told(stores, "a")
    before = datetime.now(UTC)
    stores.posts.settle(due(stores)[0], "dead", "410")
    (letter,) = stores.letters.list("acme")
    assert letter.given_up is not None
    assert before <= letter.given_up <= datetime.now(UTC)


def test_it_is_counted_what_waits_and_what_was_given_up(stores: Stores, feed: str) -> None:
    assert (stores.posts.waiting(), stores.letters.count()) == ((0, None), {"in": 0, "out": 0})
    before = datetime.now(UTC)
    for subject in ("a", "b", "c"):
        told(stores, subject)
    first = due(stores)[0]
    stores.posts.settle(first, "dead", "410")
    many, since = stores.posts.waiting()
    assert since is not None
    assert (many, before <= since <= datetime.now(UTC)) == (2, True)
    assert stores.letters.count() == {"in": 0, "out": 1}


def delivered(stores: Stores, id: str) -> None:
    """A message that was sent, and answered."""
    stores.ledger.plan("acme", id=id, **{**DELIVERY, "environment": "production"})
    record, n = stores.ledger.claim("acme", id, **CLAIM), 1
    assert record is not None
    result = SendResult(outcome="accepted", provider_id=f"p-{id}", detail="to ada@acme.example")
    stores.ledger.settle("acme", id, n, result)
    stores.ledger.record_event(
        "acme",
        id,
        binding="email",
        provider_id=f"p-{id}",
        event="replied",
        at=datetime.now(UTC),
        detail="ada@acme.example",
        data={"text": "my secret"},
    )


def test_what_became_of_deliveries_is_told_to_who_asks_for_it_and_to_no_run(
    stores: Stores,
) -> None:
    for name, types in (("all", ["*"]), ("some", ["com.symphainy.delivery.*"])):
        assert stores.outcomes.tell() == 0
        stores.webhooks.create(
            "acme", name, "https://feed.example/", types=types, environment="production"
        )
    delivered(stores, "d")

    assert (stores.outcomes.tell(), stores.outcomes.tell()) == (2, 0)
    assert Outcomes(stores.database).tell() == 0
    found = [one.envelope for one in stores.events.after("acme", "production", 0)]
    assert [(one["type"], one["subject"]) for one in found] == [
        ("com.symphainy.delivery.accepted.v1", "d"),
        ("com.symphainy.delivery.replied.v1", "d"),
    ]
    assert not any(word in str(found) for word in ("ada@acme", "secret", "p-d"))
    heard = stores.events.listen("acme", **{**LISTENER, "filters": [Bound()], "since": NOON})
    assert (heard.events, stores.events.untold()) == ((), [])
    assert sorted(one.webhook for one in due(stores)) == ["all", "some"]


def asks(stores: Stores, name: str) -> None:
    types = ["com.symphainy.delivery.*"]
    stores.webhooks.create(
        "acme", name, "https://feed.example/", types=types, environment="production"
    )


def test_who_asks_later_is_told_nothing_of_what_was_before(stores: Stores) -> None:
    asks(stores, "first")
    assert stores.outcomes.tell() == 0
    stores.webhooks.remove("acme", "first")
    delivered(stores, "meanwhile")
    asks(stores, "second")

    assert stores.outcomes.tell() == 0
    delivered(stores, "after")
    assert stores.outcomes.tell() == 2


def test_what_nobody_looked_at_for_long_is_told_an_hour_at_a_time(stores: Stores) -> None:
    asks(stores, "feed")
    assert stores.outcomes.tell() == 0
    delivered(stores, "d")
    long_ago = datetime.now(UTC) - timedelta(hours=2, minutes=30)
    with stores.database.session() as session:
        for table, column in (("event_mark", "at"), ("webhook", "created")):
            change = METADATA.tables[table].update().values({column: long_ago})
            session.connection().execute(change)

    assert [stores.outcomes.tell() for _ in range(4)] == [0, 0, 2, 0]


def test_what_one_run_is_told_of_a_reply_goes_to_no_endpoint_and_no_reader(
    stores: Stores,
) -> None:
    stores.webhooks.create("acme", "all", "https://feed.example/", types=["*"])
    told(stores, "a")
    private: dict[str, Json] = {
        "specversion": "1.0",
        "id": "1",
        "source": "/experiences/mail",
        "type": "com.symphainy.delivery.replied.v1",
        "symrun": "acme/acme.dunning/7",
        "data": {"text": "my secret"},
    }
    by = told_by("acme")
    stores.events.accept("acme", environment="production", envelope=private, by=by)

    assert stores.posts.replay("acme", "all", 0) == 1
    assert [one.seq for one in due(stores)] == [1]
    assert stores.events.walk("acme", "production", 0)[1] == 2
    assert [one.seq for one in stores.events.after("acme", "production", 0)] == [1]


def test_who_cannot_be_told_keeps_nobody_waiting(
    stores: Stores, feed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores.webhooks.create(
        "zeta", "other", "https://zeta.example/", types=["*"], environment="production"
    )
    told(stores, "a")
    stores.events.tell("zeta", "run.started", environment="production", subject="z", data={})
    to = stores.posts._to

    def spoilt(tenant: str, id: str) -> int:
        if tenant == "acme":
            raise ZeroDivisionError
        return to(tenant, id)

    monkeypatch.setattr(stores.posts, "_to", spoilt)

    assert [one.tenant for one in due(stores)] == ["zeta"]
