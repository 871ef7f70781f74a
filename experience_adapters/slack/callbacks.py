"""What Slack tells: buttons that were pressed, and messages that people wrote."""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote_plus

from experience_adapters.slack.request import BLOCK, plain
from symphainy.delivery import Answer, Callback, Heard, Inbound, Receipt

__all__ = ["distrust", "heard"]

OLDEST = timedelta(minutes=5)
_TS = re.compile(r"[0-9]{1,12}(\.[0-9]{1,9})?")
_SAID = frozenset({None, "file_share", "thread_broadcast"})
"""Kinds of messages that somebody wrote; others tell of edits, joins and such."""


def distrust(callback: Callback, secret: str) -> str | None:
    """Why the callback is not signed by Slack now, or None."""
    stamp = callback.headers.get("x-slack-request-timestamp", "")
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 12):
        return "the header X-Slack-Request-Timestamp is missing or no number"
    if abs(callback.at - datetime.fromtimestamp(int(stamp), UTC)) > OLDEST:
        return "it was signed more than five minutes from now"
    signed = hmac.new(
        secret.encode(), b"v0:%s:%s" % (stamp.encode(), callback.body), hashlib.sha256
    )
    shown = callback.headers.get("x-slack-signature", "")
    if not hmac.compare_digest(f"v0={signed.hexdigest()}".encode(), shown.encode()):
        return "the signature is not Slack's"
    return None


def heard(callback: Callback) -> Heard:
    """What a genuine callback says; nothing for what cannot be read."""
    told = _read(callback)
    kind = told.get("type")
    if kind == "url_verification":
        return Heard(answer=Answer(body=str(told.get("challenge", ""))[:1000]))
    if kind == "block_actions":
        return Heard(receipts=tuple(_pressed(told)))
    event = told.get("event")
    if kind == "event_callback" and isinstance(event, dict):
        return _written(event)
    return Heard()


def _read(callback: Callback) -> dict[str, Any]:
    text = callback.body.decode("utf-8", "replace")
    if text.startswith("payload="):
        text = unquote_plus(text.removeprefix("payload="))
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _pressed(told: dict[str, Any]) -> Iterator[Receipt]:
    user, container = _object(told, "user"), _object(told, "container")
    actions = told.get("actions")
    for one in actions if isinstance(actions, list) else ():
        if not isinstance(one, dict):
            continue
        block, at = str(one.get("block_id", "")), _moment(one.get("action_ts"))
        if at is None or not block.startswith(BLOCK):
            continue
        title, who = _object(one, "text").get("text"), str(user.get("id", ""))
        yield Receipt(
            event="replied",
            at=at,
            delivery=block.removeprefix(BLOCK),
            provider_id=_name(container.get("channel_id"), container.get("message_ts")),
            dedupe=f"{one.get('action_ts')}:{who}:{one.get('action_id')}",
            data={
                "value": str(one.get("value", "")),
                "title": plain(str(title or "")),
                "user": who,
            },
        )


def _written(event: dict[str, Any]) -> Heard:
    at = _moment(event.get("ts"))
    mine = event.get("bot_id") is not None or event.get("subtype") not in _SAID
    name = _name(event.get("channel"), event.get("ts"))
    user, text = event.get("user"), event.get("text")
    known = isinstance(user, str) and isinstance(text, str)
    if event.get("type") != "message" or mine or at is None or name is None or not known:
        return Heard()
    thread = _name(event.get("channel"), event.get("thread_ts"))
    message = Inbound(
        channel="chat",
        sender=str(user),
        to=str(event["channel"]),
        text=plain(str(text)),
        provider_id=name,
        at=at,
        data={"thread": thread} if thread is not None and thread != name else {},
    )
    return Heard(inbound=(message,))


def _object(of: dict[str, Any], name: str) -> dict[str, Any]:
    found = of.get(name)
    return found if isinstance(found, dict) else {}


def _name(channel: Any, ts: Any) -> str | None:
    """What a message is called here: its conversation and its moment, which Slack numbers it by."""
    return f"{channel}:{ts}" if isinstance(channel, str) and _moment(ts) is not None else None


def _moment(ts: Any) -> datetime | None:
    if not isinstance(ts, str) or not _TS.fullmatch(ts):
        return None
    return datetime.fromtimestamp(float(ts), UTC)
