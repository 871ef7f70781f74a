"""The providers that fail, and the solutions that reach people through them."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from tests.chaos.verdict import Book
from tests.twins import (
    connect,
    hubspot,
    salesforce,
    sendgrid,
    ses,
    sns,
    twilio,
    zendesk,
)

__all__ = ["BOUND", "PROVIDERS", "RATES", "TENANT", "Bound", "book", "definition", "reads"]

TENANT = "local"
RATES = {"kept drop": 0.12, "kept silence": 0.06, "kept 500": 0.06, "503": 0.08, "429": 0.06}
"""The share of writes that meets a fault: 38 in a hundred."""

WHOM = re.compile(r"\bc(?P<mail>[0-9]+)@customer\.example|\+43660(?P<phone>[0-9]{7})")
MAIL = {"to": "${ .to.email }", "subject": "Invoice", "text": "Please pay invoice {{ n }}."}
RECORD = {
    "object": "contact",
    "key": {"email": "${ .to.email }"},
    "set": {"lifecyclestage": "customer"},
}
CUSTOMER = {**RECORD, "set": {"lastname": "Lovelace"}}
FLOW = "2" * 8 + "-2222-4222-8222-" + "2" * 12
REQUEST = {"to": "${ .to.email }", "subject": "Invoice", "text": "Invoice {{ n }} is not paid."}
TEXT = {"to": "${ .to.phone }", "text": "Please pay invoice {{ n }}."}


@dataclass(frozen=True, slots=True)
class Bound:
    """One channel by one provider."""

    adapter: str
    channel: str
    tells: bool
    """Whether the platform can find out afterwards what became of a message."""
    says: dict[str, Any]
    """What the step says in `with`, besides data."""
    sender: str | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    twin: str = ""
    """Its twin, where several channels of a vendor have one."""

    @property
    def name(self) -> str:
        return f"{self.channel}-{self.adapter}"

    @property
    def solution(self) -> str:
        return f"chaos.{self.name}"


BOUND: tuple[Bound, ...] = (
    Bound("sendgrid", "email", tells=True, says=MAIL, sender="billing@acme.example"),
    Bound("ses", "email", tells=False, says=MAIL, sender="billing@acme.example"),
    Bound("twilio", "sms", tells=True, says=TEXT, sender="+15005550006"),
    Bound("sns", "sms", tells=False, says=TEXT),
    Bound("twilio", "voice", tells=True, says=TEXT, sender="+15005550006"),
    Bound(
        "connect",
        "voice",
        tells=True,
        says=TEXT,
        sender="+15005550006",
        settings={"instance": "1" * 8 + "-1111-4111-8111-" + "1" * 12, "flow": FLOW},
    ),
    Bound("hubspot", "crm", tells=True, says=RECORD),
    Bound("salesforce", "crm", tells=True, says=CUSTOMER),
    Bound("zendesk", "ticket", tells=True, says=REQUEST),
)
PROVIDERS: dict[str, Any] = {
    "sendgrid": sendgrid.KEY,
    "ses": ses.SECRET,
    "twilio": twilio.SECRET,
    "sns": sns.SECRET,
    "connect": connect.SECRET,
    "hubspot": hubspot.SECRET,
    "salesforce": salesforce.SECRET,
    "zendesk": zendesk.SECRET,
}
"""Each twin, with the tenant's secret of that name."""


def definition(one: Bound, url: str) -> str:
    """A solution of one step, as JSON; the payload is `{n, to: {email, phone}}`."""
    bound = {
        "channel": one.channel,
        "adapter": one.adapter,
        "settings": {"endpoint": url, **one.settings},
    }
    if one.sender is not None:
        bound["from"] = one.sender
    written = {
        "document": {
            "dsl": "1.0.3",
            "namespace": "chaos",
            "name": one.name,
            "version": "1.0.0",
        },
        "experiences": {"reach": bound},
        "intents": {"start": {"starts": True, "key": "${ .n | tostring }"}},
        "do": [{"reach": {"call": "reach", "with": {**one.says, **_data(one)}}}],
    }
    return json.dumps(written)


def _data(one: Bound) -> dict[str, Any]:
    return {"data": "${ {n: .n} }"} if "text" in one.says else {}


def reads(folder: Path, name: str) -> list[Any]:
    """The lines of a twin's file so far; one that is half written is left for later."""
    file = folder / name
    text = file.read_text() if file.exists() else ""
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]


def book(folder: Path, *, tells: bool) -> Book:
    """What a twin has, from the files in its folder."""
    kept: dict[int, set[str]] = {}
    for one in reads(folder, "kept.jsonl"):
        kept.setdefault(_number(one["document"]), set()).add(str(one["id"]))
    return Book(kept, frozenset(map(str, reads(folder, "proved.jsonl"))), tells)


def _number(document: Any) -> int:
    """The intent that a message is of: whom it is for says so, whatever else a provider keeps."""
    found = WHOM.search(unquote(json.dumps(document)))
    assert found is not None, document
    return int(found["mail"] or found["phone"])
