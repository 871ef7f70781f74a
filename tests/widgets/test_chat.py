"""<sym-chat> on a page of another origin, under a policy that lets nothing but the platform in."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
from playwright.async_api import Browser

from solution_api.services import Services
from symphainy.session import Address
from tests.api.world import World, listening
from tests.runtime.platform import free_port
from tests.sessions.talking import GREETER, ORDERS, until
from tests.widgets.browsing import Tab
from tests.widgets.browsing import tab as opened
from tests.widgets.host import hosting
from tests.widgets.test_tokens import talking

CHAT = '<sym-chat token-url="/token" heading="Help"></sym-chat>'
HOSTILE = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>'


async def write(tab: Tab, text: str) -> None:
    """Write something and press Enter."""
    await tab.page.get_by_label("Write a message").fill(text)
    await tab.page.keyboard.press("Enter")


async def bubbles(tab: Tab) -> list[str]:
    """What was said, in the order in which it is shown."""
    return await tab.page.locator(".bubble").all_text_contents()


async def ready(
    world: World, api: httpx2.AsyncClient, tab: Tab, text: str = GREETER, **wanted: Any
) -> str:
    """A chat of somebody called Anna, open; the solution that she talks to."""
    solution = await talking(api, world, text)
    tab.host.wanted = {"solution": solution, "customer": "anna", **wanted}
    await tab.open(CHAT)
    await tab.page.locator(".empty").wait_for()
    return solution


async def test_a_customer_writes_and_reads_the_answer(
    world: World, api: httpx2.AsyncClient, tab: Tab
) -> None:
    await ready(world, api, tab)

    await write(tab, "Hello?")
    await tab.says(".out .bubble", "You said: Hello?")

    assert await bubbles(tab) == ["Hello?", "You said: Hello?"]
    ((name, detail),) = await tab.told()
    assert (name, detail["text"]) == ("sym-message", "You said: Hello?")  # type: ignore[index]
    assert await tab.page.evaluate("window.asked") == "closed"
    assert await tab.violations() == []
    assert tab.complaints == []


async def test_what_anybody_writes_stays_text(
    world: World, api: httpx2.AsyncClient, tab: Tab
) -> None:
    hostile = ORDERS.replace("choices: [Red,", f"choices: ['{HOSTILE}',")
    await ready(world, api, tab, hostile.replace("Which colour?", f"'{HOSTILE}'"))

    await write(tab, HOSTILE)
    await tab.says(".out .bubble", HOSTILE)

    assert await bubbles(tab) == [HOSTILE, HOSTILE]
    assert await tab.page.locator(".choices button").first.text_content() == HOSTILE
    assert await tab.page.locator("img, .log script").count() == 0
    assert await tab.page.evaluate("window.pwned") is None
    assert await tab.violations() == []


async def test_a_choice_is_taken_with_the_keyboard(
    world: World, api: httpx2.AsyncClient, tab: Tab
) -> None:
    solution = await ready(world, api, tab, ORDERS)
    page = tab.page

    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.type("A bicycle,")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("please.")
    await page.keyboard.press("Enter")
    await tab.says(".choices button", "Blue")
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Enter")
    await tab.says(".out .bubble", "Blue it is.")

    assert await bubbles(tab) == ["A bicycle,\nplease.", "Which colour?", "Blue", "Blue it is."]
    said = (await api.get(f"/v1/sessions/{solution}:anna/messages")).json()
    assert [one["choice"] for one in said] == [None, None, "b", None]
    assert await page.locator(".choices button").count() == 0


async def test_a_chat_is_told_to_screen_readers(
    world: World, api: httpx2.AsyncClient, tab: Tab
) -> None:
    await ready(world, api, tab)

    await write(tab, "Hello?")
    await tab.says(".out .bubble", "You said: Hello?")

    shown = await tab.page.locator("sym-chat").aria_snapshot()
    for part in (
        '- region "Help"',
        '- log "Messages"',
        '- listitem: "You: Hello?',
        '- listitem: "Support: You said: Hello?',
        '- textbox "Write a message"',
        '- button "Send"',
    ):
        assert part in shown, shown


async def test_a_floating_chat_opens_and_closes_with_the_keyboard(
    world: World, api: httpx2.AsyncClient, tab: Tab
) -> None:
    await ready(world, api, tab)
    await write(tab, "Hello?")
    await tab.says(".out .bubble", "You said: Hello?")
    await tab.open('<sym-chat floating token-url="/token"></sym-chat>')
    page = tab.page

    await page.keyboard.press("Tab")
    assert await page.locator(".chat").is_hidden()
    await page.keyboard.press("Enter")
    await page.locator("textarea:focus").wait_for()
    await page.keyboard.press("Escape")
    await page.locator(".launch:focus").wait_for()

    assert await page.locator(".chat").is_hidden()
    assert await tab.violations() == []


async def test_a_chat_speaks_the_language_of_its_page(
    world: World, api: httpx2.AsyncClient, tab: Tab
) -> None:
    tab.host.wanted = {"solution": await talking(api, world), "customer": "anna"}
    await tab.open(CHAT, lang="de-AT")

    await tab.page.get_by_label("Nachricht schreiben").fill("Hallo?")
    await tab.page.get_by_role("button", name="Senden").click()
    await tab.says(".out .bubble", "You said: Hallo?")

    assert await tab.page.locator(".empty").is_hidden()


async def test_what_was_seen_is_told_to_the_sender(
    world: World, api: httpx2.AsyncClient, tab: Tab
) -> None:
    solution = await ready(world, api, tab)

    await write(tab, "Hello?")
    await tab.says(".out .bubble", "You said: Hello?")
    said = (await api.get(f"/v1/sessions/{solution}:anna/messages")).json()
    ledger, delivery = world.services.stores.ledger, said[1]["id"]
    events = await until(
        lambda: {"opened", "delivered"} <= {one.event for one in ledger.events("acme", delivery)}
    )

    assert events


async def test_a_page_that_is_opened_again_shows_what_was_said(
    world: World, api: httpx2.AsyncClient, tab: Tab
) -> None:
    await ready(world, api, tab)
    await write(tab, "Hello?")
    await tab.says(".out .bubble", "You said: Hello?")

    await tab.open(CHAT)
    await tab.says(".out .bubble", "You said: Hello?")

    assert await bubbles(tab) == ["Hello?", "You said: Hello?"]


async def test_somebody_unknown_begins_anew(
    world: World, api: httpx2.AsyncClient, tab: Tab
) -> None:
    tab.host.wanted = {"solution": await talking(api, world)}
    await tab.open(CHAT)
    await write(tab, "Hello?")
    await tab.says(".out .bubble", "You said: Hello?")

    await tab.open(CHAT)
    await write(tab, "Anybody?")
    await tab.says(".out .bubble", "You said: Anybody?")

    assert await bubbles(tab) == ["Anybody?", "You said: Anybody?"]


async def test_a_server_that_was_away_costs_and_doubles_nothing(
    services: Services, world: World, api: httpx2.AsyncClient, browser: Browser
) -> None:
    port, solution = free_port(), await talking(api, world)
    url = f"http://127.0.0.1:{port}"
    async with hosting(url, api) as host, opened(browser, host) as tab:
        host.wanted = {"solution": solution, "customer": "anna"}
        async with listening(services, port):
            await tab.open(CHAT)
            await write(tab, "One")
            await tab.says(".out .bubble", "You said: One")
        await write(tab, "Two")
        await write(tab, "Three")
        await tab.says(".state", "No connection.")
        # Meanwhile something is said that the page cannot hear.
        kept = await services.sessions.say(
            "acme", _anna(solution), id="meanwhile", text="Still there?", channel="web"
        )
        assert kept.seq == 3
        async with listening(services, port):
            # Each has a run of its own, and either may be first.
            await tab.says(".out .bubble", "You said: Two")
            await tab.says(".out .bubble", "You said: Three")
            shown = await bubbles(tab)
            state = await tab.page.locator(".state").text_content()

    assert shown[:3] == ["One", "You said: One", "Still there?"]
    assert sorted(shown[3:]) == ["Three", "Two", "You said: Three", "You said: Two"]
    assert state == ""
    kept_ = services.stores.transcripts.messages("acme", f"{solution}:anna")
    assert [one.text for one in kept_] == shown


def _anna(solution: str) -> Address:
    return Address(solution, "production", customer="anna")


async def test_a_token_that_has_expired_is_renewed(
    world: World, api: httpx2.AsyncClient, tab: Tab
) -> None:
    tokens = world.services.widget_tokens

    def aged(token: str) -> str:
        if len(tab.host.bought) > 1:
            return token
        an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
        return tokens.issue(tokens.redeem(token, tab.host.url), now=an_hour_ago)[0]

    tab.host.aged = aged
    await ready(world, api, tab)
    await write(tab, "Hello?")
    await tab.says(".out .bubble", "You said: Hello?")

    assert len(tab.host.bought) == 2
    assert await tab.violations() == []


async def test_a_stream_ends_with_its_token_and_goes_on_with_the_next(
    world: World, api: httpx2.AsyncClient, tab: Tab
) -> None:
    tokens = world.services.widget_tokens

    def soon_over(token: str) -> str:
        if len(tab.host.bought) > 3:
            return token
        nearly = datetime.now(UTC) - timedelta(minutes=4, seconds=56)
        return tokens.issue(tokens.redeem(token, tab.host.url), now=nearly)[0]

    solution = await ready(world, api, tab)
    tab.host.aged = soon_over
    await tab.open(CHAT)
    await until(lambda: len(tab.host.bought) >= 4)
    await world.services.sessions.say(
        "acme", _anna(solution), id="later", text="Still there?", channel="web"
    )
    await tab.says(".out .bubble", "Still there?")

    assert await bubbles(tab) == ["Still there?"]


async def test_a_page_of_another_origin_is_refused(
    world: World, api: httpx2.AsyncClient, tab: Tab
) -> None:
    solution = await talking(api, world)
    tab.host.wanted = {
        "solution": solution,
        "customer": "anna",
        "origin": "https://other.example",
    }
    await tab.open(CHAT)

    await write(tab, "Hello?")
    await tab.says(".state", "No connection.")

    await until(lambda: any("Access-Control-Allow-Origin" in one for one in tab.complaints))
    assert (await api.get(f"/v1/sessions/{solution}:anna")).status_code == 404


async def test_a_script_that_was_changed_does_not_run(
    world: World, api: httpx2.AsyncClient, tab: Tab
) -> None:
    tab.host.wanted = {"solution": await talking(api, world), "customer": "anna"}
    tab.host.integrity = "sha384-" + "A" * 64
    await tab.open(CHAT)
    await until(lambda: tab.complaints)

    assert await tab.page.evaluate("customElements.get('sym-chat') === undefined")
    assert "integrity" in tab.complaints[0]


async def test_a_token_may_be_handed_over_by_the_page_itself(
    world: World, api: httpx2.AsyncClient, tab: Tab
) -> None:
    solution = await talking(api, world)
    bought = await api.post(
        "/v1/widgets/tokens",
        json={"solution": solution, "customer": "anna", "origin": tab.host.url},
    )
    await tab.open(f'<sym-chat token="{bought.json()["token"]}"></sym-chat>')

    await write(tab, "Hello?")
    await tab.says(".out .bubble", "You said: Hello?")

    assert tab.host.bought == []
