"""What Jira tells of issues."""

import hmac
import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from experience_adapters.jira.prose import plain
from experience_adapters.json_api import at, text_at
from symphainy.delivery import Callback, DeliveryEvent, Heard, Receipt
from symphainy.json import Json

__all__ = ["doubt", "heard"]

_LASTS = timedelta(minutes=90)
"""Jira tells again for up to 75 minutes, with the moment it first told."""
_OURS = "dlv-"


def doubt(callback: Callback, secret: str) -> str | None:
    """Why Jira's signature does not hold; None if it does."""
    given = callback.headers.get("x-hub-signature", "")
    right = f"sha256={hmac.digest(secret.encode(), callback.body, sha256).hex()}"
    if not hmac.compare_digest(right.encode(), given.encode()):
        return "the signature is another"
    moment = _moment(_read(callback))
    if moment is None or abs(callback.at - moment) > _LASTS:
        return "it was not signed within the last 90 minutes"
    return None


def heard(callback: Callback) -> Heard:
    """What a genuine callback says."""
    told = _read(callback)
    kind = (text_at(told, "webhookEvent") or "").removeprefix("jira:")
    if text_at(told, "issue", "id") is None or kind not in ("issue_updated", "comment_created"):
        return Heard()
    event, data = _comment(told) if kind == "comment_created" else _change(told)
    return Heard(receipts=(_receipt(callback, told, event, data),))


def _change(told: Any) -> tuple[DeliveryEvent, dict[str, Json]]:
    items = at(told, "changelog", "items")
    changes = [one for one in (items if isinstance(items, list) else ()) if isinstance(one, dict)]
    moved = [one for one in changes if one.get("field") == "status"]
    status = text_at(told, "issue", "fields", "status", "name")
    category = text_at(told, "issue", "fields", "status", "statusCategory", "key")
    names: list[Json] = [str(one.get("field")) for one in changes]
    done = bool(moved) and category == "done"
    return "solved" if done else "updated", {"status": status, "changes": names}


def _comment(told: Any) -> tuple[DeliveryEvent, dict[str, Json]]:
    comment = at(told, "comment")
    data: dict[str, Json] = {
        "text": plain(at(comment, "body")),
        "author": text_at(comment, "author", "displayName"),
        "public": at(comment, "jsdPublic") is not False,
    }
    # Others than customers of a service project are those who work there.
    outside = text_at(comment, "author", "accountType") == "customer"
    return "replied" if outside else "updated", data


def _receipt(callback: Callback, told: Any, event: DeliveryEvent, data: dict[str, Json]) -> Receipt:
    labels = at(told, "issue", "fields", "labels")
    ours = [one for one in (labels or ()) if isinstance(one, str) and one.startswith(_OURS)]
    id, key = text_at(told, "issue", "id"), text_at(told, "issue", "key")
    change = text_at(told, "comment", "id") or text_at(told, "changelog", "id")
    return Receipt(
        event=event,
        at=_moment(told) or callback.at,
        delivery=ours[0].removeprefix(_OURS) if ours else None,
        provider_id=id,
        dedupe=callback.headers.get("x-atlassian-webhook-identifier") or f"{id}|{change}",
        data={"ticket": id, "number": key, **data},
    )


def _read(callback: Callback) -> Any:
    try:
        return json.loads(callback.body)
    except (ValueError, RecursionError):
        return {}


def _moment(told: Any) -> datetime | None:
    said = at(told, "timestamp")
    try:
        return datetime.fromtimestamp(said / 1000, UTC) if isinstance(said, int) else None
    except (ValueError, OverflowError, OSError):
        return None
