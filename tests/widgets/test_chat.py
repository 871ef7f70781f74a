"""<sym-chat> on a page of another origin, under a policy that lets nothing but the platform in."""

import httpx2

from tests.api.world import World
from tests.sessions.talking import GREETER, ORDERS
from tests.widgets.browsing import Tab
from tests.widgets.test_tokens import talking

CHAT = '<sym-chat token-url="/token" heading="Help"></sym-chat>'


async def write(tab: Tab, text: str) -> None:
    """Write something and press Enter."""
    await tab.page.get_by_label("Write a message").fill(text)
    await tab.page.keyboard.press("Enter")


async def bubbles(tab: Tab) -> list[str]:
    """What was said, in the order in which it is shown."""
    return await tab.page.locator(".bubble").all_text_contents()


async def test_a_customer_writes_and_reads_the_answer(
    world: World, api: httpx2.AsyncClient, tab: Tab
) -> None:
    tab.host.wanted = {"solution": await talking(api, world), "customer": "anna"}
    await tab.open(CHAT)

    await write(tab, "Hello?")
    await tab.says(".out .bubble", "You said: Hello?")

    assert await bubbles(tab) == ["Hello?", "You said: Hello?"]
    assert await tab.violations() == []
    assert tab.complaints == []
    assert await tab.told() == [["sym-message", {"text": "You said: Hello?"}]]
    assert await tab.page.evaluate("window.asked") == "closed"
