"""Records and tasks as Salesforce takes them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from experience_adapters.flaw import Flaw
from experience_adapters.rules import records
from experience_adapters.rules.names import called
from experience_adapters.salesforce.spec import DATA
from symphainy.delivery import Activity, CrmUpdate
from symphainy.json import Json

__all__ = ["as_it_should_be", "both", "external", "fields", "key", "record", "task", "wrongs"]

_OBJECTS = {
    "contact": "Contact", "company": "Account", "deal": "Opportunity", "ticket": "Case",
    "lead": "Lead",
}  # fmt: skip
_FIELDS = {
    "email": "Email", "firstname": "FirstName", "lastname": "LastName", "phone": "Phone",
    "name": "Name",
}  # fmt: skip
_PEOPLE = frozenset({"Contact", "Lead"})
_KINDS = {"note": "Task", "call": "Call", "email": "Email", "task": "Task"}


def wrongs(message: CrmUpdate) -> list[Flaw]:
    """What Salesforce would refuse in `message`."""
    return records.flaws(message)


def record(message: CrmUpdate, settings: Mapping[str, Json]) -> str:
    """What Salesforce calls the kind of record."""
    return called(settings.get("objects"), message.object, _OBJECTS)


def key(message: CrmUpdate, settings: Mapping[str, Json]) -> str:
    """What Salesforce calls the property that tells the record from others."""
    return called(settings.get("fields"), message.key.property, _FIELDS)


def external(kind: str, field: str, value: str) -> str:
    """The path of the record of that kind with that external id."""
    return f"{DATA}/sobjects/{quote(kind)}/{quote(field)}/{quote(value, safe='')}"


def fields(message: CrmUpdate, settings: Mapping[str, Json]) -> dict[str, Any]:
    """The record's fields, by Salesforce's names; the external id is in the path alone."""
    names = settings.get("fields")
    found = {called(names, name, _FIELDS): one for name, one in message.properties.items()}
    found.pop(key(message, settings), None)
    return found


def task(said: Activity, kind: str, id: str, at: datetime) -> dict[str, Any]:
    """The fields of an activity of the record of that kind and id."""
    usual = {"note": "Note", "call": "Call", "email": "Email", "task": "Task"}
    return {
        "Subject": said.subject or usual[said.kind],
        "Description": said.text,
        "Status": "Not Started" if said.kind == "task" else "Completed",
        "TaskSubtype": _KINDS[said.kind],
        "ActivityDate": at.astimezone(UTC).date().isoformat(),
        "WhoId" if kind in _PEOPLE else "WhatId": id,
    }


def both(record: str, given: Mapping[str, Any], task: str, activity: Json) -> dict[str, Any]:
    """The composite request of a record and its activity, whose paths are given."""
    return {
        "allOrNone": True,
        "compositeRequest": [
            {"method": "PATCH", "url": record, "referenceId": "record", "body": dict(given)},
            {"method": "PATCH", "url": task, "referenceId": "activity", "body": activity},
        ],
    }


def as_it_should_be(wanted: Mapping[str, Any], has: Any) -> bool:
    """Whether a record has the fields that are wanted."""
    known = has if isinstance(has, dict) else {}
    return all(_same(value, known.get(name)) for name, value in wanted.items())


def _same(wanted: Any, has: Any) -> bool:
    if isinstance(wanted, str) or wanted is None:
        # Salesforce trims texts, and keeps nothing of an empty one.
        return (wanted or "").strip() == (str(has) if has is not None else "").strip()
    return bool(wanted == has)
