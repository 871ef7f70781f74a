"""Zendesk's tickets, as far as requests need them; written by hand, as their OpenAPI document is
for reading only."""

import hmac
import json
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from typing import Any, ClassVar

from symphainy.delivery import Callback
from tests.twins.provider import Kept, Provider
from tests.twins.web import Answer, Asked

__all__ = ["SECRET", "ZendeskTwin"]

SECRET = {
    "subdomain": "acme",
    "email": "bot@acme.example",
    "token": "twin",
    "signingSecret": "signing-twin",
}
KINDS = {"question", "incident", "problem", "task"}
PRIORITIES = {"low", "normal", "high", "urgent"}
STATUSES = {"new", "open", "pending", "hold", "solved", "closed"}
Ticket = dict[str, Any]


@dataclass
class ZendeskTwin(Provider):
    """Keeps tickets and their audits; one request for an idempotency key."""

    token: str = SECRET["token"]
    tickets: dict[int, Ticket] = field(default_factory=dict)
    audits: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    page: int = 100
    keys: dict[str, tuple[bytes, Answer]] = field(default_factory=dict)
    told: dict[tuple[str, str], str] = field(default_factory=dict)
    crowded: bool = False
    """Whether somebody else changes every ticket at the moment before it is changed."""

    sends: ClassVar[str] = "/api/v2/tickets"

    def __post_init__(self) -> None:
        super().__post_init__()
        self.ids = count(35_436)
        self.clock = datetime(2026, 11, 22, 8, tzinfo=UTC)

    def brings_a_message(self, asked: Asked) -> bool:
        return asked.method in {"POST", "PUT"} and asked.path.startswith(self.sends)

    def name(self) -> str:
        return str(next(self.ids))

    def take(self, asked: Asked) -> Answer:
        pair = b64encode(f"{SECRET['email']}/token:{self.token}".encode()).decode()
        known = asked.headers.get("authorization") == f"Basic {pair}"
        if asked.path == "/api/v2/users/me":
            return Answer(200, {"user": {"id": 7 if known else None, "name": "Bot"}})
        if not known:
            return self.failing(401)
        rest = asked.path.removeprefix(self.sends).strip("/").split("/")
        if asked.method == "POST" and rest == [""]:
            return self._opened(asked)
        if asked.method == "PUT" and len(rest) == 1:
            return self._changed(int(rest[0]), asked)
        if asked.method == "GET" and rest == [""]:
            name = asked.query["external_id"][0].lower()
            all_ = self.tickets.values()
            found = [one for one in all_ if (one["external_id"] or "").lower() == name]
            return Answer(200, {"tickets": found, "count": len(found), "next_page": None})
        if asked.method == "GET" and rest[1:] == ["audits"]:
            return self._audited(int(rest[0]), asked)
        return self.failing(404)

    def failing(self, status: int) -> Answer:
        headers = {"retry-after": "1"} if status == 429 else {}
        return Answer(status, {"error": "Failed", "description": "no"}, headers)

    def comments(self, ticket: int) -> list[dict[str, Any]]:
        """The comments of a ticket, in their order."""
        events = (event for audit in self.audits[ticket] for event in audit["events"])
        return [one for one in events if one["type"] == "Comment"]

    def touch(self, ticket: int, **changes: Any) -> None:
        """Somebody else changes a ticket."""
        self.tickets[ticket] |= {**changes, "updated_at": self._now()}

    def event(self, kind: str, ticket: int, said: Any, url: str, *, at: datetime) -> Callback:
        """What Zendesk tells of a ticket; the same is told again under the same name."""
        name = self.told.setdefault((kind, json.dumps(said)), f"event-{len(self.told)}")
        one = self.tickets[ticket]
        detail = {name: one[name] for name in ("external_id", "subject", "status")}
        body = json.dumps(
            {
                "account_id": 33,
                "type": f"zen:event-type:ticket.{kind}",
                "id": name,
                "time": "2026-11-22T08:00:00Z",
                "zendesk_event_version": "2022-11-06",
                "subject": f"zen:ticket:{ticket}",
                "detail": {**detail, "id": str(ticket), "requester_id": "900"},
                "event": said,
            }
        ).encode()
        return self.signed(body, url, at=at)

    def signed(self, body: bytes, url: str, *, at: datetime) -> Callback:
        """A body as a webhook brings it."""
        stamp = at.isoformat(timespec="seconds").replace("+00:00", "Z")
        words = stamp.encode() + body
        signature = b64encode(hmac.digest(SECRET["signingSecret"].encode(), words, sha256)).decode()
        headers = {
            "content-type": "application/json",
            "x-zendesk-webhook-signature": signature,
            "x-zendesk-webhook-signature-timestamp": stamp,
        }
        return Callback(method="POST", url=url, headers=headers, body=body, at=at)

    def _opened(self, asked: Asked) -> Answer:
        key = asked.headers.get("idempotency-key", "")
        if key in self.keys:
            body, answer = self.keys[key]
            if body != asked.body:
                error = "IdempotentRequestError"
                return Answer(400, {"error": error, "description": "Parameters do not match"})
            return Answer(answer.status, answer.body, {"x-idempotency-lookup": "hit"})
        given = json.loads(asked.body)["ticket"]
        wrong = _wrong(given) or self._unfollowed(given)
        if wrong is not None:
            return wrong
        kept = self._kept(given, asked)
        id = int(kept.id)
        self.tickets[id] = {
            "id": id,
            "external_id": given.get("external_id"),
            "subject": given["subject"],
            "requester": given["requester"],
            "status": given.get("status", "new"),
            "priority": given.get("priority"),
            "type": given.get("type"),
            "tags": given.get("tags", []),
            "custom_fields": given.get("custom_fields", []),
            "via_followup_source_id": given.get("via_followup_source_id"),
            "updated_at": self._now(),
        }
        answer = Answer(201, {"ticket": self.tickets[id], "audit": self._audit(id, given)})
        if key:
            self.keys[key] = asked.body, answer
        return answer

    def _changed(self, id: int, asked: Asked) -> Answer:
        given, ticket = json.loads(asked.body)["ticket"], self.tickets.get(id)
        if ticket is None:
            return self.failing(404)
        if self.crowded:
            self.touch(id)
        if ticket["status"] == "closed":
            return _error(422, "RecordInvalid", "Status: closed prevents ticket update")
        if given.get("safe_update") and given["updated_stamp"] != ticket["updated_at"]:
            return _error(409, "UpdateConflict", "Safe Update prevented the update")
        wrong = _wrong({"subject": "", "requester": {"name": "x"}, **given})
        if wrong is not None:
            return wrong
        self._kept(given, asked, ticket=id)
        known = ("status", "priority", "type", "tags", "custom_fields")
        self.touch(id, **{name: given[name] for name in known if name in given})
        return Answer(200, {"ticket": ticket, "audit": self._audit(id, given)})

    def _kept(self, given: Any, asked: Asked, **more: Any) -> Kept:
        delivery = given.get("metadata", {}).get("delivery")
        return self.keep(delivery, {"input": given, **more}, asked)

    def _audit(self, ticket: int, given: Any) -> dict[str, Any]:
        said = given["comment"]
        comment = {"type": "Comment", "id": next(self.ids), **said}
        audit = {
            "id": next(self.ids),
            "ticket_id": ticket,
            "metadata": {"custom": given.get("metadata", {}), "system": {"client": "symphainy"}},
            "events": [comment],
        }
        self.audits.setdefault(ticket, []).append(audit)
        return audit

    def _audited(self, ticket: int, asked: Asked) -> Answer:
        start = int(asked.query.get("page[after]", ["0"])[0])
        found = self.audits[ticket][start : start + self.page]
        more = len(self.audits[ticket]) > start + self.page
        meta = {"has_more": more, "after_cursor": str(start + self.page) if more else None}
        return Answer(200, {"audits": found, "meta": meta})

    def _unfollowed(self, given: Any) -> Answer | None:
        source = given.get("via_followup_source_id")
        if source is not None and self.tickets[source]["status"] != "closed":
            return _error(422, "RecordInvalid", "Followup source has to be closed")
        return None

    def _now(self) -> str:
        self.clock += timedelta(seconds=1)
        return self.clock.isoformat().replace("+00:00", "Z")


def _wrong(given: Any) -> Answer | None:
    """What Zendesk does not take of a ticket."""
    choices = (("type", KINDS), ("priority", PRIORITIES), ("status", STATUSES))
    for name, known in choices:
        if name in given and given[name] not in known:
            return _error(422, "RecordInvalid", f"{name}: {given[name]} is not one of them")
    said = given["comment"]
    if not (said.get("body") or said.get("html_body")):
        return _error(422, "RecordInvalid", "Description: cannot be blank")
    if not given["requester"].get("name"):
        return _error(422, "RecordInvalid", "Requester: Name: is too short")
    if any(" " in tag for tag in given.get("tags", [])):
        return _error(422, "RecordInvalid", "Tags: no spaces")
    return None


def _error(status: int, error: str, description: str) -> Answer:
    return Answer(status, {"error": error, "description": description})
