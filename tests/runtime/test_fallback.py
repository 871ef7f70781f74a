"""Fallback: the next experience, and only when the one before certainly sent nothing."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from public_works.ledger import DeliveryRecord
from tests.runtime.platform import LEAD, Platform
from tests.twins.provider import Fault
from tests.twins.sendgrid import KEY, SendGridTwin
from tests.twins.ses import SECRET, SesTwin

HEAD = """
document: {dsl: 1.0.3, namespace: test, name: fallback-{{n}}, version: 1.0.0}
experiences:
  email:
    adapter: sendgrid
    settings: {endpoint: "<SENDGRID>"}
    from: billing@acme.example
    fallback: <FALLBACK>
  second: {adapter: ses, settings: {endpoint: "<SES>"}, from: billing@acme.example}
  phone: {channel: sms, adapter: sandbox, from: "+4366099999999"}
"""
SEND = """
do:
  - remind:
      call: email
      with: {to: "${ .customer }", text: "Please pay.", subject: "Invoice 7"}
"""


@pytest.fixture
async def first(platform: Platform) -> AsyncIterator[SendGridTwin]:
    async with SendGridTwin() as twin:
        yield twin


@pytest.fixture
async def second(platform: Platform) -> AsyncIterator[SesTwin]:
    secrets = platform.settings.home / "secrets" / "acme"
    secrets.mkdir(parents=True, exist_ok=True)
    (secrets / "sendgrid").write_text(KEY)
    (secrets / "ses").write_text(json.dumps(SECRET))
    async with SesTwin() as twin:
        yield twin


def head(first: SendGridTwin, second: SesTwin, *fallback: str) -> str:
    written = HEAD.replace("<FALLBACK>", f"[{', '.join(fallback)}]")
    return written.replace("<SENDGRID>", first.url).replace("<SES>", second.url)


def customer(platform: Platform, id: str, *, email: bool = True, consent: bool = True) -> str:
    """Somebody with a phone, and perhaps an address."""
    platform.stores.customers.upsert(
        "acme",
        id,
        name="Ada",
        email=f"{id}@customer.example" if email else None,
        phone="+4366012345678",
        zone="UTC",
        consents=[{"channel": "sms", "purpose": "transactional", "granted": consent}],
    )
    return id


def rows(platform: Platform, who: str) -> list[DeliveryRecord]:
    """What the ledger has for this customer, first to last."""
    return platform.stores.ledger.list("acme", customer=who)[::-1]


def told(records: list[DeliveryRecord]) -> list[tuple[Any, ...]]:
    return [(one.binding, one.provider, one.state) for one in records]


@pytest.mark.parametrize("fault", ["401", "403"])
async def test_where_the_first_provider_refuses_the_binding_the_second_sends(
    platform: Platform, first: SendGridTwin, second: SesTwin, fault: Fault
) -> None:
    first.fault = fault
    who = customer(platform, f"fb-{fault}")
    given = await platform.output(head(first, second, "second") + SEND, {"customer": who})

    one, other = rows(platform, who)
    assert told([one, other]) == [
        ("email", "sendgrid", "rejected"),
        ("second", "ses", "accepted"),
    ]
    assert (one.instead_of, other.instead_of) == (None, one.id)
    assert given == {
        "delivery": other.id,
        "state": "accepted",
        "channel": "email",
        "adapter": "ses",
        "providerId": second.kept[0].id,
        "insteadOf": one.id,
    }
    assert len(second.of(other.id)) == 1


@pytest.mark.parametrize("fault", ["kept drop", "drop", "500", "kept 503"])
async def test_what_may_have_arrived_is_never_sent_another_way(
    platform: Platform, first: SendGridTwin, second: SesTwin, fault: Fault
) -> None:
    first.fault = fault
    who = customer(platform, f"fb-{fault.replace(' ', '-')}")
    text = head(first, second, "second", "phone") + SEND
    given = await platform.output(text, {"customer": who})

    assert isinstance(given, dict)
    assert given["state"] == "unknown"
    assert told(rows(platform, who)) == [("email", "sendgrid", "unknown")]
    assert second.writes == 0


async def test_a_message_that_was_refused_goes_by_another_channel_only(
    platform: Platform, first: SendGridTwin, second: SesTwin
) -> None:
    first.fault = "400"
    who = customer(platform, "fb-channel")
    text = head(first, second, "second", "phone") + SEND
    given = await platform.output(text, {"customer": who})

    assert isinstance(given, dict)
    assert told(rows(platform, who)) == [
        ("email", "sendgrid", "rejected"),
        ("phone", "sandbox", "accepted"),
    ]
    kept = platform.stores.outbox.find("acme", str(given["delivery"]))
    assert kept is not None
    assert (kept.to, kept.text) == ("+4366012345678", "Please pay.")
    assert second.writes == 0


async def test_without_another_channel_a_refused_message_faults(
    platform: Platform, first: SendGridTwin, second: SesTwin
) -> None:
    first.fault = "400"
    who = customer(platform, "fb-refused")
    problem = await platform.problem(head(first, second, "second") + SEND, {"customer": who})

    assert problem["code"] == "delivery.rejected"
    assert told(rows(platform, who)) == [("email", "sendgrid", "rejected")]


async def test_who_has_no_address_is_reached_by_phone(
    platform: Platform, first: SendGridTwin, second: SesTwin
) -> None:
    who = customer(platform, "fb-phone", email=False)
    given = await platform.output(head(first, second, "phone") + SEND, {"customer": who})

    (only,) = rows(platform, who)
    assert told([only]) == [("phone", "sandbox", "accepted")]
    assert isinstance(given, dict)
    assert "insteadOf" not in given


async def test_policy_is_asked_anew_for_the_other_channel(
    platform: Platform, first: SendGridTwin, second: SesTwin
) -> None:
    first.fault = "400"
    who = customer(platform, "fb-consent", consent=False)
    policies = "\npolicies:\n  asked: {kind: consent, channels: [sms]}\n"
    text = head(first, second, "phone") + policies + SEND
    problem = await platform.problem(text, {"customer": who})

    assert problem["code"] == "policy.no-consent"
    assert told(rows(platform, who)) == [("email", "sendgrid", "rejected")]


async def test_who_let_the_step_be_done_is_not_asked_again(
    platform: Platform, first: SendGridTwin, second: SesTwin
) -> None:
    first.fault = "401"
    who = customer(platform, "fb-approved")
    policies = """
policies:
  big: {kind: approval, before: [remind], role: collections-lead}
"""
    text = head(first, second, "second") + policies + SEND
    run = await platform.submit(platform.deploy(text), {"customer": who})
    await platform.until(run.run, "step.decided", outcome="approve")
    (asked,) = [one for one in platform.stores.approvals.pending("acme") if one.run == run.run]
    await platform.runs.answer(LEAD, run.run, asked.id, granted=True)

    assert (await platform.finish(run.run)).status == "completed"
    assert [state for _, _, state in told(rows(platform, who))] == ["rejected", "accepted"]


async def test_when_every_way_refuses_the_last_refusal_is_the_fault(
    platform: Platform, first: SendGridTwin, second: SesTwin
) -> None:
    first.fault, second.fault = "401", "403"
    who = customer(platform, "fb-none")
    problem = await platform.problem(head(first, second, "second") + SEND, {"customer": who})

    assert problem["code"] == "delivery.credentials"
    assert "ses" in problem["detail"]
    assert [state for _, _, state in told(rows(platform, who))] == ["rejected", "rejected"]


async def test_a_provider_that_stays_away_is_given_up_for_another(skipping: Platform) -> None:
    text = """
document: {dsl: 1.0.3, namespace: test, name: fallback-{{n}}, version: 1.0.0}
experiences:
  email:
    adapter: sendgrid
    settings: {secret: nobody-has-it}
    from: billing@acme.example
    fallback: [second]
  second: {channel: email, adapter: sandbox}
"""
    who = customer(skipping, "fb-away")
    given = await skipping.output(text + SEND, {"customer": who})

    one, other = rows(skipping, who)
    assert told([one, other]) == [
        ("email", "sendgrid", "canceled"),
        ("second", "sandbox", "accepted"),
    ]
    assert one.attempt == 6
    assert isinstance(given, dict)
    assert given["insteadOf"] == one.id
