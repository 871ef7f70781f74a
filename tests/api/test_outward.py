"""From the API to servers of others and back: events, posted answers, buttons in Slack."""

import asyncio
import json
import textwrap
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.api.world import World, deployed, problem
from tests.twins.provider import Provider
from tests.twins.receiver import PATH, SECRET, ReceiverTwin
from tests.twins.slack import SIGNING, TOKEN, SlackTwin, pressed, signed, wrote

PAYING = """\
    document: {dsl: 1.0.3, namespace: acme, name: NAME, version: 1.0.0}
    experiences:
      erp: {adapter: webhook, settings: {endpoint: ENDPOINT}}
    intents:
      pay: {starts: true}
    do:
      - tell: {call: erp, with: {type: invoice.paid, data: "${ {invoice: .id} }"}}
"""
ORDERS = """\
    document: {dsl: 1.0.3, namespace: acme, name: NAME, version: 1.0.0}
    experiences:
      orders: {adapter: api, settings: {callbacks: ["BASE/"]}}
    intents:
      order: {starts: true}
    do:
      - answer: {call: orders, with: {status: 201, body: "${ {order: .id} }"}}
"""
ASKING = """\
    document: {dsl: 1.0.3, namespace: acme, name: NAME, version: 1.0.0}
    experiences:
      team: {channel: chat, adapter: slack, settings: {endpoint: "BASE/api", channel: C0ACME}}
    intents:
      ask: {starts: true}
    do:
      - ask:
          call: team
          with: {text: Shall we ship?, choices: ["Yes", "No"]}
          export: {as: "${ {asked: .} }"}
      - heard:
          listen:
            to:
              one:
                with:
                  type: com.symphainy.delivery.replied.v1
                  subject: ${ $context.asked.delivery }
      - told: {set: "${ .[0] }"}
"""


def base(twin: Provider) -> str:
    """The twin under the name that the platform reaches it by."""
    return f"http://localhost:{twin.port}"


def written(text: str, name: str, **parts: str) -> str:
    found = textwrap.dedent(text).replace("NAME", name)
    for part, value in parts.items():
        found = found.replace(part, value)
    return found


@pytest.fixture
async def partner(world: World) -> AsyncIterator[ReceiverTwin]:
    secrets(world)
    async with ReceiverTwin() as twin:
        yield twin


@pytest.fixture
async def slack(world: World) -> AsyncIterator[SlackTwin]:
    secrets(world)
    async with SlackTwin() as twin:
        yield twin


def secrets(world: World) -> None:
    folder = world.services.settings.home / "secrets" / "acme"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "webhook").write_text(SECRET)
    (folder / "slack").write_text(json.dumps({"token": TOKEN, "signingSecret": SIGNING}))


async def over(world: World, run: str) -> Any:
    """The run when it is over."""
    return await world.services.runs.result("acme", run, within=timedelta(seconds=60))


async def test_an_event_goes_to_an_endpoint_by_its_name_until_the_server_wants_no_more(
    world: World, api: httpx2.AsyncClient, partner: ReceiverTwin
) -> None:
    name = world.name("erp")
    made = await api.post("/v1/webhooks", json={"name": name, "url": base(partner) + PATH})
    partner.secrets = (made.json()["secret"],)
    solution = await deployed(api, name, written(PAYING, name, ENDPOINT=name))
    place, wait = f"/v1/solutions/{solution}/intents/pay", {"Prefer": "wait=60"}
    first = await api.post(place, json={"id": 7}, headers=wait)
    partner.secrets = ()
    await api.post(f"/v1/webhooks/{name}/disable")
    second = await api.post(place, json={"id": 8}, headers=wait)

    assert first.json()["status"] == "completed", first.text
    assert [one.document["data"] for one in partner.kept] == [{"invoice": 7}]
    assert second.json()["problem"]["code"] == "delivery.endpoint-gone"
    assert f"/v1/webhooks/{name}/enable" in second.json()["problem"]["detail"]


async def test_a_caller_who_gives_a_url_is_answered_there(
    world: World, api: httpx2.AsyncClient, partner: ReceiverTwin
) -> None:
    name, url = world.name("orders"), base(partner) + PATH
    solution = await deployed(api, name, written(ORDERS, name, BASE=base(partner)))
    place = f"/v1/solutions/{solution}/api/orders"
    asked = await api.post(place, json={"id": 7}, headers={"Callback-URL": url})
    ran = await over(world, asked.headers["link"].partition("/runs/")[2].partition(">")[0])

    assert asked.status_code in (201, 202)
    assert ran.status == "completed", ran.problem
    # Whoever was quick enough has the answer already.
    posted = [one.document["data"]["body"] for one in partner.kept]
    assert posted == ([{"order": 7}] if asked.status_code == 202 else [])
    found = await api.get(f"{place}/{ran.run}")
    assert (found.status_code, found.json()) == (201, {"order": 7})


@pytest.mark.parametrize(
    "url",
    [
        "BASE.evil.example/",
        "BASE@evil.example/",
        "BASE/../x",
        "BASE/a/%2E./x",
        "BASE/a\\x",
        "https://x/",
        "http://evil.example/?BASE/",
    ],
)
async def test_an_answer_is_posted_nowhere_else(
    world: World, api: httpx2.AsyncClient, partner: ReceiverTwin, url: str
) -> None:
    name = world.name("orders")
    solution = await deployed(api, name, written(ORDERS, name, BASE=base(partner)))
    headers = {"Callback-URL": url.replace("BASE", base(partner))}
    answer = await api.post(f"/v1/solutions/{solution}/api/orders", json={}, headers=headers)

    assert problem(answer) == (422, "endpoint.callback")


async def test_a_button_pressed_in_slack_is_heard_by_the_run_that_asked(
    world: World, api: httpx2.AsyncClient, nobody: httpx2.AsyncClient, slack: SlackTwin
) -> None:
    name = world.name("asking")
    solution = await deployed(api, name, written(ASKING, name, BASE=base(slack)))
    started = await api.post(f"/v1/solutions/{solution}/intents/ask")
    async with asyncio.timeout(60):
        while not slack.kept:
            await asyncio.sleep(0.05)
    callback = pressed(slack.kept[0], "Yes", at=datetime.now(UTC))
    place = f"/v1/hooks/slack/team?{urlsplit(callback.url).query.replace('conformance', 'acme')}"
    forged = {**callback.headers, "x-slack-signature": "v0=0"}
    refused = await nobody.post(place, content=callback.body, headers=forged)
    taken = await nobody.post(place, content=callback.body, headers=dict(callback.headers))
    again = await nobody.post(place, content=callback.body, headers=dict(callback.headers))
    ran = await over(world, started.json()["run"])

    assert problem(refused) == (401, "callback.refused")
    assert (taken.status_code, again.status_code) == (200, 200)
    assert ran.status == "completed", ran.problem
    told = {name: ran.output[name] for name in ("value", "title", "user")}
    assert told == {"value": "Yes", "title": "Yes", "user": "U0ADA"}


async def settled(api: httpx2.AsyncClient, runs: list[str]) -> None:
    """Wait until the ledger knows what Slack calls the messages of these runs."""
    async with asyncio.timeout(60):
        while True:
            shown = (await api.get("/v1/deliveries?limit=100")).json()["items"]
            known = {one["run"] for one in shown if one["state"] == "accepted"}
            if known.issuperset(runs):
                return
            await asyncio.sleep(0.05)


async def test_an_answer_in_a_thread_is_heard_by_the_run_whose_message_it_hangs_on(
    world: World, api: httpx2.AsyncClient, nobody: httpx2.AsyncClient, slack: SlackTwin
) -> None:
    name = world.name("asking")
    solution = await deployed(api, name, written(ASKING, name, BASE=base(slack)))
    place = "/v1/hooks/slack/team?t=acme&c=chat"
    runs = []
    for number in range(2):
        started = await api.post(f"/v1/solutions/{solution}/intents/ask")
        runs.append(started.json()["run"])
        async with asyncio.timeout(60):
            while len(slack.kept) == number:
                await asyncio.sleep(0.05)
    await settled(api, runs)
    callback = wrote("Later", at=datetime.now(UTC), thread_ts=slack.kept[0].id)
    taken = await nobody.post(place, content=callback.body, headers=dict(callback.headers))
    ran = await over(world, runs[0])
    other = (await api.get(f"/v1/runs/{runs[1]}")).json()

    assert taken.status_code == 200
    assert (ran.status, other["status"]) == ("completed", "running")
    assert ran.output["text"] == "Later"


async def test_slack_finds_its_address(
    nobody: httpx2.AsyncClient, slack: SlackTwin, world: World
) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1a"}).encode()
    callback = signed(body, at=datetime.now(UTC))
    place = "/v1/hooks/slack/team?t=acme&c=chat"
    answer = await nobody.post(place, content=body, headers=dict(callback.headers))

    assert (answer.status_code, answer.text) == (200, "3eZbrw1a")
