"""Slack's Web API, as far as messages need it; parameters are those of its document if present."""

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import uuid4

from symphainy.delivery import Callback
from tests.twins.provider import Kept, Provider
from tests.twins.web import Answer, Asked

__all__ = ["SIGNING", "SPECIFICATION", "TOKEN", "SlackTwin", "choices", "pressed", "wrote"]

TOKEN = "xoxb-twin"
SIGNING = "8f742231b10e8888abcd99yyyzzz85a5"
SPECIFICATION = Path(__file__).parents[3] / "shared" / "specs" / "slack_web.trim.json"
NEWER = {"metadata", "include_all_metadata"}
"""What Slack takes since its document was last written."""
KINDS: dict[str, type | tuple[type, ...]] = {"boolean": bool, "string": (str, list, dict)}
ERRORS = {
    400: "invalid_arguments",
    401: "invalid_auth",
    403: "missing_scope",
    413: "msg_too_long",
    429: "ratelimited",
    500: "internal_error",
    503: "service_unavailable",
}


@dataclass
class SlackTwin(Provider):
    """Keeps messages by conversation, in the order they came."""

    token: str = TOKEN
    channels: tuple[str, ...] = ("C0ACME", "D0ADA")
    members: dict[str, str] = field(default_factory=lambda: {"U0ADA": "D0ADA"})
    """Which conversation there is with whom."""
    error: str | None = None
    """What is answered to messages instead of keeping them."""
    page: int = 200
    began: int = field(default_factory=lambda: int(datetime.now(UTC).timestamp()))

    sends: ClassVar[str] = "/api/chat.postMessage"

    @property
    def checks(self) -> bool:
        """Whether parameters are held against the document."""
        return SPECIFICATION.exists()

    def name(self) -> str:
        # Not by `chance`: two twins that begin in one second would call their messages the same.
        return f"{self.began + len(self.kept)}.{uuid4().int % 1_000_000:06d}"

    def take(self, asked: Asked) -> Answer:
        if asked.headers.get("authorization") != f"Bearer {self.token}":
            return _error("invalid_auth")
        wrong = self._wrong(asked)
        if wrong is not None:
            return _error(wrong)
        method = asked.path.removeprefix("/api/")
        if method == "auth.test":
            return Answer(200, {"ok": True, "team": "twin"})
        if method == "conversations.open":
            return self._open(json.loads(asked.body))
        if method == "chat.postMessage":
            return self._post(json.loads(asked.body), asked)
        if method in ("conversations.history", "conversations.replies"):
            return self._history({name: values[-1] for name, values in asked.query.items()})
        return _error("unknown_method")

    def failing(self, status: int) -> Answer:
        headers = {"retry-after": "1"} if status == 429 else {}
        # Slack says most refusals with 200.
        code = status if status in (429, 500, 503) else 200
        return _error(ERRORS.get(status, "invalid_arguments"), code, headers)

    def _post(self, given: dict[str, Any], asked: Asked) -> Answer:
        channel = self.members.get(given["channel"], given["channel"])
        if self.error is not None:
            return _error(self.error)
        if channel not in self.channels:
            return _error("channel_not_found")
        if not given.get("text"):
            return _error("no_text")
        wrong = _blocks_wrong(given.get("blocks", []))
        if wrong is not None:
            return _error(wrong)
        payload = given.get("metadata", {}).get("event_payload", {})
        kept = self.keep(payload.get("delivery_id"), {**given, "channel": channel}, asked)
        message = {"text": given["text"], "ts": kept.id, "type": "message"}
        return Answer(200, {"ok": True, "channel": channel, "ts": kept.id, "message": message})

    def _open(self, given: dict[str, Any]) -> Answer:
        channel = self.members.get(given.get("users", ""))
        if channel is None:
            return _error("user_not_found")
        return Answer(200, {"ok": True, "channel": {"id": channel}})

    def _history(self, asked: dict[str, str]) -> Answer:
        there = [one for one in self.kept if one.document["channel"] == asked["channel"]]
        if "ts" in asked:
            there = [one for one in there if one.document.get("thread_ts") == asked["ts"]]
        else:
            # Slack's history has no answers of threads.
            there = [one for one in there if "thread_ts" not in one.document]
        oldest = float(asked.get("oldest", "0"))
        there = [one for one in reversed(there) if float(one.id) >= oldest]
        start = int(asked.get("cursor") or 0)
        more = start + self.page < len(there)
        shown = [_shown(one, asked) for one in there[start : start + self.page]]
        cursor = {"next_cursor": str(start + self.page) if more else ""}
        return Answer(200, {"ok": True, "messages": shown, "response_metadata": cursor})

    def _wrong(self, asked: Asked) -> str | None:
        """What of the request the document does not know."""
        if not self.checks:
            return None
        path = asked.path.removeprefix("/api")
        operation = _document()["paths"].get(path, {}).get(asked.method.lower())
        if operation is None:
            # The extract of the document lacks some of what Slack has.
            return None if path == "/conversations.replies" else "unknown_method"
        known = {one["name"]: one for one in operation["parameters"] if one["name"] != "token"}
        query = {name: values[-1] for name, values in asked.query.items()}
        given = json.loads(asked.body) if asked.body else query
        if set(given) - set(known) - NEWER:
            return "invalid_arguments"
        if any(one.get("required") and name not in given for name, one in known.items()):
            return "invalid_arguments"
        kinds = ((one, KINDS.get(known[one]["type"])) for one in given if one in known)
        fits = (kind is None or isinstance(given[one], kind) for one, kind in kinds)
        return None if not asked.body or all(fits) else "invalid_arguments"


def choices(kept: Kept) -> list[list[str]]:
    """The buttons of a message: title and value."""
    blocks = kept.document.get("blocks", [])
    buttons = [one for block in blocks for one in block.get("elements", [])]
    return [[one["text"]["text"], one["value"]] for one in buttons]


def pressed(kept: Kept, value: str, *, at: datetime, user: str = "U0ADA") -> Callback:
    """What Slack tells when somebody presses the button of that value."""
    (block,) = [one for one in kept.document["blocks"] if one["type"] == "actions"]
    (button,) = [one for one in block["elements"] if one["value"] == value]
    told = {
        "type": "block_actions",
        "user": {"id": user},
        "container": {"channel_id": kept.document["channel"], "message_ts": kept.id},
        "actions": [
            {**button, "block_id": block["block_id"], "action_ts": f"{kept.id[:-6]}999999"}
        ],
    }
    body = urlencode({"payload": json.dumps(told)}).encode()
    return signed(body, at=at, media_type="application/x-www-form-urlencoded")


def wrote(text: str, *, at: datetime, channel: str = "C0ACME", **more: Any) -> Callback:
    """What Slack tells when somebody writes."""
    event = {
        "type": "message",
        "channel": channel,
        "user": "U0ADA",
        "text": text,
        "ts": f"{at.timestamp():.6f}",
        **more,
    }
    told = {"type": "event_callback", "event_id": "Ev1", "event": event}
    return signed(json.dumps(told).encode(), at=at)


def signed(body: bytes, *, at: datetime, media_type: str = "application/json") -> Callback:
    """A request as Slack signs it."""
    stamp = str(int(at.timestamp()))
    digest = hmac.new(SIGNING.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    headers = {
        "content-type": media_type,
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": f"v0={digest}",
    }
    url = "https://platform.example/v1/hooks/slack/team?t=conformance&c=chat"
    return Callback(method="POST", url=url, headers=headers, body=body, at=at)


def _shown(kept: Kept, asked: dict[str, str]) -> dict[str, Any]:
    shown = {"type": "message", "ts": kept.id, "text": kept.document["text"]}
    if asked.get("include_all_metadata") == "true":
        shown["metadata"] = kept.document.get("metadata")
    return shown


def _blocks_wrong(blocks: list[dict[str, Any]]) -> str | None:
    texts = [one["text"]["text"] for one in blocks if one["type"] == "section"]
    buttons = [one for block in blocks for one in block.get("elements", [])]
    fine = (
        len(blocks) <= 50
        and all(1 <= len(one) <= 3_000 for one in texts)
        and all(1 <= len(one["text"]["text"]) <= 75 for one in buttons)
        and all(len(one["value"]) <= 2_000 for one in buttons)
        and len({one["action_id"] for one in buttons}) == len(buttons)
    )
    return None if fine else "invalid_blocks"


@cache
def _document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(SPECIFICATION.read_text())
    return found


def _error(error: str, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    return Answer(status, {"ok": False, "error": error}, headers or {})
