"""Phone calls: the same flow, policies and ledger as for text messages."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.runtime.platform import Platform, platform_on, real_server
from tests.twins.connect import SECRET as AWS
from tests.twins.connect import ConnectTwin, spoken
from tests.twins.provider import Fault
from tests.twins.twilio import SECRET, TwilioTwin
from workers.pool import Options

TWILIO = 'channel: voice, adapter: twilio, from: "+15005550006", settings: {endpoint: "<URL>"}'
CONNECT = (
    'channel: voice, adapter: connect, from: "+15005550006", '
    'settings: {instance: i-1, flow: f-1, endpoint: "<URL>"}'
)
FLOW = """
document: {dsl: 1.0.3, namespace: test, name: call-{{n}}, version: 1.0.0}
experiences:
  reach: {<BOUND>}
  write: {channel: sms, adapter: sandbox}
do:
  - remind:
      call: reach
      with:
        to: "${ .customer }"
        data: {day: Monday}
        text: "Hello {{ customer.name }}, see you on {{ day }}."
        script:
          - say: "Hello {{ customer.name }}."
          - gather:
              name: coming
              prompt: "Press 1 to come on {{ day }}."
              choices: {"1": [{say: Thank you.}]}
"""
EXAMPLE = Path(__file__).parents[2] / "examples" / "appointment-call.yaml"


@pytest.fixture(scope="module")
async def twilio() -> AsyncIterator[TwilioTwin]:
    async with TwilioTwin() as twin:
        yield twin


@pytest.fixture(scope="module")
async def connect() -> AsyncIterator[ConnectTwin]:
    async with ConnectTwin() as twin:
        yield twin


@pytest.fixture(scope="module")
async def hasty(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Platform]:
    """On the real server, with credentials at Twilio and AWS, asked soon after."""
    folder = tmp_path_factory.mktemp("calls")
    secrets = folder / "home" / "secrets" / "acme"
    secrets.mkdir(parents=True)
    (secrets / "twilio").write_text(json.dumps(SECRET))
    (secrets / "connect").write_text(json.dumps(AWS))
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
        found.stores.customers.upsert("acme", "ada", name="Ada", phone="+4366012345678")
        yield found


def over(bound: str, url: str = "") -> str:
    """The flow with its experience bound by that line."""
    return FLOW.replace("<BOUND>", bound.replace("<URL>", url))


async def reached(platform: Platform, text: str) -> dict[str, object]:
    given = await platform.output(text, {"customer": "ada"})
    assert isinstance(given, dict)
    return given


async def test_one_flow_calls_by_twilio_and_by_connect_and_writes(
    hasty: Platform, twilio: TwilioTwin, connect: ConnectTwin
) -> None:
    outbox = hasty.stores.outbox

    rung = await reached(hasty, over("channel: voice, adapter: sandbox"))
    by_twilio = await reached(hasty, over(TWILIO, twilio.url))
    by_connect = await reached(hasty, over(CONNECT, connect.url))
    written = await reached(hasty, over("channel: sms, adapter: sandbox"))

    call = outbox.find("acme", str(rung["delivery"]))
    text = outbox.find("acme", str(written["delivery"]))
    (first,) = twilio.of(str(by_twilio["delivery"]))
    (second,) = connect.of(str(by_connect["delivery"]))
    assert call is not None
    assert text is not None
    assert (call.channel, call.text) == ("voice", "Hello Ada.\nPress 1 to come on Monday.")
    assert (text.channel, text.text) == ("sms", "Hello Ada, see you on Monday.")
    assert "Press 1 to come on Monday." in first.document["Twiml"]
    assert spoken(second.document["Attributes"]) == ["Hello Ada.", "Press 1 to come on Monday."]
    assert second.document["ClientToken"] == by_connect["delivery"]


@pytest.mark.parametrize("fault", ["kept drop", "kept silence", "kept 500", "drop", "429"])
async def test_whatever_happens_on_the_way_twilio_has_one_call(
    hasty: Platform, twilio: TwilioTwin, fault: Fault
) -> None:
    """The next one asks or calls again; no two are ever there for one delivery."""
    twilio.fault, twilio.times = fault, 1

    given = await reached(hasty, over(TWILIO, twilio.url))

    (kept,) = twilio.of(str(given["delivery"]))
    record = hasty.stores.ledger.get("acme", str(given["delivery"]))
    assert record is not None
    assert (record.state, record.provider_id) == ("accepted", kept.id)
    attempts = hasty.stores.ledger.attempts("acme", record.id)
    assert len(attempts) == (1 if fault.startswith("kept") else 2)


@pytest.mark.parametrize("fault", ["kept drop", "kept silence", "kept 500", "drop", "429"])
async def test_whatever_happens_on_the_way_connect_has_one_call(
    hasty: Platform, connect: ConnectTwin, fault: Fault
) -> None:
    connect.fault, connect.times = fault, 1

    given = await reached(hasty, over(CONNECT, connect.url))

    (kept,) = connect.of(str(given["delivery"]))
    assert (given["state"], given["providerId"]) == ("accepted", kept.id)


async def test_a_number_that_cannot_be_called_is_written_to(
    hasty: Platform, twilio: TwilioTwin
) -> None:
    twilio.numbers["+4366012345678"] = 21215
    given = await reached(hasty, over(f"{TWILIO}, fallback: [write]", twilio.url))
    twilio.numbers.clear()

    text = hasty.stores.outbox.find("acme", str(given["delivery"]))
    assert text is not None
    assert (given["channel"], text.text) == ("sms", "Hello Ada, see you on Monday.")
    assert twilio.of(str(given["insteadOf"])) == []


async def test_what_twilio_may_ask_is_kept_and_what_nobody_asks_is_not(
    hasty: Platform, twilio: TwilioTwin, connect: ConnectTwin
) -> None:
    asked = await reached(hasty, over(TWILIO, twilio.url))
    never = await reached(hasty, over(CONNECT, connect.url))

    kept = hasty.stores.recalled.get("acme", str(asked["delivery"]))
    assert kept is not None
    assert kept.channel == "voice"
    assert hasty.stores.recalled.get("acme", str(never["delivery"])) is None


async def test_the_example_writes_to_who_does_not_answer(skipping: Platform) -> None:
    text = EXAMPLE.read_text().replace("name: appointment-call", "name: example-{{n}}")
    person = {"id": "mia", "name": "Mia", "phone": "+4366012345678"}
    appointment = {"id": "A-7", "day": "2026-12-01", "time": "10:30"}

    solution = skipping.deploy(text)
    payload = {"customer": person, "appointment": appointment}
    run = await skipping.submit(solution, payload, intent="ask")
    finished = await skipping.finish(run.run)

    assert finished.output == {"appointment": "A-7", "outcome": "written"}, finished.problem
    said = {
        one.channel: kept.text
        for one in skipping.stores.ledger.list("acme", customer="mia")
        if (kept := skipping.stores.outbox.find("acme", one.id)) is not None
    }
    assert said == {
        "voice": "Hello Mia, this is Acme.\nYour appointment is on 1 December at 10:30. "
        "Press 1 to keep it, 2 to have it moved.",
        "sms": "Hello Mia, we could not reach you. Will you come on 1 December at 10:30? "
        "Call us on +43 1 234 56 78. Acme",
    }
