"""What people do not want, whose turn it is, and who waits for whom."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from public_works import Stores
from public_works.keyfiles import link_key
from public_works.links import Link, LinkSeal
from public_works.suppressions import address_hash
from symphainy.errors import Refused

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANNA = address_hash("acme", "anna@example.com")


def reasons(stores: Stores, at: datetime = NOON, channel: str = "email") -> list[tuple[str, str]]:
    found = stores.suppressions.of("acme", channel, ANNA, at)
    return [(one.scope, one.reason) for one in found]


def test_an_address_is_the_same_however_it_is_written_and_another_for_each_tenant() -> None:
    assert address_hash("acme", " Anna@Example.com ") == ANNA
    assert address_hash("other", "anna@example.com") != ANNA


@pytest.mark.parametrize(
    ("said", "meant", "detail"),
    [
        ("opted_out", "opted_out", None),
        ("unsubscribed", "opted_out", "unsubscribed"),
        ("complaint", "complained", "complaint"),
        ("not_mobile", "unreachable", "not_mobile"),
    ],
)
def test_what_a_provider_calls_it_is_kept_with_what_it_means(
    stores: Stores, said: str, meant: str, detail: str | None
) -> None:
    kept = stores.suppressions.add("acme", "sms", ANNA, said, "twilio")
    assert (kept.reason, kept.detail) == (meant, detail)


def test_a_reason_that_is_none_is_refused(stores: Stores) -> None:
    for reason in ("", "x" * 300):
        with pytest.raises(Refused, match=r"suppression\.reason"):
            stores.suppressions.add("acme", "sms", ANNA, reason, "api")


def test_reasons_stand_side_by_side_until_their_time_is_over(stores: Stores) -> None:
    for reason, hours in (("opted_out", 5), ("bounced_hard", 1)):
        until = NOON + timedelta(hours=hours)
        stores.suppressions.add("acme", "email", ANNA, reason, "x", at=NOON, expires=until)
    stores.suppressions.add("acme", "email", ANNA, "manual", "x", scope="topic:news", at=NOON)
    assert sorted(reasons(stores)) == [
        ("", "bounced_hard"),
        ("", "opted_out"),
        ("topic:news", "manual"),
    ]
    later = NOON + timedelta(hours=1)
    assert sorted(reasons(stores, later)) == [("", "opted_out"), ("topic:news", "manual")]
    assert reasons(stores, channel="sms") == []


def test_only_what_people_said_themselves_is_lifted(stores: Stores) -> None:
    for reason, scope in (("opted_out", ""), ("opted_out", "topic:news"), ("bounced_hard", "")):
        stores.suppressions.add("acme", "email", ANNA, reason, "x", scope=scope)
    assert stores.suppressions.lift("acme", "email", ANNA, scope="topic:news") == 1
    assert sorted(reasons(stores)) == [("", "bounced_hard"), ("", "opted_out")]
    assert stores.suppressions.lift("acme", "email", ANNA) == 1
    assert reasons(stores) == [("", "bounced_hard")]


def test_what_is_said_of_one_channel_counts_before_what_is_said_of_all(stores: Stores) -> None:
    said = [("news", "", False), ("news", "sms", True)]
    stores.preferences.say("acme", "anna", said, "page")
    wanted = [stores.preferences.wanted("acme", "anna", "news", one) for one in ("email", "sms")]
    assert wanted == [False, True]
    assert stores.preferences.wanted("acme", "anna", "offers", "email") is None


def test_turns_come_one_after_another_and_none_is_saved_up(stores: Stores) -> None:
    second = timedelta(seconds=1)
    took = [stores.turns.take("acme", "sms", second, NOON) for _ in range(3)]
    assert took == [NOON, NOON + second, NOON + 2 * second]
    later = NOON + timedelta(hours=1)
    assert [stores.turns.take("acme", "sms", second, later) for _ in range(2)] == [
        later,
        later + second,
    ]


def test_the_first_who_closes_a_window_is_sent_for_all(stores: Stores) -> None:
    hour = timedelta(hours=1)
    for n, delivery in enumerate("abc"):
        moment = NOON + timedelta(minutes=n)
        item = stores.digests.join(
            "acme", delivery, digest="anna", data={"n": n}, now=moment, window=hour
        )
        assert item.until == NOON + hour
    again = stores.digests.join("acme", "a", digest="anna", data={}, now=NOON + hour, window=hour)
    assert (again.until, again.data) == (NOON + hour, {"n": 0})
    assert [stores.digests.close("acme", one).by for one in "bac"] == ["b", "b", "b"]
    assert [one.data for one in stores.digests.items("acme", "b")] == [{"n": 0}, {"n": 1}, {"n": 2}]
    assert stores.digests.items("acme", "a") == []
    late = stores.digests.join("acme", "d", digest="anna", data={}, now=NOON, window=hour)
    assert late.by is None


def test_a_link_says_the_same_every_time_and_nobody_else_can_make_it(tmp_path: Path) -> None:
    seal, other = (LinkSeal(link_key(tmp_path / name)) for name in ("one", "other"))
    link = Link(use="unsubscribe", tenant="acme", delivery="d", scope="topic:news")
    token = seal.token(link)
    assert LinkSeal(link_key(tmp_path / "one")).token(link) == token
    assert seal.open(token) == link
    assert other.open(token) is None
    assert "acme" not in token
    changed = token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1]
    assert [seal.open(one) for one in (changed, token[:-4], "", "é", token * 20)] == [None] * 5


def told(stores: Stores) -> list[tuple[str, str, dict[str, object]]]:
    """What the events say that the stores told: type, environment, data."""
    return [
        (str(one.envelope["type"]), one.environment, dict(one.envelope["data"]))
        for one in stores.events.untold()
    ]


def test_what_a_customer_stops_wanting_or_wants_again_is_told_once(stores: Stores) -> None:
    said = {"scope": "topic:news", "customer": "anna", "delivery": "d-1"}
    for _ in range(2):
        stores.suppressions.add(
            "acme", "email", ANNA, "opted_out", "link", **said, environment="production"
        )
    for _ in range(2):
        stores.suppressions.lift("acme", "email", ANNA, environment="production")

    about = {
        "customer": "anna",
        "channel": "email",
        "scope": "topic:news",
        "topic": "news",
        "delivery": "d-1",
    }
    assert told(stores) == [
        (
            "com.symphainy.customer.unsubscribed.v1",
            "production",
            {**about, "reason": "opted_out", "source": "link"},
        ),
        ("com.symphainy.customer.resubscribed.v1", "production", about),
    ]


def test_what_nobody_said_or_nobody_is_known_to_have_said_is_not_told(stores: Stores) -> None:
    add = stores.suppressions.add
    add("acme", "email", ANNA, "bounced_hard", "receipt", customer="anna", environment="production")
    add("acme", "email", ANNA, "opted_out", "link", environment="production")
    assert told(stores) == []


def test_of_what_is_chosen_only_what_changes_is_told(stores: Stores) -> None:
    stores.preferences.say(
        "acme",
        "anna",
        [("news", "email", False), ("", "", False), ("offers", "sms", True)],
        "page",
        changed=[("news", "email"), ("", "")],
        environment="staging",
    )
    said = {"customer": "anna", "source": "page"}
    unsubscribed = "com.symphainy.customer.unsubscribed.v1"
    assert told(stores) == [
        (
            unsubscribed,
            "staging",
            {**said, "channel": "email", "scope": "topic:news", "topic": "news"},
        ),
        (unsubscribed, "staging", {**said, "channel": None, "scope": "purpose:marketing"}),
    ]
