"""What an engineer reads in Temporal's own pages, in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.idp.commands import Platform, start, symphainy, until
from tests.widgets.browsing import ARGUMENTS, CHROMIUM, PATIENCE

CANARY = "canary-5d1e"
NAMESPACE = "acme-own"
HELLO = """
document: {dsl: 1.0.3, namespace: acme, name: hello, version: 1.0.0}
do:
  - keep: {set: {greeting: '${ "Hello, " + .name }'}}
"""


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """One in a namespace of its own."""
    home = tmp_path_factory.mktemp("payloads") / "home"
    platform = start(home, SYMPHAINY_TEMPORAL_NAMESPACE=NAMESPACE)
    yield platform
    platform.stop()


def test_payloads_are_readable_in_temporals_pages_for_who_signed_in(platform: Platform) -> None:
    file = platform.home.parent / "hello.yaml"
    file.write_text(HELLO)
    ran = symphainy(platform.home, "run", str(file), "--input", f'{{"name": "{CANARY}"}}')
    assert ran.code == 0, ran.err
    # Temporal lists it a little later, and its page would go on showing what there was.
    until(lambda: "acme.hello" in symphainy(platform.home, "runs").out)
    api, ui = platform.told["api"], platform.told["ui"]
    key = (platform.home / "users" / "operator").read_text().strip()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        page = browser.new_context(viewport={"width": 1400, "height": 1000}).new_page()
        page.set_default_timeout(PATIENCE)
        opened(page, ui)
        expect(page.locator("body")).to_contain_text("acme.hello", timeout=PATIENCE)
        unread = page.content()
        page.goto(f"{api}/codec")
        page.fill("#key", key)
        page.click("button.main")
        endpoint = page.locator("code").inner_text()
        told_where_to_ask(page, ui, endpoint)
        opened(page, ui)
        expect(page.locator("body")).to_contain_text(f"Hello, {CANARY}", timeout=PATIENCE)
        browser.close()

    assert CANARY not in unread
    assert endpoint == f"{api}/v1/codec/{NAMESPACE}"
    assert not [
        file.name
        for file in platform.home.glob("temporal.db*")
        if CANARY.encode() in file.read_bytes()
    ]


def opened(page: Page, ui: str) -> None:
    """The page of the only run there is."""
    page.goto(f"{ui}/namespaces/{NAMESPACE}/workflows")
    page.locator("a[href*='acme.hello']").first.click()


def told_where_to_ask(page: Page, ui: str, endpoint: str) -> None:
    """What `/codec` says is to be done once in each browser."""
    page.goto(f"{ui}/namespaces/{NAMESPACE}/workflows")
    page.click("[data-testid=data-encoder-status-configured]")
    page.check("#use-local-endpoint-radio")
    page.locator("textarea:visible").fill(endpoint)
    page.get_by_text("Include cross-origin credentials").click()
    page.get_by_role("button", name="Apply").last.click()
