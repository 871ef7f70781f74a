"""Text messages: the same flow, policies and ledger as for mail, on another line."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.runtime.platform import Platform, platform_on, real_server
from tests.twins.provider import Fault
from tests.twins.sns import SECRET as AWS
from tests.twins.sns import SnsTwin
from tests.twins.twilio import SECRET, TwilioTwin
from workers.pool import Options

HEAD = """
document: {dsl: 1.0.3, namespace: test, name: reminder-{{n}}, version: 1.0.0}
experiences:
  reminder: {<<BOUND>>, templates: {due: {subject: "<<SUBJECT>>", text: "<<TEXT>>"}}}
"""
SUBJECT = "Invoice {{ invoice }}"
TEXT = "Dear {{ customer.name }}, please pay invoice {{ invoice }}."
FLOW = """
do:
  - remind:
      call: reminder
      with: {to: "${ .customer }", template: due, data: "${ {invoice: .invoice} }"}
"""
INTENTS = 40
EXAMPLE = Path(__file__).parents[2] / "examples" / "reminder-sms.yaml"
MAIL = "channel: email, adapter: sandbox"
SANDBOX = "channel: sms, adapter: sandbox"


@pytest.fixture(scope="module")
async def twilio() -> AsyncIterator[TwilioTwin]:
    async with TwilioTwin() as twin:
        yield twin


@pytest.fixture(scope="module")
async def hasty(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Platform]:
    """On the real server, with credentials at Twilio and AWS, asked soon after."""
    folder = tmp_path_factory.mktemp("texts")
    secrets = folder / "home" / "secrets" / "acme"
    secrets.mkdir(parents=True)
    (secrets / "twilio").write_text(json.dumps(SECRET))
    (secrets / "sns").write_text(json.dumps(AWS))
    settings = {
        "egress_allow": "127.0.0.1",
        "delivery_timeout": 5.0,
        "delivery_reconcile_seconds": 1.5,
        "public_base_url": "https://hooks.acme.example",
    }
    async with (
        real_server(folder) as server,
        platform_on(server, folder / "home", Options(), **settings) as found,
    ):
        yield found


def bound(line: str, more: str = "", flow: str = FLOW) -> str:
    """The solution with its experience bound by that line."""
    parts = {"<<BOUND>>": line, "<<SUBJECT>>": SUBJECT, "<<TEXT>>": TEXT}
    head = HEAD
    for place, part in parts.items():
        head = head.replace(place, part)
    return head + more + flow


def over(twilio: TwilioTwin) -> str:
    settings = f"settings: {{endpoint: '{twilio.url}'}}"
    return f"channel: sms, adapter: twilio, from: Acme, {settings}"


def customer(platform: Platform, id: str, *, zone: str = "UTC", consent: bool = True) -> str:
    """A customer the house knows."""
    platform.stores.customers.upsert(
        "acme",
        id,
        name="Ada",
        email=f"{id}@customer.example",
        phone="+4366012345678",
        zone=zone,
        consents=[{"channel": "sms", "purpose": "transactional", "granted": consent}],
    )
    return id


async def sent(platform: Platform, text: str, who: str, invoice: str) -> dict[str, object]:
    given = await platform.output(text, {"customer": who, "invoice": invoice})
    assert isinstance(given, dict)
    return given


async def test_one_flow_sends_by_mail_by_text_message_and_by_twilio(
    hasty: Platform, twilio: TwilioTwin
) -> None:
    ada, outbox = customer(hasty, "ada"), hasty.stores.outbox

    by_mail = await sent(hasty, bound(MAIL), ada, "7")
    by_text = await sent(hasty, bound(SANDBOX), ada, "7")
    by_twilio = await sent(hasty, bound(over(twilio)), ada, "7")

    mail = outbox.find("acme", str(by_mail["delivery"]))
    text = outbox.find("acme", str(by_text["delivery"]))
    (kept,) = twilio.of(str(by_twilio["delivery"]))
    words = "Dear Ada, please pay invoice 7."
    assert mail is not None
    assert text is not None
    assert (mail.channel, mail.to, mail.subject, mail.text) == (
        "email",
        "ada@customer.example",
        "Invoice 7",
        words,
    )
    assert (text.channel, text.to, text.subject, text.text) == ("sms", "+4366012345678", "", words)
    assert (kept.document["To"], kept.document["Body"]) == ("+4366012345678", words)
    assert by_twilio == {
        "delivery": kept.delivery,
        "state": "accepted",
        "channel": "sms",
        "adapter": "twilio",
        "providerId": kept.id,
    }


@pytest.mark.parametrize("fault", ["kept drop", "kept silence", "kept 500", "drop", "429"])
async def test_whatever_happens_on_the_way_twilio_has_one_message(
    hasty: Platform, twilio: TwilioTwin, fault: Fault
) -> None:
    """The next one asks or sends again; no two are ever there for one delivery."""
    bea = customer(hasty, "bea")
    solution = hasty.deploy(bound(over(twilio)))
    twilio.fault, twilio.times = fault, 1

    run = await hasty.submit(solution, {"customer": bea, "invoice": fault})
    finished = await hasty.finish(run.run)

    assert finished.status == "completed", finished.problem
    assert isinstance(finished.output, dict)
    (kept,) = twilio.of(str(finished.output["delivery"]))
    record = hasty.stores.ledger.get("acme", str(finished.output["delivery"]))
    assert record is not None
    assert (record.state, record.provider_id) == ("accepted", kept.id)
    attempts = hasty.stores.ledger.attempts("acme", record.id)
    assert len(attempts) == (1 if fault.startswith("kept") else 2)


async def test_many_that_say_the_same_arrive_as_often_as_they_were_meant(
    hasty: Platform, twilio: TwilioTwin
) -> None:
    """The hardest case of a look-up by words: a third of the writes fail, and nothing but the
    ledger tells one message from another."""
    gil = customer(hasty, "gil")
    solution = hasty.deploy(bound(over(twilio)))
    twilio.rates = {"kept drop": 0.15, "kept 500": 0.08, "500": 0.08, "429": 0.07}
    before = len(twilio.kept)

    runs = [await hasty.submit(solution, {"customer": gil, "invoice": "8"}) for _ in range(INTENTS)]
    finished = [await hasty.finish(one.run) for one in runs]
    twilio.rates = {}

    assert [one.problem for one in finished if one.problem is not None] == []
    outputs = [one.output for one in finished if isinstance(one.output, dict)]
    accepted = [str(one["providerId"]) for one in outputs if one["state"] == "accepted"]
    unknown = [one for one in outputs if one["state"] == "unknown"]
    kept = {one.id for one in twilio.kept[before:]}
    # Which of several equal messages is whose may stay open for one or the other, and is said so.
    assert len(accepted) + len(unknown) == INTENTS
    assert len(accepted) > INTENTS / 2
    assert len(accepted) == len({*accepted})
    assert kept >= {*accepted}
    assert len(kept) - len(accepted) <= len(unknown)


async def test_what_nobody_can_be_asked_about_is_shown_and_not_sent_again(
    hasty: Platform,
) -> None:
    async with SnsTwin() as sns:
        sns.fault = "kept drop"
        line = f"channel: sms, adapter: sns, settings: {{endpoint: '{sns.url}'}}"
        given = await sent(hasty, bound(line), customer(hasty, "hal"), "7")

        record = hasty.stores.ledger.get("acme", str(given["delivery"]))
        assert record is not None
        assert (given["state"], record.state, sns.writes) == ("unknown", "unknown", 1)


async def test_without_consent_no_text_message_goes_out(platform: Platform) -> None:
    policy = "policies:\n  agreed: {kind: consent, channels: [sms]}\n"
    cleo = customer(platform, "cleo", consent=False)

    run = await platform.run(bound(SANDBOX, policy), {"customer": cleo, "invoice": "7"})

    assert run.status == "faulted"
    assert run.problem is not None
    assert run.problem["code"] == "policy.no-consent"
    assert platform.stores.ledger.list("acme", customer="cleo") == []


async def test_the_example_reminds_of_an_appointment(skipping: Platform) -> None:
    text = EXAMPLE.read_text().replace("name: reminder-sms", "name: example-{{n}}")
    person = {"id": "ivy", "name": "Ivy", "phone": "+4366012345678", "zone": "Europe/Vienna"}
    appointment = {"id": "A-7", "day": "2026-12-01", "time": "10:30"}

    solution = skipping.deploy(text)
    payload = {"customer": person, "appointment": appointment}
    run = await skipping.submit(solution, payload, intent="remind")
    finished = await skipping.finish(run.run)

    assert finished.output == {"appointment": "A-7", "reminder": "accepted"}
    (record,) = skipping.stores.ledger.list("acme", customer="ivy")
    kept = skipping.stores.outbox.find("acme", record.id)
    assert kept is not None
    assert (kept.channel, kept.to, kept.text) == (
        "sms",
        "+4366012345678",
        "Hello Ivy, see you on Tuesday, 1 December at 10:30. To move it, call us on "
        "+43 1 234 56 78. Acme",
    )


async def test_a_text_message_in_quiet_hours_waits_for_the_morning(skipping: Platform) -> None:
    zone = ZoneInfo("Pacific/Kiritimati")
    now = (await skipping.now()).astimezone(zone)
    start, end = now - timedelta(hours=1), now + timedelta(hours=3)
    hours = f'from: "{start:%H:%M}", to: "{end:%H:%M}"'
    policy = f"policies:\n  night: {{kind: quietHours, channels: [sms], {hours}}}\n"
    dan = customer(skipping, "dan", zone=zone.key)

    run = await skipping.run(bound(SANDBOX, policy), {"customer": dan, "invoice": "7"})

    assert run.status == "completed", run.problem
    assert run.closed is not None
    waited = run.closed - run.started
    assert timedelta(hours=2, minutes=55) < waited < timedelta(hours=3, minutes=5)


async def test_caps_count_text_messages_apart_from_mails(platform: Platform) -> None:
    cap = "kind: frequencyCap, channels: [sms], max: 1, per: P7D, onBreach: skip"
    solution = platform.deploy(bound(SANDBOX, f"policies:\n  enough: {{{cap}}}\n"))
    eve = customer(platform, "eve")
    await sent(platform, bound(MAIL), eve, "7")

    runs = [await platform.submit(solution, {"customer": eve, "invoice": "7"}) for _ in range(2)]
    told = [(await platform.finish(one.run)).output for one in runs]

    states = sorted(str(one["state"]) for one in told if isinstance(one, dict))
    assert states == ["accepted", "skipped"]


async def test_what_no_network_would_carry_is_refused_before_it_is_sent(
    hasty: Platform, twilio: TwilioTwin
) -> None:
    finn = customer(hasty, "finn")
    before = twilio.writes

    run = await hasty.run(bound(over(twilio)), {"customer": finn, "invoice": "7" * 1_600})

    assert run.problem is not None
    assert run.problem["code"] == "delivery.invalid"
    assert twilio.writes == before


async def test_a_number_in_place_of_a_customer_is_written_to(platform: Platform) -> None:
    flow = FLOW.split("template:")[0] + "text: Hello}\n"
    given = await sent(platform, bound(SANDBOX, flow=flow), "+4366087654321", "7")

    kept = platform.stores.outbox.find("acme", str(given["delivery"]))
    assert kept is not None
    assert (kept.to, kept.text) == ("+4366087654321", "Hello")
