"""A message as the body of `chat.postMessage`, in Slack's own way of writing."""

import re
from collections.abc import Iterator
from typing import Any

from experience_adapters.flaw import Flaw
from experience_adapters.rules import chat
from symphainy.delivery import ChatMessage, Choice

__all__ = ["BLOCK", "DELIVERY", "EVENT", "body", "plain", "wrongs"]

EVENT = "symphainy_delivery"
DELIVERY = "delivery_id"
BLOCK = "symphainy:"
"""Begins the id of the block with the choices; the delivery's id follows."""
_SECTION = 3_000
_ID = re.compile(r"[CDGUW][A-Z0-9]{2,20}")
_TS = re.compile(r"[0-9]{1,12}\.[0-9]{1,9}")


def wrongs(message: ChatMessage) -> list[Flaw]:
    """What Slack would refuse in `message`."""
    return [*chat.flaws(message), *_slack(message)]


def body(message: ChatMessage, delivery: str, *, markdown: bool = False) -> dict[str, Any]:
    """The JSON document of a message without flaws."""
    found: dict[str, Any] = {
        "channel": message.to.address,
        "text": message.text if markdown else _escaped(message.text),
        "mrkdwn": markdown,
        "unfurl_links": False,
        "metadata": {"event_type": EVENT, "event_payload": {DELIVERY: delivery}},
    }
    if message.sender:
        found["username"] = message.sender
    if message.thread is not None:
        found["thread_ts"] = message.thread.rpartition(":")[2]
    if message.choices:
        found["blocks"] = [*_sections(message.text, markdown), _choices(message, delivery)]
    return found


def plain(text: str) -> str:
    """What Slack says in `text`, without its marks for what it escapes."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _sections(text: str, markdown: bool) -> Iterator[dict[str, Any]]:
    for start in range(0, len(text), _SECTION):
        part = text[start : start + _SECTION]
        kind = {"type": "mrkdwn"} if markdown else {"type": "plain_text", "emoji": False}
        if part.strip():
            yield {"type": "section", "text": {**kind, "text": part}}


def _choices(message: ChatMessage, delivery: str) -> dict[str, Any]:
    buttons = [_button(number, one) for number, one in enumerate(message.choices)]
    return {"type": "actions", "block_id": BLOCK + delivery, "elements": buttons}


def _button(number: int, choice: Choice) -> dict[str, Any]:
    title = {"type": "plain_text", "text": choice.title, "emoji": False}
    return {
        "type": "button",
        "action_id": f"choice-{number}",
        "text": title,
        "value": choice.value,
    }


def _slack(message: ChatMessage) -> Iterator[Flaw]:
    if not _ID.fullmatch(message.to.address):
        yield Flaw(
            "delivery.address",
            f"{message.to.address[:80]!r} is no id of Slack's: C… of a channel, U… of a member",
        )
    if message.thread is not None and not _TS.fullmatch(message.thread.rpartition(":")[2]):
        yield Flaw("delivery.header", f"{message.thread[:80]!r} names no message of Slack's")
    if len(message.sender) > 80 or not message.sender.isprintable():
        yield Flaw("delivery.sender", "a name in Slack has up to 80 characters")
