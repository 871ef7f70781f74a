"""The preference page in a real browser, with scripts switched off."""

import httpx2
import pytest
from playwright.async_api import Browser, Page, expect

from tests.api.test_wishes import SHOP, customer, link, page_of, sent
from tests.api.world import World, deployed
from tests.widgets.browsing import PATIENCE


@pytest.fixture
async def page(browser: Browser, world: World, api: httpx2.AsyncClient) -> Page:
    """A page of a phone, without scripts, that fails on what the page's policy forbids."""
    name = world.name("shop")
    await deployed(api, name, SHOP.replace("NAME", name))
    context = await browser.new_context(
        java_script_enabled=False, viewport={"width": 390, "height": 760}, base_url=world.url
    )
    context.set_default_timeout(PATIENCE)
    page = await context.new_page()
    page.on("console", lambda said: pytest.fail(said.text))
    return page


async def test_a_person_chooses_with_nothing_but_a_browser(
    page: Page, world: World, api: httpx2.AsyncClient
) -> None:
    who = await customer(api, "wish-browser")
    await page.goto(page_of(world, who))
    news = page.get_by_role("group", name="Product news")
    assert await news.get_by_label("Email").is_checked()
    await news.get_by_label("Email").uncheck()
    await page.get_by_role("button", name="Save").click()

    assert await page.get_by_role("status").inner_text() == (
        "Saved. This is how we will write to you from now on."
    )
    await expect(news.get_by_label("Email")).not_to_be_checked()
    assert await news.get_by_label("Text message").is_checked()
    box = await page.get_by_role("main").bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= 390


async def test_a_person_leaves_by_the_button_and_finds_the_rest(
    page: Page, world: World, api: httpx2.AsyncClient
) -> None:
    who = await customer(api, "wish-leaves")
    await page.goto(link(world, sent(world, who)))
    await page.get_by_role("button", name="Unsubscribe").click()
    await expect(page.get_by_role("heading")).to_have_text("You are unsubscribed")
    await page.get_by_role("link").click()
    news = page.get_by_role("group", name="Product news")
    assert not await news.get_by_label("Email").is_checked()
