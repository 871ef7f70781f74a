"""Mails."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from public_works.outbox import OutboxMessage
from solution_api.simulator import possible

__all__ = ["mail"]


def mail(message: OutboxMessage, view: str | None) -> dict[str, Any]:
    """A mail in the form `view`, or in the one that shows it best."""
    links = [*_Links.of(message.html or "")]
    tabs = [("html", "Mail"), ("text", "Text"), ("source", "Source"), ("headers", "Headers")]
    if message.html is None:
        tabs = [one for one in tabs if one[0] not in ("html", "source")]
    if links:
        tabs.append(("links", f"Links ({len(links)})"))
    known = [one for one, _ in tabs]
    clickable = "click" in possible(message)
    return {
        "tabs": [{"view": one, "said": said} for one, said in tabs],
        "view": view if view in known else known[0],
        "links": [{"url": url, "said": said, "possible": clickable} for url, said in links],
    }


class _Links(HTMLParser):
    """The links of a mail, with the words one clicks on."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, str]] = []
        self._within = False

    @classmethod
    def of(cls, html: str) -> Iterator[tuple[str, str]]:
        reader = cls()
        reader.feed(html)
        for url, said in dict.fromkeys(reader.found):
            if url.startswith(("http://", "https://", "mailto:", "tel:")):
                yield url[:2000], " ".join(said.split()) or "(a picture)"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found.append((dict(attrs).get("href") or "", ""))
            self._within = True

    def handle_endtag(self, tag: str) -> None:
        self._within = self._within and tag != "a"

    def handle_data(self, data: str) -> None:
        if self._within:
            url, said = self.found[-1]
            self.found[-1] = url, said + data
