"""<sym-status>, <sym-preferences> and <sym-form> on a page of another origin."""

import asyncio
from pathlib import Path
from typing import Any

import httpx2
from playwright.async_api import expect

from tests.api.world import World, deployed, principal
from tests.sessions.talking import ORDERS, until
from tests.widgets.browsing import Tab
from tests.widgets.test_tokens import bought, page, talking

STATUS = '<sym-status token-url="/token" run="RUN"></sym-status>'
BOOKING = """\
document: {dsl: 1.0.3, namespace: acme, name: NAME, version: 1.0.0, title: Book a visit}
intents:
  book:
    starts: true
    customer: .customer
    input:
      document:
        type: object
        required: [name, day, size]
        additionalProperties: false
        properties:
          customer: {type: string, readOnly: true}
          name: {type: string, title: Your name, maxLength: 100}
          email: {type: string, format: email, description: We write to you here.}
          day: {type: string, format: date}
          guests: {type: integer, minimum: 1, maximum: 9}
          size: {enum: [small, medium, large]}
          extras: {type: array, items: {enum: [lights, basket, lock]}}
          address:
            type: object
            required: [street]
            properties: {street: {type: string, maxLength: 100}}
do:
  - confirmBooking: {set: {booked: "${ . }"}}
"""
APPROVED = """\
document: {dsl: 1.0.3, namespace: acme, name: NAME, version: 1.0.0}
policies:
  large: {kind: approval, when: "${ true }", before: [pay], role: teller, within: P2D}
do:
  - pay: {call: data.transform, with: {data: {paid: true}, program: .}}
"""
QUICK = """\
document: {dsl: 1.0.3, namespace: acme, name: NAME, version: 1.0.0}
do:
  - greet: {set: {done: true}}
  - finish: {set: {done: true}}
"""
NEWS = """\
document: {dsl: 1.0.3, namespace: acme, name: NAME, version: 1.0.0}
experiences:
  news: {channel: email, adapter: sandbox, purpose: marketing, topic: monthly-news, from: a@b.io}
  texts: {channel: sms, adapter: sandbox, purpose: marketing, topic: monthly-news}
do:
  - tell: {call: news, with: {to: "${ .customer }", subject: News, text: News}}
  - text: {call: texts, with: {to: "${ .customer }", text: News}}
"""


async def steps(tab: Tab) -> list[tuple[str, str]]:
    """The steps that are shown, with how each stands."""
    rows = await tab.page.locator("sym-status li").all()
    return [
        (
            await one.locator(".title").text_content() or "",
            await one.locator(".how").text_content() or "",
        )
        for one in rows
    ]


async def test_the_progress_of_a_run_is_shown_as_it_goes(
    world: World, api: httpx2.AsyncClient, tab: Tab
) -> None:
    solution = await talking(api, world, ORDERS)
    said = f"/v1/sessions/{solution}:anna/messages"
    await api.post(said, json={"id": "m-1", "text": "A bicycle"})
    run = await until(lambda: _run(world, solution))
    tab.host.wanted = {"solution": solution, "customer": "anna", "scopes": ["status"]}

    await tab.open(STATUS.replace("RUN", run))
    await tab.says("li", "Waiting")
    before = await steps(tab)
    await until(lambda: len(world.services.stores.transcripts.messages("acme", f"{solution}:anna")))
    await api.post(said, json={"id": "m-2", "text": "Red"})
    await tab.says(".state", "Completed")

    assert before == [
        ("Note", "Done"),
        ("Ask", "Done"),
        ("Answer", "Waiting"),
        ("Confirm", "To come"),
    ]
    assert [how for _, how in await steps(tab)] == ["Done"] * 4
    assert await tab.violations() == []
    assert tab.complaints == []


async def test_a_page_may_name_another_run(world: World, api: httpx2.AsyncClient, tab: Tab) -> None:
    name = world.name("quick")
    solution = await deployed(api, name, QUICK.replace("NAME", name))
    runs = [
        (await api.post(f"/v1/solutions/{solution}/intents/start")).json()["run"] for _ in range(2)
    ]
    tab.host.wanted = {
        "solution": solution,
        "customer": "anna",
        "scopes": ["status"],
        "runs": runs,
    }

    labels = '{"greet": "We greet you", "finish": null}'.replace('"', "&quot;")
    named = STATUS.replace("RUN", runs[0]).replace("run=", f'labels="{labels}" run=')
    await tab.open(named)
    await tab.says(".state", "Completed")
    assert await steps(tab) == [("We greet you", "Done")]
    await tab.page.evaluate("document.querySelector('sym-status').setAttribute('run', 'x:y')")
    await tab.says("p", "This cannot be shown right now.")
    other = f"document.querySelector('sym-status').setAttribute('run', '{runs[1]}')"
    await tab.page.evaluate(other)
    await tab.says(".state", "Completed")

    assert len(tab.host.bought) == 1


def _run(world: World, solution: str) -> str | None:
    known = world.services.stores.transcripts.get("acme", f"{solution}:anna")
    return known.surface.run if known is not None else None


async def test_runs_of_others_are_not_there(
    world: World, api: httpx2.AsyncClient, tab: Tab
) -> None:
    solution = await talking(api, world, ORDERS)
    await api.post(
        f"/v1/sessions/{solution}:anna/messages", json={"id": "m-1", "text": "A bicycle"}
    )
    run = await until(lambda: _run(world, solution))
    tab.host.wanted = {"solution": solution, "customer": "bert", "scopes": ["status"]}

    await tab.open(STATUS.replace("RUN", run))
    await tab.says("p", "This cannot be shown right now.")

    assert (await tab.told())[0][1]["code"] == "run.unknown"  # type: ignore[index]


async def _form(world: World, api: httpx2.AsyncClient, tab: Tab, **more: Any) -> str:
    name = world.name("booking")
    solution = await deployed(api, name, BOOKING.replace("NAME", name))
    tab.host.wanted = {
        "solution": solution,
        "customer": "anna",
        "scopes": ["form"],
        "intents": ["book"],
        **more,
    }
    data = '{"customer": "anna"}'.replace('"', "&quot;")
    await tab.open(f'<sym-form token-url="/token" intent="book" data="{data}"></sym-form>')
    await tab.says("h2", "Book a visit")
    return solution


async def test_a_form_is_made_of_what_an_intent_asks_for_and_submits_it(
    world: World, api: httpx2.AsyncClient, tab: Tab
) -> None:
    await _form(world, api, tab)
    page = tab.page

    await page.get_by_label("Your name").fill("Anna")
    await page.get_by_label("Email").fill("anna@example.com")
    await page.get_by_label("Day").fill("2027-05-04")
    await page.get_by_label("Guests").fill("2")
    await page.get_by_label("Medium").check()
    await page.get_by_label("Basket").check()
    await page.get_by_role("button", name="Submit").click()
    await tab.says("[role=status]", "Thank you.")

    (_, detail), *_ = await tab.told()
    run = (await _ended(api, detail["run"])).json()  # type: ignore[index]
    assert run["output"] == {
        "booked": {
            "customer": "anna",
            "name": "Anna",
            "email": "anna@example.com",
            "day": "2027-05-04",
            "guests": 2,
            "size": "medium",
            "extras": ["basket"],
        }
    }
    assert run["customer"] == "anna"
    assert await tab.violations() == []
    assert tab.complaints == []


async def _ended(api: httpx2.AsyncClient, run: Any) -> httpx2.Response:
    async with asyncio.timeout(60):
        while True:
            found = await api.get(f"/v1/runs/{run}")
            if found.json()["status"] != "running":
                return found
            await asyncio.sleep(0.05)


async def test_a_form_says_what_is_missing_and_leads_there(
    world: World, api: httpx2.AsyncClient, tab: Tab
) -> None:
    await _form(world, api, tab)
    page = tab.page

    await page.get_by_label("Email").fill("anna")
    await page.get_by_label("Guests").fill("12")
    await page.get_by_role("button", name="Submit").click()

    assert await page.locator(".error:not(:empty)").all_text_contents() == [
        "Please fill this in.",
        "Please check this.",
        "Please fill this in.",
        "Please check this.",
        "Please fill this in.",
    ]
    focused = (
        "document.querySelector('sym-form').shadowRoot.activeElement.getAttribute('aria-invalid')"
    )
    assert await page.evaluate(focused) == "true"
    assert await tab.told() == []


async def test_a_form_may_submit_what_its_token_names_and_nothing_else(
    world: World, api: httpx2.AsyncClient, tab: Tab
) -> None:
    solution = await _form(world, api, tab)
    other = await bought(api, solution=solution, customer="anna", scopes=["form"], intents=["pay"])

    async with page(world, other["token"]) as browser:
        asked = await browser.get("/v1/widgets/forms/book")
        sent = await browser.post("/v1/widgets/forms/book", json={"name": "Anna"})

    assert [one.status_code for one in (asked, sent)] == [403, 403]
    assert {one.json()["code"] for one in (asked, sent)} == {"widget.scope"}


async def test_somebody_decides_on_a_page_what_a_run_waits_for(
    world: World, api: httpx2.AsyncClient, tab: Tab
) -> None:
    name = world.name("paying")
    solution = await deployed(api, name, APPROVED.replace("NAME", name))
    started = (await api.post(f"/v1/solutions/{solution}/intents/start")).json()["run"]
    asked = await until(
        lambda: [
            one for one in world.services.stores.approvals.pending("acme") if one.run == started
        ]
    )
    # Whoever buys the token has to have the role that it gives.
    async with await world.client(principal("desk", "operator", "teller")) as desk:
        token = await bought(
            desk,
            origin=tab.host.url,
            solution=solution,
            customer="boss",
            scopes=["form"],
            approvals=[asked[0].id],
            roles=["teller"],
        )

    await tab.open(f'<sym-form token="{token["token"]}" approval="{asked[0].id}"></sym-form>')
    await tab.page.get_by_label("Note").fill("Agreed.")
    await tab.page.get_by_role("button", name="Approve").click()
    await tab.says(".result", "You approved it.")

    assert (await _ended(api, started)).json()["output"] == {"values": [{"paid": True}]}
    decided = world.services.stores.approvals.get("acme", asked[0].id)
    assert decided is not None
    assert (decided.state, decided.by, decided.note) == ("approved", "customer:boss", "Agreed.")
    assert await tab.violations() == []


async def test_a_customer_says_what_they_want_to_hear(
    world: World, api: httpx2.AsyncClient, tab: Tab
) -> None:
    name = world.name("news")
    solution = await deployed(api, name, NEWS.replace("NAME", name))
    await api.put(
        "/v1/customers/anna",
        json={"name": "Anna", "email": "anna@example.com", "phone": "+4915112345678"},
    )
    tab.host.wanted = {"solution": solution, "customer": "anna", "scopes": ["preferences"]}
    await tab.open('<sym-preferences token-url="/token"></sym-preferences>')

    topic = tab.page.get_by_role("group", name="Monthly news")
    switch = topic.get_by_role("switch", name="Email")
    before = await switch.is_checked()
    await switch.focus()
    await tab.page.keyboard.press("Space")
    await tab.says(".note", "Saved.")
    await tab.open('<sym-preferences token-url="/token"></sym-preferences>')
    await topic.wait_for()

    assert await switch.is_checked() is not before
    assert await topic.get_by_role("switch", name="Text message").is_checked() is before
    assert await tab.violations() == []
    assert tab.complaints == []


async def test_the_demo_shows_every_widget_on_a_page_of_the_platform(
    world: World, api: httpx2.AsyncClient, tab: Tab
) -> None:
    text = Path("examples/web-chat.yaml").read_text(encoding="utf-8")
    await deployed(api, "web-chat", text)
    await api.put("/v1/customers/demo", json={"name": "Demo", "email": "demo@example.com"})
    key = api.headers["Authorization"].removeprefix("Bearer ")
    page = tab.page
    await page.goto(f"{world.url}/demo/widgets")
    await page.get_by_label("API key").fill(key)
    await page.get_by_role("button", name="Open").click()
    await expect(page.get_by_label("API key")).to_have_count(0)
    await page.goto(page.url + "?solution=acme.web-chat")

    await page.get_by_label("Write a message").fill("Hello")
    await page.keyboard.press("Enter")
    await tab.says(".out .bubble", "Welcome! What shall we repair?")
    await page.get_by_role("button", name="My bicycle").click()
    await tab.says(".out .bubble", "And when may we come for the bicycle?")
    await page.get_by_role("button", name="Tomorrow").click()
    await tab.says(".out .bubble", "Thank you: we come tomorrow and repair the bicycle.")
    await tab.says("sym-status .state", "Completed")
    await tab.says("sym-preferences legend", "Repair tips")

    assert await tab.violations() == []
    assert tab.complaints == []
