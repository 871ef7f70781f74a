"""Records and activities as HubSpot takes them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from typing import Any

from experience_adapters.flaw import Flaw
from experience_adapters.rules import records
from experience_adapters.rules.names import called
from symphainy.delivery import Activity, CrmUpdate
from symphainy.json import Json

__all__ = ["activity", "as_it_should_be", "kept", "path", "properties", "update", "wrongs"]

_PLURALS = {"contact": "contacts", "company": "companies", "deal": "deals", "ticket": "tickets"}
_TYPES = {
    "note": {"contacts": 202, "companies": 190, "deals": 214, "tickets": 228},
    "call": {"contacts": 194, "companies": 182, "deals": 206, "tickets": 220},
    "email": {"contacts": 198, "companies": 186, "deals": 210, "tickets": 224},
    "task": {"contacts": 204, "companies": 192, "deals": 216, "tickets": 230},
}
"""What HubSpot calls the association of an activity with a record."""


def wrongs(message: CrmUpdate) -> list[Flaw]:
    """What HubSpot would refuse in `message`."""
    found = records.flaws(message)
    if message.activity is None:
        return found
    if message.properties:
        text = "HubSpot does not keep an activity and change a record at once: make it two steps"
        found.append(Flaw("delivery.arguments", text))
    if path(message.object) not in _TYPES[message.activity.kind]:
        text = f"HubSpot keeps no {message.activity.kind} with records of {message.object}"
        found.append(Flaw("delivery.arguments", text))
    return found


def path(kind: str) -> str:
    """What HubSpot calls records of that kind."""
    return _PLURALS.get(kind, kind)


def kept(activity: Activity) -> str:
    """The same of activities."""
    return f"{activity.kind}s"


def properties(message: CrmUpdate, names: Json) -> dict[str, str]:
    """The record's properties, by HubSpot's names, as the texts that HubSpot has them as."""
    return {called(names, name): _text(value) for name, value in message.properties.items()}


def update(message: CrmUpdate, names: Json, delivery: str) -> dict[str, Any]:
    """The body of the upsert."""
    key = called(names, message.key.property)
    one = {
        "id": message.key.value,
        "idProperty": key,
        "properties": {key: message.key.value, **properties(message, names)},
        "objectWriteTraceId": delivery,
    }
    return {"inputs": [one]}


def activity(
    said: Activity, kind: str, record: str, at: datetime, delivery: Mapping[str, str]
) -> dict[str, Any]:
    """The body of an activity's creation; `delivery` is the property that makes it unique."""
    type_ = {
        "associationCategory": "HUBSPOT_DEFINED",
        "associationTypeId": _TYPES[said.kind][path(kind)],
    }
    moment = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {
        "properties": {**_activity(said), "hs_timestamp": moment, **delivery},
        "associations": [{"to": {"id": record}, "types": [type_]}],
    }


def as_it_should_be(wanted: Mapping[str, str], has: Any) -> bool:
    """Whether a record has the properties that are wanted."""
    known = has if isinstance(has, dict) else {}
    return all(_same(value, known.get(name)) for name, value in wanted.items())


def _activity(said: Activity) -> dict[str, str]:
    title = said.subject or ""
    body = escape(said.text, quote=False).replace("\n", "<br>")
    if said.kind == "call":
        return {"hs_call_title": title, "hs_call_body": body, "hs_call_status": "COMPLETED"}
    if said.kind == "email":
        direction = {"hs_email_direction": "EMAIL", "hs_email_status": "SENT"}
        return {"hs_email_subject": title, "hs_email_text": said.text, **direction}
    if said.kind == "task":
        return {"hs_task_subject": title, "hs_task_body": body, "hs_task_status": "NOT_STARTED"}
    head = f"<strong>{escape(title, quote=False)}</strong><br>" if title else ""
    return {"hs_note_body": head + body}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _same(wanted: str, has: object) -> bool:
    found = _text(has)
    if wanted.strip() == found.strip():
        return True
    try:
        return float(wanted) == float(found)
    except ValueError:
        return False
