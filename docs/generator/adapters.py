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
ASKED = (
    "The provider is asked about what left without an answer: what it has is `accepted`, what it "
    "certainly has not is sent again, and what it cannot tell stays `unknown` in the ledger, and "
    "is shown."
)
OUTCOMES = (
    ("accepted", "The provider has the message. A receipt may still tell of its end."),
    ("rejected", "The provider will never take it as it is; the step fails."),
    ("retryable", "It was certainly not sent. Temporal tries again, when the provider says."),
    (
        "unknown",
        "It left and no answer came, or one that proves nothing. Nothing is guessed: the provider "
        "is asked if it can be, and `onUnknown` of the experience says whether to send again.",
    ),
)


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
            "## What became of a message",
            "Every attempt is in the ledger before it is on the wire, and makes one write there.",
            table(("outcome", "meaning"), [(f"`{name}`", said) for name, said in OUTCOMES]),
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
        f"**{one.promise.capitalize()}**. {_promised(one)}",
        table(
            ("", ""),
            [
                ("version", one.version),
                ("takes an idempotency key", _yes(one.keyed)),
                ("can be asked whether a message arrived", _yes(one.finds)),
                ("wait before asking after an unknown fate", f"{one.reconcile_seconds:g} s"),
                ("is told by the provider what became of it", _yes(one.receives)),
                ("[tells](../receipts.md)", ", ".join(f"`{event}`" for event in one.tells or ())),
                ("can be taken back before it happened", _yes(one.cancels)),
                *([("can also", ", ".join(one.features))] if one.features else []),
            ],
        ),
        *_said(one),
        "## Settings of a binding",
        fields(one.settings) or "None of its own.",
        *(("## Set up at the vendor", one.setup.strip()) if one.setup else ()),
    )


def _said(one: AdapterSpec) -> Iterator[str]:
    if one.said:
        rows = [(answer, f"`{outcome}`", advice) for answer, outcome, advice in one.said]
        yield "## What the provider answers"
        yield table(("answer", "outcome", "what to do"), rows)


def _promised(one: AdapterSpec) -> str:
    if one.promise == "at most once" and one.finds:
        return ASKED
    return PROMISES[one.promise]


def _yes(value: bool) -> str:
    return "yes" if value else "no"
