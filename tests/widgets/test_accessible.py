"""Widgets for people who see little, see nothing, or use no mouse; `test_chat` has the keyboard."""

import httpx2
import pytest

from tests.api.world import World, deployed
from tests.sessions.talking import ORDERS, until
from tests.widgets.browsing import Tab
from tests.widgets.test_chat import ready, write
from tests.widgets.test_others import BOOKING, STATUS
from tests.widgets.test_tokens import talking

# What is too faint, as WCAG 2.2 counts it: texts under 4.5 : 1, the edges of fields under 3 : 1.
FAINT = """
() => {
  const parts = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = (color) => {
    const [r, g, b] = parts(color).slice(0, 3).map((one) => one / 255)
      .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const above = (one) => one.parentElement ?? one.getRootNode().host ?? null;
  const behind = (one) => {
    for (let at = one; at; at = above(at)) {
      const color = getComputedStyle(at).backgroundColor;
      if ((parts(color)[3] ?? 1) > 0) return color;
    }
    return "rgb(255, 255, 255)";
  };
  const clear = (one) => !one || (getComputedStyle(one).opacity === "1" && clear(above(one)));
  const found = [];
  const look = (root) => {
    for (const one of root.querySelectorAll("*")) {
      if (one.shadowRoot) look(one.shadowRoot);
      const unseen = !one.checkVisibility() || one.className === "hidden";
      if (!root.host || unseen || one.disabled) continue;
      const style = getComputedStyle(one);
      const nodes = [...one.childNodes].filter((node) => node.nodeType === 3);
      const text = nodes.map((node) => node.data).join("").trim();
      const contrast = ratio(style.color, behind(one));
      const plain = contrast >= 4.5 && clear(one);
      if (text && !plain) found.push([one.localName, text, contrast.toFixed(2)]);
      if (one.matches("textarea, select, input:not([type=checkbox]):not([type=radio])")) {
        const edge = ratio(style.borderTopColor, behind(above(one)));
        if (edge < 3) found.push([one.localName, "edge", edge.toFixed(2)]);
      }
      if (one.matches("button, textarea, select, input")) {
        const { width, height } = one.getBoundingClientRect();
        const small = !one.closest(".meta, label") && (width < 24 || height < 24);
        if (small) found.push([one.localName, "small", `${width}x${height}`]);
      }
    }
  };
  look(document);
  return found;
}
"""
THEMED = "(theme) => document.querySelector('[token-url]').setAttribute('theme', theme)"


async def faint(tab: Tab) -> list[list[str]]:
    """What is hard to see or to hit, in either theme, at the width of a phone."""
    await tab.page.set_viewport_size({"width": 390, "height": 844})
    found = []
    for theme in ("light", "dark"):
        await tab.page.evaluate(THEMED, theme)
        found += [[theme, *one] for one in await tab.page.evaluate(FAINT)]
    return found


async def test_what_a_chat_says_is_plain_to_see(
    world: World, api: httpx2.AsyncClient, tab: Tab
) -> None:
    await ready(world, api, tab, ORDERS)
    empty = await faint(tab)
    await write(tab, "A bicycle")
    await tab.says(".choices button", "Blue")
    asked = await faint(tab)
    await tab.page.context.set_offline(True)
    await write(tab, "Are you there?")
    await tab.says(".bubble", "Are you there?")

    assert (empty, asked, await faint(tab)) == ([], [], [])


async def test_the_fields_of_a_form_are_plain_to_see(
    world: World, api: httpx2.AsyncClient, tab: Tab
) -> None:
    solution = await deployed(api, name := world.name("book"), BOOKING.replace("NAME", name))
    tab.host.wanted = {
        "solution": solution,
        "customer": "anna",
        "scopes": ["form"],
        "intents": ["book"],
    }
    await tab.open('<sym-form token-url="/token" intent="book"></sym-form>')
    await tab.page.get_by_label("Your name").wait_for()
    blank = await faint(tab)
    await tab.page.locator("button.main").click()
    await tab.page.locator("[aria-invalid]").first.wait_for()

    assert (blank, await faint(tab)) == ([], [])


@pytest.mark.parametrize("part", ["Answer", "Completed"])
async def test_progress_is_told_to_who_cannot_see_it(
    world: World, api: httpx2.AsyncClient, tab: Tab, part: str
) -> None:
    """By one element that stays: screen readers pass over what comes with its text."""
    solution = await talking(api, world, ORDERS)
    said = f"/v1/sessions/{solution}:anna/messages"
    await api.post(said, json={"id": "m-1", "text": "A bicycle"})
    transcripts = world.services.stores.transcripts

    def begun() -> str | None:
        known = transcripts.get("acme", f"{solution}:anna")
        return known.surface.run if known is not None else None

    run = await until(begun)
    tab.host.wanted = {"solution": solution, "customer": "anna", "scopes": ["status"]}
    await tab.open(STATUS.replace("RUN", run))
    await tab.says("li", "Waiting")
    live = tab.page.get_by_role("status")
    await live.evaluate("(one) => (window.live = one)")
    if part == "Completed":
        await until(lambda: len(transcripts.messages("acme", f"{solution}:anna")))
        await api.post(said, json={"id": "m-2", "text": "Red"})
        await tab.says(".state", "Completed")

    assert part in (await live.inner_text())
    assert await live.evaluate("(one) => one === window.live")
    assert (await faint(tab), await tab.violations()) == ([], [])
