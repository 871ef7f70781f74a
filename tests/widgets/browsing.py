"""A browser that tells of everything that went wrong on a page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from playwright.async_api import Browser, Page, async_playwright, expect

from tests.widgets.host import Host

CHROMIUM = Path("/usr/bin/chromium")
PATIENCE = 60_000
"""Milliseconds that a page may take for anything; whoever expects something waits as long."""
expect.set_options(timeout=PATIENCE)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

# Closed roots are closed to tests as well, so that pages prove nothing that a page could not do.
# What is inside is told by the accessibility tree, which screen readers read too.
SPY = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
window.told = [];
for (const name of ["sym-message", "sym-error", "sym-status", "sym-submitted", "sym-preferences",
                    "sym-decided"])
  document.addEventListener(name, (event) => window.told.push([name, event.detail]));
// Tests see into the closed roots; the pages of clients do not.
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (how) {
  window.asked = how.mode;
  return attach.call(this, { ...how, mode: "open" });
};
"""


@dataclass
class Tab:
    """A page, with what its console and its policy complained of."""

    page: Page
    host: Host
    complaints: list[str] = field(default_factory=list)

    async def open(self, body: str, lang: str = "en") -> None:
        """Show `body` on a page of the client."""
        await self.page.goto(f"{self.host.url}/?lang={lang}&body={quote(body)}")

    async def violations(self) -> list[str]:
        """What the policy of the page has stopped."""
        return list(await self.page.evaluate("window.violations"))

    async def told(self) -> list[list[object]]:
        """The events that the page was told of."""
        return list(await self.page.evaluate("window.told"))

    async def says(self, selector: str, text: str) -> None:
        """Wait until an element of a widget says that."""
        await self.page.locator(selector, has_text=text).first.wait_for(timeout=PATIENCE)


@asynccontextmanager
async def browsing() -> AsyncIterator[Browser]:
    """A real browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def tab(browser: Browser, host: Host) -> AsyncIterator[Tab]:
    """A fresh tab, as of somebody who was never here."""
    context = await browser.new_context(viewport={"width": 480, "height": 800}, locale="en-GB")
    context.set_default_timeout(PATIENCE)
    await context.add_init_script(SPY)
    page = await context.new_page()
    found = Tab(page, host)
    page.on("console", lambda one: one.type == "error" and found.complaints.append(one.text))
    page.on("pageerror", lambda error: found.complaints.append(str(error)))
    try:
        yield found
    finally:
        await context.close()
