"""Care for who receives a message: what they do not want, what comes too late, how many at once."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from public_works.ledger import DeliveryRecord
from public_works.suppressions import address_hash
from symphainy.intent import Intent
from tests.runtime.platform import OWNER, Platform, platform_on, real_server
from tests.runtime.test_long_runs import histories
from tests.runtime.test_text_messages import over
from tests.twins.twilio import SECRET, TwilioTwin
from workers.pool import Options

HEAD = """
document: {dsl: 1.0.3, namespace: test, name: care-{{n}}, version: 1.0.0}
experiences:
  email: {adapter: sandbox, channel: email, from: shop@acme.example <<MORE>>}
  phone: {channel: sms, adapter: sandbox}
"""
SEND = """
do:
  - tell:
      call: email
      with: {to: "${ .customer }", subject: Hello, text: "Hello {{ customer.name }}" <<WITH>>}
"""


def solution(more: str = "", policies: str = "", with_: str = "") -> str:
    """A solution that sends one mail."""
    head = HEAD.replace(" <<MORE>>", f", {more}" if more else "")
    return head + policies + SEND.replace(" <<WITH>>", f", {with_}" if with_ else "")


def customer(platform: Platform, id: str, **more: Any) -> str:
    """Somebody with an address and a phone."""
    known = {"name": "Ada", "email": f"{id}@customer.example", "phone": "+4366012345678"}
    platform.stores.customers.upsert("acme", id, **{**known, "zone": "UTC", **more})
    return id


def left_alone(platform: Platform, who: str, reason: str, scope: str = "") -> None:
    """Put the mail address of a customer on the suppression list."""
    hash = address_hash("acme", f"{who}@customer.example")
    platform.stores.suppressions.add("acme", "email", hash, reason, "test", scope=scope)


def rows(platform: Platform, who: str) -> list[DeliveryRecord]:
    """What the ledger has for this customer, first to last."""
    return platform.stores.ledger.list("acme", customer=who)[::-1]


def state(given: Any) -> tuple[Any, Any]:
    assert isinstance(given, dict)
    return given["state"], given.get("reason")


async def test_who_does_not_want_it_is_left_alone_and_the_flow_goes_on(platform: Platform) -> None:
    who = customer(platform, "care-out")
    left_alone(platform, who, "opted_out")

    given = await platform.output(solution(), {"customer": who})

    (only,) = rows(platform, who)
    assert given == {
        "delivery": only.id,
        "state": "suppressed",
        "reason": "opted_out",
        "channel": "email",
        "adapter": "sandbox",
    }
    assert (only.state, only.reason, only.attempt) == ("suppressed", "opted_out", 0)
    assert platform.stores.outbox.find("acme", only.id) is None


@pytest.mark.parametrize(
    ("purpose", "reason", "outcome"),
    [
        ("transactional", "opted_out", "suppressed"),
        ("security", "opted_out", "accepted"),
        ("security", "complained", "accepted"),
        ("security", "bounced_hard", "suppressed"),
        ("security", "unreachable", "suppressed"),
        ("marketing", "manual", "suppressed"),
    ],
)
async def test_security_is_heard_by_who_wants_silence_but_not_where_nothing_arrives(
    platform: Platform, purpose: str, reason: str, outcome: str
) -> None:
    who = customer(platform, f"care-{purpose}-{reason}")
    left_alone(platform, who, reason)
    given = await platform.output(solution(f"purpose: {purpose}"), {"customer": who})
    assert state(given)[0] == outcome


@pytest.mark.parametrize(
    ("scope", "outcome"),
    [
        ("topic:news", "suppressed"),
        ("topic:offers", "accepted"),
        ("purpose:marketing", "suppressed"),
        ("purpose:transactional", "accepted"),
    ],
)
async def test_an_entry_about_one_topic_or_purpose_is_about_no_other(
    platform: Platform, scope: str, outcome: str
) -> None:
    who = customer(platform, f"care-{scope.replace(':', '-')}")
    left_alone(platform, who, "opted_out", scope)
    text = solution("purpose: marketing, topic: news")
    assert state(await platform.output(text, {"customer": who}))[0] == outcome


async def test_what_a_customer_said_about_a_topic_holds_on_that_channel(
    platform: Platform,
) -> None:
    who = customer(platform, "care-topic")
    platform.stores.preferences.say("acme", who, [("news", "", True), ("news", "email", False)], "")
    given = await platform.output(solution("topic: news"), {"customer": who})
    assert state(given) == ("suppressed", "opted_out")


async def test_marketing_without_a_topic_can_be_declined_alone(platform: Platform) -> None:
    said = [{"channel": "email", "purpose": "marketing", "granted": True}]
    who = customer(platform, "care-no-topic", consents=said)
    platform.stores.preferences.say("acme", who, [("", "email", False)], "page")
    general = await platform.output(solution("purpose: marketing"), {"customer": who})
    news = await platform.output(solution("purpose: marketing, topic: news"), {"customer": who})
    needed = await platform.output(solution(), {"customer": who})
    found = [state(one)[0] for one in (general, news, needed)]
    assert found == ["suppressed", "accepted", "accepted"]


async def test_a_consent_that_was_taken_back_needs_no_policy_to_count(platform: Platform) -> None:
    said = [{"channel": "email", "purpose": "marketing", "granted": False}]
    who = customer(platform, "care-consent", consents=said)
    given = await platform.output(solution("purpose: marketing"), {"customer": who})
    assert state(given) == ("suppressed", "opted_out")


async def test_another_channel_stands_in_for_an_address_that_is_left_alone(
    platform: Platform,
) -> None:
    who = customer(platform, "care-fallback")
    left_alone(platform, who, "bounced_hard")
    given = await platform.output(solution("fallback: [phone]"), {"customer": who})

    one, other = rows(platform, who)
    assert [(row.binding, row.state) for row in (one, other)] == [
        ("email", "suppressed"),
        ("phone", "accepted"),
    ]
    assert isinstance(given, dict)
    assert (given["channel"], given["insteadOf"]) == ("sms", one.id)


async def test_what_is_not_sent_takes_no_place_under_a_cap(platform: Platform) -> None:
    who = customer(platform, "care-cap")
    left_alone(platform, who, "manual")
    policies = "policies:\n  one: {kind: frequencyCap, channels: [email], max: 1, per: P7D}\n"
    text = platform.deploy(solution(policies=policies))
    first = await platform.finish((await platform.submit(text, {"customer": who})).run)
    assert state(first.output)[0] == "suppressed"
    hash = address_hash("acme", f"{who}@customer.example")
    assert platform.stores.suppressions.lift("acme", "email", hash, reasons=["manual"]) == 1
    second = await platform.finish((await platform.submit(text, {"customer": who})).run)
    assert state(second.output)[0] == "accepted"


@pytest.fixture(scope="module")
async def guarded(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Platform]:
    """With credentials at Twilio; outside production only the team is reached."""
    folder = tmp_path_factory.mktemp("guarded")
    secrets = folder / "home" / "secrets" / "acme"
    secrets.mkdir(parents=True)
    (secrets / "twilio").write_text(json.dumps(SECRET))
    settings = {
        "egress_allow": "127.0.0.1",
        "delivery_allow": "acme.example, +43660999*",
        "public_base_url": "https://hooks.acme.example",
    }
    async with (
        real_server(folder) as server,
        platform_on(server, folder / "home", Options(), **settings) as found,
    ):
        yield found


@pytest.fixture
async def twilio() -> AsyncIterator[TwilioTwin]:
    async with TwilioTwin() as twin:
        yield twin


def by_twilio(twilio: TwilioTwin) -> str:
    return f"""
document: {{dsl: 1.0.3, namespace: test, name: texts-{{{{n}}}}, version: 1.0.0}}
experiences:
  text: {{{over(twilio)}}}
do:
  - tell: {{call: text, with: {{to: "${{ .customer }}", text: "Hello"}}}}
"""


async def test_what_a_provider_says_of_an_address_holds_for_the_next_message(
    guarded: Platform, twilio: TwilioTwin
) -> None:
    who = customer(guarded, "care-landline", phone="+4315550001")
    twilio.numbers["+4315550001"] = 21614
    first = await guarded.run(by_twilio(twilio), {"customer": who})
    second = await guarded.output(by_twilio(twilio), {"customer": who})

    assert first.status == "faulted"
    assert state(second) == ("suppressed", "unreachable")
    hash = address_hash("acme", "+4315550001")
    (kept,) = guarded.stores.suppressions.of("acme", "sms", hash)
    assert (kept.reason, kept.source, kept.customer) == ("unreachable", "twilio", who)
    assert kept.delivery == rows(guarded, who)[0].id


async def ran_in(platform: Platform, environment: str, text: str, who: str) -> Any:
    address = platform.deploy(text, environment=environment)
    intent = Intent(
        principal=OWNER,
        solution=address,
        name="start",
        payload={"customer": who},
        environment=environment,
    )
    finished = await platform.finish((await platform.intake.submit(intent)).run)
    assert finished.status == "completed", finished.problem
    return finished.output


@pytest.mark.parametrize("environment", ["sandbox", "staging"])
async def test_outside_production_only_who_was_named_is_reached(
    guarded: Platform, twilio: TwilioTwin, environment: str
) -> None:
    stranger = customer(guarded, f"care-{environment}", phone="+4366012345678")
    given = await ran_in(guarded, environment, by_twilio(twilio), stranger)

    (only,) = rows(guarded, stranger)
    assert (given["state"], given["adapter"]) == ("accepted", "sandbox")
    assert given["gave"] == {"redirectedFrom": "twilio"}
    assert (only.provider, only.gave) == ("sandbox", {"redirectedFrom": "twilio"})
    kept = guarded.stores.outbox.find("acme", only.id)
    assert kept is not None
    assert kept.to == "+4366012345678"
    assert twilio.writes == 0

    colleague = customer(guarded, f"care-{environment}-team", phone="+43660999123")
    reached = await ran_in(guarded, environment, by_twilio(twilio), colleague)
    assert (reached["adapter"], twilio.writes) == ("twilio", 1)


async def test_in_production_everybody_is_reached(guarded: Platform, twilio: TwilioTwin) -> None:
    who = customer(guarded, "care-production")
    given = await guarded.output(by_twilio(twilio), {"customer": who})
    assert isinstance(given, dict)
    assert (given["adapter"], twilio.writes) == ("twilio", 1)


async def night(platform: Platform, hours: int) -> str:
    """A policy by which it is night now, for so many hours more."""
    now = (await platform.now()).astimezone(ZoneInfo("UTC"))
    start, end = now - timedelta(hours=1), now + timedelta(hours=hours)
    window = f'from: "{start:%H:%M}", to: "{end:%H:%M}"'
    return f"policies:\n  night: {{kind: quietHours, channels: [email], {window}}}\n"


@pytest.mark.parametrize(
    ("more", "with_"),
    [("expires: PT2H", ""), ("expires: {hours: 2}", ""), ("expires: P1D", "expires: PT2H")],
)
async def test_what_quiet_hours_would_hold_for_too_long_ends_at_once(
    skipping: Platform, more: str, with_: str
) -> None:
    who = customer(skipping, f"care-late-{len(more)}-{len(with_)}")
    text = solution(more, await night(skipping, 5), with_)
    run = await skipping.run(text, {"customer": who})

    assert run.output is not None
    assert run.closed is not None
    assert state(run.output)[0] == "expired"
    assert run.closed - run.started < timedelta(minutes=1)
    assert rows(skipping, who) == []


async def test_what_is_held_for_less_is_sent_in_the_morning(skipping: Platform) -> None:
    who = customer(skipping, "care-in-time")
    text = solution("expires: PT6H", await night(skipping, 5))
    run = await skipping.run(text, {"customer": who})
    assert state(run.output)[0] == "accepted"
    (only,) = rows(skipping, who)
    assert only.expires is not None
    assert abs(only.expires - run.started - timedelta(hours=6)) < timedelta(minutes=1)


async def test_a_moment_that_is_over_is_too_late(platform: Platform) -> None:
    who = customer(platform, "care-over")
    text = solution(with_='expires: "2020-01-01T00:00:00Z"')
    given = await platform.output(text, {"customer": who})
    assert state(given) == ("expired", "its time was over before it could be sent")
    assert [row.state for row in rows(platform, who)] == ["expired"]


async def test_what_is_no_time_is_a_fault_of_the_step(platform: Platform) -> None:
    who = customer(platform, "care-no-time")
    text = solution(with_='expires: "${ \\"soon\\" }"')
    problem = await platform.problem(text, {"customer": who})
    assert problem["code"] == "delivery.arguments"


def sent_at(platform: Platform, who: str) -> list[datetime]:
    found = []
    for row in rows(platform, who):
        (attempt,) = platform.stores.ledger.attempts("acme", row.id)
        found.append(attempt.started)
    return sorted(found)


async def test_a_binding_with_a_rate_sends_one_after_another(skipping: Platform) -> None:
    who = customer(skipping, "care-rate")
    address = skipping.deploy(solution("rate: 6/h"))
    begun = [await skipping.submit(address, {"customer": who}) for _ in range(4)]
    done = [await skipping.finish(one.run) for one in begun]

    assert [state(one.output)[0] for one in done] == ["accepted"] * 4
    waited = sorted(one.closed - one.started for one in done if one.closed)
    minutes = [round(one / timedelta(minutes=1)) for one in waited]
    assert minutes == [0, 10, 20, 30]


async def test_whose_turn_comes_too_late_is_told_at_once(skipping: Platform) -> None:
    who = customer(skipping, "care-rate-late")
    address = skipping.deploy(solution("rate: 1/h, expires: PT90M"))
    begun = [await skipping.submit(address, {"customer": who}) for _ in range(3)]
    done = [await skipping.finish(one.run) for one in begun]
    assert sorted(state(one.output)[0] for one in done) == ["accepted", "accepted", "expired"]


@pytest.mark.parametrize("known", [True, False])
async def test_night_is_where_a_phone_is_if_nobody_knows_better(
    skipping: Platform, known: bool
) -> None:
    # Three hours by the clock, also in a night in which the one on the wall is put on.
    now, vienna = (await skipping.now()).astimezone(UTC), ZoneInfo("Europe/Vienna")
    start, end = ((now + timedelta(hours=one)).astimezone(vienna) for one in (-1, 3))
    text = f"""
document: {{dsl: 1.0.3, namespace: test, name: phones-{{{{n}}}}, version: 1.0.0}}
experiences:
  sms: {{adapter: sandbox}}
policies:
  night: {{kind: quietHours, channels: [sms], from: "{start:%H:%M}", to: "{end:%H:%M}"}}
do:
  - tell: {{call: sms, with: {{to: "${{ .to }}", text: Hello}}}}
"""
    to = customer(skipping, "care-phone", zone=None) if known else "+4366012345678"
    run = await skipping.run(text, {"to": to})
    assert run.status == "completed", run.problem
    assert run.closed is not None
    assert 2.9 < (run.closed - run.started) / timedelta(hours=1) < 3.1


async def test_turns_are_kept_over_the_histories_of_a_run(short: Platform) -> None:
    who = customer(short, "care-long")
    text = """
document: {dsl: 1.0.3, namespace: test, name: turns-{{n}}, version: 1.0.0}
experiences:
  phone: {channel: sms, adapter: sandbox, rate: 5/s}
do:
  - all:
      for: {each: n, in: "${ [range(12)] }"}
      do:
        - tell: {call: phone, with: {to: "${ .customer }", text: Hello}, output: {as: $input}}
"""
    run = await short.submit(short.deploy(text), {"customer": who})
    assert (await short.finish(run.run)).status == "completed"
    assert await histories(short, run.run) > 1
    sent = rows(short, who)
    assert [(one.state, one.attempt) for one in sent] == [("accepted", 1)] * 12
    times = sent_at(short, who)
    assert times[-1] - times[0] >= 10 * timedelta(milliseconds=200)
