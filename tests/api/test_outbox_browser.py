"""The outbox in a real browser: somebody sits at the phone, and the run hears it."""

import asyncio
from collections.abc import AsyncIterator

import httpx2
import pytest
from playwright.async_api import Page, expect

from tests.api.test_outbox import CALLS, delivery, starts, tell
from tests.api.world import World
from tests.widgets.browsing import CHROMIUM, PATIENCE, browsing

SPY = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""


@pytest.fixture
async def page(world: World) -> AsyncIterator[Page]:
    """A tab that came by the link the launcher prints; nothing in it may go wrong."""
    if not CHROMIUM.exists():
        pytest.skip(f"there is no {CHROMIUM}")
    wrong: list[str] = []
    async with browsing() as browser:
        context = await browser.new_context(locale="en-GB")
        await context.add_init_script(SPY)
        tab = await context.new_page()
        tab.set_default_timeout(PATIENCE)
        tab.on("console", lambda one: wrong.append(one.text) if one.type == "error" else None)
        tab.on("pageerror", lambda error: wrong.append(str(error)))
        token = world.services.tickets.issue("acme")
        await tab.goto(f"{world.url}/outbox?token={token}")
        yield tab
        violations = await tab.evaluate("window.violations")
        # A mail that carries a script is stopped, and that is told.
        assert ([one for one in wrong if "about:srcdoc" not in one], violations) == ([], [])


async def test_a_call_is_answered_and_the_run_hears_the_key(
    world: World, api: httpx2.AsyncClient, page: Page
) -> None:
    run = await starts(api, world.name("phones"), CALLS)
    # The list tells of it by itself.
    await page.locator("a", has_text=run).first.click()
    await page.get_by_role("button", name="Answer").click()
    asked = page.locator(".bubble", has_text="Press 1 to keep your appointment.")
    await expect(asked).to_be_visible(timeout=PATIENCE)

    await page.keyboard.press("1")

    await expect(page.locator(".bubble", has_text="Thank you.")).to_be_visible(timeout=PATIENCE)
    await expect(page.get_by_role("status")).to_have_text("The call is over")
    await expect(page.locator(".trail", has_text="gave an answer")).to_be_visible(timeout=PATIENCE)
    answer = await api.get(f"/v1/runs/{run}", headers={"Prefer": "wait=60"})
    [heard] = answer.json()["output"]
    assert (heard["name"], heard["digits"]) == ("keep", "1")


async def test_a_mail_bounces_at_the_press_of_a_button(
    world: World, api: httpx2.AsyncClient, page: Page
) -> None:
    html = "<p style='color: red'>Hi <script>window.top.pwned = 1</script></p>"
    said = f'{{to: gone-2@example.com, subject: Hi, text: Hello, html: "{html}"}}'
    mail = await tell(api, world, "email", said)
    await page.goto(f"{world.url}/outbox/{mail['id']}")
    framed = page.frame_locator("iframe").get_by_text("Hi")
    await expect(framed).to_have_css("color", "rgb(255, 0, 0)")

    await page.get_by_role("button", name="bounce", exact=True).click()

    await expect(page.locator(".badge", has_text="rejected")).to_be_visible(timeout=PATIENCE)
    assert await delivery(api, mail) == ("rejected", ["bounced_hard"])
    assert await page.evaluate("window.pwned") is None


async def test_what_happens_elsewhere_shows_by_itself_and_leaves_what_is_written_alone(
    world: World, api: httpx2.AsyncClient, page: Page
) -> None:
    text = await tell(api, world, "sms", '{to: "+4366077777777", text: Are you there?}')
    await page.goto(f"{world.url}/outbox/{text['id']}")
    box = page.get_by_label("Write back")
    await box.fill("half a sent")

    done = await api.post(f"/v1/outbox/{text['id']}/acts", json={"act": "deliver"})
    assert done.status_code == 200
    await expect(page.locator(".trail", has_text="delivered")).to_be_visible(timeout=PATIENCE)

    await expect(box).to_have_value("half a sent")
    await box.fill("Yes, I am.")
    await box.press("Enter")
    await expect(page.locator(".person .bubble")).to_have_text("Yes, I am.")
    await asyncio.wait_for(_replied(api, text["delivery"]), 60)


async def _replied(api: httpx2.AsyncClient, id: str) -> None:
    while True:
        events = (await api.get(f"/v1/deliveries/{id}")).json()["events"]
        if [one["event"] for one in events] == ["delivered", "replied"]:
            return
        await asyncio.sleep(0.1)
