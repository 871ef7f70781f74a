"""What is done with messages of the outbox comes back as from a provider."""

import asyncio
from typing import Any

import httpx2
import pytest

from tests.api.world import World, deployed, principal, problem, put

CALLS = """\
document: {dsl: 1.0.3, namespace: acme, name: NAME, version: 1.0.0}
intents:
  start: {starts: true}
experiences:
  phone: {channel: voice, adapter: sandbox, from: "+15005550006"}
do:
  - ring:
      call: phone
      with:
        to: {phone: "+4366012345678"}
        script:
          - say: Good day, this is Acme.
          - gather:
              name: keep
              prompt: Press 1 to keep your appointment.
              choices: {"1": [{say: Thank you.}]}
      export: {as: "${ {ring: .} }"}
  - heard:
      listen:
        to:
          one:
            with:
              type: com.symphainy.delivery.gathered.v1
              subject: ${ $context.ring.delivery }
"""
WRITES = """\
document: {dsl: 1.0.3, namespace: acme, name: NAME, version: 1.0.0}
intents:
  start: {starts: true}
experiences:
  it: {channel: CHANNEL, adapter: sandbox, settings: SETTINGS}
do:
  - tell:
      call: it
      with: WITH
"""


async def starts(api: httpx2.AsyncClient, name: str, text: str) -> str:
    """Deploy and start; the run's id."""
    solution = await deployed(api, name, text.replace("NAME", name))
    answer = await api.post(f"/v1/solutions/{solution}/intents/start")
    assert answer.status_code == 202, answer.text
    run: str = answer.json()["run"]
    return run


async def message(api: httpx2.AsyncClient, run: str) -> dict[str, Any]:
    """The message that the run sent, once it has."""
    async with asyncio.timeout(60):
        while True:
            found = (await api.get("/v1/outbox", params={"run": run})).json()["items"]
            if found:
                answer = await api.get(f"/v1/outbox/{found[0]['id']}")
                assert answer.status_code == 200, answer.text
                kept: dict[str, Any] = answer.json()
                return kept
            await asyncio.sleep(0.1)


async def tell(api: httpx2.AsyncClient, world: World, channel: str, said: str, **more: str) -> Any:
    """A message of a run that does nothing else; its experience has `settings` of `more`."""
    text = WRITES.replace("CHANNEL", channel).replace("WITH", said)
    text = text.replace("SETTINGS", more.get("settings", "{}"))
    return await message(api, await starts(api, world.name(channel), text))


async def act(api: httpx2.AsyncClient, message: dict[str, Any], **deed: Any) -> Any:
    """Do something with it, and again where the platform was too busy to hear; the message then."""
    async with asyncio.timeout(60):
        while True:
            answer = await api.post(f"/v1/outbox/{message['id']}/acts", json=deed)
            if answer.status_code != 503:
                break
    assert answer.status_code == 200, answer.text
    return answer.json()


async def delivery(api: httpx2.AsyncClient, message: dict[str, Any]) -> tuple[str, list[str]]:
    """How its delivery stands, and what was told of it."""
    story = (await api.get(f"/v1/deliveries/{message['delivery']}")).json()
    return story["state"], [one["event"] for one in story["events"]]


async def test_a_run_hears_the_key_that_was_pressed_on_the_phone(
    world: World, api: httpx2.AsyncClient
) -> None:
    run = await starts(api, world.name("calls"), CALLS)
    ringing = await message(api, run)
    assert ringing["call"]["phase"] == "ringing"
    assert ringing["possible"] == ["answer", "machine", "no_answer", "busy", "drop"]

    asked = await act(api, ringing, act="answer")
    assert asked["call"]["phase"] == "asking"
    over = await act(api, ringing, act="press", digits="1")

    assert over["call"]["phase"] == "over"
    assert [(one["who"], one["text"]) for one in over["call"]["lines"]][-3:-1] == [
        ("person", "1"),
        ("platform", "Thank you."),
    ]
    output = (await api.get(f"/v1/runs/{run}", headers={"Prefer": "wait=60"})).json()["output"]
    [heard] = output
    assert (heard["event"], heard["name"], heard["choice"]) == ("gathered", "keep", "1")
    state, events = await delivery(api, ringing)
    assert (state, events) == ("delivered", ["answered", "gathered", "completed"])


async def test_outside_production_the_phone_of_the_outbox_stands_in_for_a_vendor(
    world: World, api: httpx2.AsyncClient
) -> None:
    name = world.name("trial")
    text = CALLS.replace("NAME", name).replace("adapter: sandbox", "adapter: twilio")
    assert (await put(api, name, text)).status_code == 201
    address = f"/v1/solutions/acme.{name}"
    where = {"environment": "sandbox"}
    await api.post(f"{address}/versions/1.0.0/deploy", json=where)
    started = await api.post(f"{address}/intents/start", params=where)
    run = started.json()["run"]

    ringing = await message(api, run)
    await act(api, ringing, act="answer")
    await act(api, ringing, act="press", digits="1")

    output = (await api.get(f"/v1/runs/{run}", headers={"Prefer": "wait=60"})).json()["output"]
    assert [(one["event"], one["choice"]) for one in output] == [("gathered", "1")]


async def test_a_mail_bounces_and_its_delivery_is_rejected(
    world: World, api: httpx2.AsyncClient
) -> None:
    mail = await tell(api, world, "email", "{to: gone@example.com, subject: Hi, text: Hello}")

    done = await act(api, mail, act="bounce")

    assert [one["act"] for one in done["acts"]] == ["bounce"]
    assert done["possible"] == []
    assert await delivery(api, mail) == ("rejected", ["bounced_hard"])
    again = await api.post(f"/v1/outbox/{mail['id']}/acts", json={"act": "open"})
    assert problem(again) == (409, "outbox.act")


@pytest.mark.parametrize(
    ("act_", "event", "state"),
    [
        ("deliver", "delivered", "delivered"),
        ("late", "deferred", "accepted"),
        ("open", "opened", "delivered"),
        ("click", "clicked", "delivered"),
        ("complain", "complained", "delivered"),
        ("drop", "dropped", "rejected"),
    ],
)
async def test_what_becomes_of_a_mail_is_told(
    world: World, api: httpx2.AsyncClient, act_: str, event: str, state: str
) -> None:
    to = f"{world.name('ada')}@example.com"
    mail = await tell(api, world, "email", f"{{to: {to}, subject: Hi, text: Hello}}")

    await act(api, mail, act=act_)

    assert await delivery(api, mail) == (state, [event])


async def test_an_answer_to_a_text_message_is_told_and_stop_is_obeyed(
    world: World, api: httpx2.AsyncClient
) -> None:
    text = await tell(api, world, "sms", '{to: "+4366099999999", text: Hello}')

    await act(api, text, act="reply", text="Who is this?")
    await act(api, text, act="reply", text="STOP")

    assert (await delivery(api, text))[1] == ["replied", "unsubscribed"]


async def test_tickets_are_answered_and_solved(world: World, api: httpx2.AsyncClient) -> None:
    said = "{to: ada@example.com, subject: Broken, text: It broke., key: t-1}"
    ticket = await tell(api, world, "ticket", said)

    await act(api, ticket, act="update", text="We look into it.")
    await act(api, ticket, act="reply", text="Thank you.")
    await act(api, ticket, act="solve")

    assert (await delivery(api, ticket))[1] == ["updated", "replied", "solved"]


async def test_a_record_is_changed_by_people(world: World, api: httpx2.AsyncClient) -> None:
    record = await tell(api, world, "crm", "{to: ada@example.com, set: {name: Ada}}")
    assert record["document"]["properties"] == {"name": "Ada"}

    changed = await act(api, record, act="update", properties={"name": "Ada L."})

    assert changed["acts"][0]["properties"] == {"name": "Ada L."}
    assert (await delivery(api, record))[1] == ["updated"]


async def test_an_event_is_posted_for_real_only_where_that_is_allowed(
    world: World, api: httpx2.AsyncClient
) -> None:
    event = await tell(
        api, world, "webhook", "{type: a.b, data: 1}", settings="{endpoint: 'https://127.0.0.1/x'}"
    )
    assert event["headers"]["webhook-id"] == event["delivery"]

    done = await act(api, event, act="resend")

    assert "status" not in done["acts"][0]
    assert "does not connect there" in done["acts"][0]["detail"]
    assert await delivery(api, event) == ("accepted", [])


async def test_messages_are_found_by_channel_customer_and_words(
    world: World, api: httpx2.AsyncClient
) -> None:
    customer = world.name("customer")
    await api.put(f"/v1/customers/{customer}", json={"phone": "+4366011111111"})
    sent = await tell(api, world, "sms", f"{{to: {customer}, text: Zanzibar calls}}")

    for wanted in ({"customer": customer}, {"words": "zanzibar"}, {"run": sent["run"]}):
        found = (await api.get("/v1/outbox", params={"channel": "sms", **wanted})).json()["items"]
        assert [one["id"] for one in found] == [sent["id"]]
        none = (await api.get("/v1/outbox", params={"channel": "chat", **wanted})).json()["items"]
        assert none == []
    assert problem(await api.get("/v1/outbox?channel=pigeon")) == (422, "api.invalid-request")


async def test_who_may_only_read_does_nothing_with_messages(
    world: World, api: httpx2.AsyncClient, stranger: httpx2.AsyncClient
) -> None:
    mail = await tell(api, world, "email", "{to: b@example.com, subject: Hi, text: Hello}")
    address = f"/v1/outbox/{mail['id']}/acts"

    async with await world.client(principal("vera", "viewer")) as viewer:
        assert problem(await viewer.post(address, json={"act": "open"})) == (403, "api.forbidden")
    assert problem(await stranger.post(address, json={"act": "open"})) == (404, "outbox.missing")
    assert problem(await api.post(address, json={"act": "eat"})) == (422, "api.invalid-request")
