"""A page for every adapter: what a binding may set, and what delivery it can promise."""

from collections.abc import Iterator

from docs.generator.markdown import Page, page, table
from docs.generator.plugins import catalog
from docs.generator.shape import fields
from symphainy.catalog import AdapterSpec, Promise

__all__ = ["pages"]

PROMISES: dict[Promise, str] = {
    "exactly once": "The provider itself tells a second attempt from a second message.",
    "at most once": "What left without an answer is never sent again by itself: it is `unknown` "
    "in the ledger, and shown.",
    "at least once": "What left without an answer is sent again: it may arrive twice.",
}


def pages() -> Iterator[Page]:
    known = catalog().adapters
    rows = [
        (f"[`{one.name}`]({one.channel}-{one.name}.md)", one.channel, one.promise, one.summary)
        for one in known
    ]
    yield (
        "adapters/README.md",
        page(
            "Adapters",
            "experience_adapters",
            "An adapter reaches people on one channel through one vendor. The section "
            "`experiences` binds a name of the flow to one; another adapter needs no change of "
            "the flow. `GET /v1/adapters` lists those of an installation.",
            table(("adapter", "channel", "promise", ""), rows),
        ),
    )
    for one in known:
        yield f"adapters/{one.channel}-{one.name}.md", _page(one)


def _page(one: AdapterSpec) -> str:
    return page(
        f"`{one.name}` on {one.channel}",
        "experience_adapters",
        one.summary,
        one.description if one.description != one.summary else "",
        "## Delivery promise",
        f"**{one.promise.capitalize()}**. {PROMISES[one.promise]}",
        table(
            ("", ""),
            [
                ("version", one.version),
                ("takes an idempotency key", _yes(one.keyed)),
                ("can be asked whether a message arrived", _yes(one.finds)),
                ("wait before asking after an unknown fate", f"{one.reconcile_seconds:g} s"),
            ],
        ),
        "## Settings of a binding",
        fields(one.settings) or "None of its own.",
    )


def _yes(value: bool) -> str:
    return "yes" if value else "no"
