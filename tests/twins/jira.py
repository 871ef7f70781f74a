"""Jira Cloud's issues, as far as requests need them, with an index that lags behind; written by
hand from what its documentation says."""

import hmac
import json
import re
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from itertools import count
from typing import Any, ClassVar

from symphainy.delivery import Callback
from tests.twins.provider import Provider
from tests.twins.web import Answer, Asked

__all__ = ["SECRET", "JiraTwin"]

SECRET = {
    "site": "acme",
    "email": "bot@acme.example",
    "apiToken": "twin",
    "webhookSecret": "webhook-twin",
}
ROOT = "/rest/api/3"
FIELDS = {"project", "issuetype", "summary", "description", "labels", "priority", "customfield_7"}
TYPES = {"Task", "Bug", "Question"}
PRIORITIES = {"Lowest", "Low", "Medium", "High", "Highest"}
STATUSES = {"To Do": "new", "Waiting": "indeterminate", "Done": "done"}
LABELLED = re.compile(r'labels = "([^" ]+)" ORDER BY created DESC')
Issue = dict[str, Any]


@dataclass
class JiraTwin(Provider):
    """Keeps issues and their comments; finds by label what its index knows."""

    token: str = SECRET["apiToken"]
    issues: dict[str, Issue] = field(default_factory=dict)
    """By id."""
    lags: bool = False
    """Whether new issues stay out of the index."""
    unindexed: set[str] = field(default_factory=set)
    told: dict[str, str] = field(default_factory=dict)
    stuck: bool = False
    """Whether the workflow leads nowhere."""

    sends: ClassVar[str] = f"{ROOT}/issue"

    def __post_init__(self) -> None:
        super().__post_init__()
        self.ids = count(10_001)

    def brings_a_message(self, asked: Asked) -> bool:
        return asked.method in {"POST", "PUT"} and asked.path.startswith(self.sends)

    def name(self) -> str:
        return str(next(self.ids))

    def take(self, asked: Asked) -> Answer:
        pair = b64encode(f"{SECRET['email']}:{self.token}".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {pair}":
            return self.failing(401)
        rest = asked.path.removeprefix(f"{ROOT}/").split("/")
        match (asked.method, *rest):
            case ("GET", "myself"):
                return Answer(200, {"accountId": "7"})
            case ("POST", "search", "jql"):
                return self._searched(json.loads(asked.body))
            case ("POST", "issue"):
                return self._opened(asked)
            case (method, "issue", id, *more) if id in self.issues:
                return self._about(method, self.issues[id], more, asked)
        return self.failing(404)

    def failing(self, status: int) -> Answer:
        headers = {"retry-after": "1"} if status == 429 else {}
        return Answer(status, {"errorMessages": ["no"], "errors": {}}, headers)

    def event(
        self, kind: str, issue: str, said: dict[str, Any], url: str, *, at: datetime
    ) -> Callback:
        """What Jira tells of an issue; the same is told again under the same name."""
        name = self.told.setdefault(json.dumps([kind, said]), f"event-{len(self.told)}")
        one = self.issues[issue]
        body = json.dumps(
            {
                "timestamp": int(at.timestamp() * 1000),
                "webhookEvent": kind,
                "issue": {"id": issue, "key": one["key"], "fields": one["fields"]},
                **said,
            }
        ).encode()
        signature = hmac.digest(SECRET["webhookSecret"].encode(), body, sha256).hex()
        headers = {
            "content-type": "application/json",
            "x-atlassian-webhook-identifier": name,
            "x-hub-signature": f"sha256={signature}",
        }
        return Callback(method="POST", url=url, headers=headers, body=body, at=at)

    def move(self, issue: str, status: str) -> None:
        """Somebody moves an issue."""
        category = {"key": STATUSES[status]}
        self.issues[issue]["fields"]["status"] = {"name": status, "statusCategory": category}

    def _about(self, method: str, issue: Issue, more: list[str], asked: Asked) -> Answer:
        match (method, *more):
            case ("GET", "comment"):
                found = list(reversed(issue["comments"]))
                return Answer(200, {"comments": found[: int(asked.query["maxResults"][0])]})
            case ("GET", "transitions"):
                return Answer(200, {"transitions": [] if self.stuck else _transitions(issue)})
            case ("PUT",) | ("POST", "transitions"):
                return self._changed(issue, json.loads(asked.body), asked)
        return self.failing(404)

    def _searched(self, asked: dict[str, Any]) -> Answer:
        match = LABELLED.fullmatch(asked["jql"])
        if match is None or len(asked["reconcileIssues"]) > 50:
            return self.failing(400)
        afresh = {str(one) for one in asked["reconcileIssues"]}
        found = [
            {"id": id, "key": one["key"], "fields": one["fields"]}
            for id, one in reversed(self.issues.items())
            if match[1] in one["fields"]["labels"] and (id not in self.unindexed or id in afresh)
        ]
        return Answer(200, {"issues": found[: asked["maxResults"]], "isLast": True})

    def _opened(self, asked: Asked) -> Answer:
        given = json.loads(asked.body)
        wrong = _wrong(given["fields"])
        if wrong is not None:
            return wrong
        (mark,) = given["properties"]
        kept = self.keep(mark["value"]["delivery"], {"input": given}, asked)
        key = f"HELP-{int(kept.id) - 10_000}"
        self.issues[kept.id] = {"key": key, "fields": given["fields"], "comments": []}
        self.move(kept.id, "To Do")
        if self.lags:
            self.unindexed.add(kept.id)
        return Answer(201, {"id": kept.id, "key": key, "self": f"{self.url}{asked.path}/{kept.id}"})

    def _changed(self, issue: Issue, given: dict[str, Any], asked: Asked) -> Answer:
        (comment,) = (one["add"] for one in given["update"]["comment"])
        wrong = _wrong(given.get("fields", {})) or _unwritten(comment["body"])
        if wrong is not None:
            return wrong
        leads = {one["id"]: one["to"]["name"] for one in _transitions(issue)}
        to = given.get("transition", {}).get("id")
        if to is not None and to not in leads:
            return self.failing(400)
        marks = {one["key"]: one["value"] for one in comment["properties"]}
        (id,) = (id for id, one in self.issues.items() if one is issue)
        self.keep(marks["symphainy"]["delivery"], {"input": given, "issue": id}, asked)
        issue["comments"].append(comment)
        issue["fields"] |= given.get("fields", {})
        issue["fields"]["labels"] += [one["add"] for one in given["update"].get("labels", [])]
        if to is not None:
            self.move(id, leads[to])
        return Answer(204)


def _transitions(issue: Issue) -> list[dict[str, Any]]:
    now = issue["fields"]["status"]["name"]
    return [
        {"id": str(i), "name": f"to {name}", "to": {"name": name, "statusCategory": {"key": key}}}
        for i, (name, key) in enumerate(STATUSES.items())
        if name != now
    ]


def _wrong(fields: dict[str, Any]) -> Answer | None:
    """What Jira does not take of an issue."""
    errors = {
        name: f"Field '{name}' cannot be set. It is not on the appropriate screen, or unknown."
        for name in fields
        if name not in FIELDS
    }
    choices = (("issuetype", "name", TYPES), ("priority", "name", PRIORITIES))
    for name, member, known in choices:
        if name in fields and fields[name][member] not in known:
            errors[name] = "Specify a valid value"
    if fields.get("project", {"key": "HELP"})["key"] != "HELP":
        errors["project"] = "valid project is required"
    if any(" " in label for label in fields.get("labels", [])):
        errors["labels"] = "The label can't contain spaces."
    if errors:
        return Answer(400, {"errorMessages": [], "errors": errors})
    return _unwritten(fields["description"]) if "description" in fields else None


def _unwritten(document: Any) -> Answer | None:
    """What Jira does not take of a text."""
    good = document.get("type") == "doc" and document.get("version") == 1
    for block in document["content"]:
        for one in block.get("content", []):
            good = good and (one["type"] == "hardBreak" or bool(one["text"]))
    if good:
        return None
    return Answer(400, {"errorMessages": ["INVALID_INPUT"], "errors": {}})
