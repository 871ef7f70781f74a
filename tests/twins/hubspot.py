"""HubSpot's CRM objects, as far as records and their activities need them; written by hand, as
HubSpot licenses its OpenAPI documents to nobody else."""

import hmac
import json
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count
from typing import Any, ClassVar
from urllib.parse import unquote

from symphainy.delivery import Callback
from tests.twins.provider import Provider
from tests.twins.web import Answer, Asked

__all__ = ["SECRET", "HubSpotTwin"]

SECRET = {"accessToken": "pat-twin", "clientSecret": "client-twin"}
ROOT = "/crm/objects/2026-03"
MARK = "symphainy_delivery"
ACTIVITIES = {"notes", "calls", "emails", "tasks"}
KNOWN = {
    "contacts": {"email", "firstname", "lastname", "phone", "lifecyclestage", "customer_no"},
    "companies": {"domain", "name", "industry", "annualrevenue", "customer_no"},
    "deals": {"dealname", "amount", "dealstage", "order_no", "is_closed"},
    "notes": {"hs_note_body", "hs_timestamp", MARK},
    "calls": {"hs_call_title", "hs_call_body", "hs_call_status", "hs_timestamp", MARK},
    "emails": {
        "hs_email_subject", "hs_email_text", "hs_email_direction", "hs_email_status",
        "hs_timestamp", MARK,
    },
    "tasks": {"hs_task_subject", "hs_task_body", "hs_task_status", "hs_timestamp", MARK},
}  # fmt: skip
UNIQUE = {"email", "domain", "customer_no", "order_no", MARK}
ASSOCIATIONS = {
    ("notes", 202): "contacts", ("notes", 190): "companies", ("notes", 214): "deals",
    ("calls", 194): "contacts", ("calls", 182): "companies", ("calls", 206): "deals",
    ("emails", 198): "contacts", ("emails", 186): "companies", ("emails", 210): "deals",
    ("tasks", 204): "contacts", ("tasks", 192): "companies", ("tasks", 216): "deals",
}  # fmt: skip
Record = dict[str, str]


class Wrong(Exception):
    """What HubSpot does not take."""

    def __init__(self, status: int, category: str, message: str) -> None:
        super().__init__(message)
        self.answer = Answer(
            status,
            {"status": "error", "message": message, "category": category, "correlationId": "c-1"},
        )


@dataclass
class HubSpotTwin(Provider):
    """Keeps records by their unique properties, and activities that say whose delivery they are.

    What it keeps of a delivery is one message, however often the same is said again.
    """

    token: str = SECRET["accessToken"]
    records: dict[tuple[str, str], Record] = field(default_factory=dict)
    """By kind and id."""
    told: dict[tuple[str, str], int] = field(default_factory=dict)
    lacks: set[str] = field(default_factory=set)
    """Properties that nobody has created here."""

    sends: ClassVar[str] = ROOT

    def __post_init__(self) -> None:
        super().__post_init__()
        self.ids = count(501)

    def brings_a_message(self, asked: Asked) -> bool:
        return asked.method == "POST" and asked.path.startswith(f"{ROOT}/")

    def name(self) -> str:
        return str(next(self.ids))

    def take(self, asked: Asked) -> Answer:
        if asked.headers.get("authorization") != f"Bearer {self.token}":
            return self.failing(401)
        kind, *rest = [unquote(one) for one in asked.path.removeprefix(f"{ROOT}/").split("/")]
        try:
            if kind not in KNOWN:
                raise Wrong(400, "VALIDATION_ERROR", f"Unable to infer object type from: {kind}")
            if asked.method == "GET":
                return self._read(kind, rest, asked)
            if rest == ["batch", "upsert"]:
                return self._upserted(kind, asked)
            if not rest and kind in ACTIVITIES:
                return self._created(kind, asked)
        except Wrong as wrong:
            return wrong.answer
        return self.failing(404)

    def failing(self, status: int) -> Answer:
        category = {401: "INVALID_AUTHENTICATION", 403: "MISSING_SCOPES", 429: "RATE_LIMITS"}
        headers = {"retry-after": "1"} if status == 429 else {}
        body = {
            "status": "error",
            "message": "no",
            "category": category.get(status, "OBJECT_NOT_FOUND"),
        }
        return Answer(status, body, headers)

    def change(
        self, record: str, name: str, value: str, url: str, *, at: datetime, by: str = "CRM_UI"
    ) -> Callback:
        """What HubSpot tells of a property that somebody changed; the same is told again with
        the same names and another count."""
        again = self.told[record, name] = self.told.get((record, name), -1) + 1
        event = {
            "eventId": 100,
            "subscriptionId": 25,
            "portalId": 33,
            "occurredAt": 1_795_337_478_000,
            "subscriptionType": "contact.propertyChange",
            "attemptNumber": again,
            "objectId": int(record),
            "propertyName": name,
            "propertyValue": value,
            "changeSource": by,
        }
        body = json.dumps([event]).encode()
        stamp = str(int(at.timestamp() * 1000))
        words = f"POST{url}".encode() + body + stamp.encode()
        signature = b64encode(hmac.digest(SECRET["clientSecret"].encode(), words, sha256)).decode()
        headers = {
            "content-type": "application/json",
            "x-hubspot-request-timestamp": stamp,
            "x-hubspot-signature-v3": signature,
        }
        return Callback(method="POST", url=url, headers=headers, body=body, at=at)

    def _read(self, kind: str, rest: list[str], asked: Asked) -> Answer:
        if not rest:
            found = [_shown(id, one) for (of, id), one in self.records.items() if of == kind]
            return Answer(200, {"results": found[:1]})
        by = asked.query.get("idProperty", ["hs_object_id"])[0]
        id = rest[0] if by == "hs_object_id" else self._by(kind, by, rest[0])
        if id is None or (kind, id) not in self.records:
            return self.failing(404)
        wanted = set(",".join(asked.query.get("properties", [])).split(","))
        record = {name: one for name, one in self.records[kind, id].items() if name in wanted}
        return Answer(200, _shown(id, record))

    def _upserted(self, kind: str, asked: Asked) -> Answer:
        (one,) = json.loads(asked.body)["inputs"]
        properties = self._valid(kind, one["properties"])
        known = self._by(kind, one["idProperty"], one["id"])
        id = known or self.name()
        record = self.records.setdefault((kind, id), {})
        record.update({one["idProperty"]: one["id"], **properties})
        delivery = one.get("objectWriteTraceId")
        if not any(each.document["record"] == id for each in self.of(delivery)):
            self.keep(delivery, {"kind": kind, "record": id, "input": one}, asked)
        result = {**_shown(id, record), "new": known is None, "objectWriteTraceId": delivery}
        return Answer(200, {"status": "COMPLETE", "results": [result]})

    def _created(self, kind: str, asked: Asked) -> Answer:
        given = json.loads(asked.body)
        properties = self._valid(kind, given["properties"])
        if "hs_timestamp" not in properties:
            raise Wrong(400, "VALIDATION_ERROR", "hs_timestamp is required")
        (link,) = given["associations"]
        (how,) = link["types"]
        to = ASSOCIATIONS.get((kind, how["associationTypeId"]))
        if to is None or (to, link["to"]["id"]) not in self.records:
            raise Wrong(404, "OBJECT_NOT_FOUND", "The associated record does not exist")
        delivery = properties.get(MARK)
        if delivery and self._by(kind, MARK, delivery):
            text = f"Cannot set PropertyValueCoordinates to {delivery}: it has that value already"
            raise Wrong(400, "VALIDATION_ERROR", text)
        document = {"kind": kind, "record": link["to"]["id"], "input": given, "of": to}
        kept = self.keep(delivery, document, asked)
        self.records[kind, kept.id] = properties
        return Answer(201, _shown(kept.id, properties))

    def _valid(self, kind: str, properties: dict[str, Any]) -> Record:
        for name, value in properties.items():
            if name not in KNOWN[kind] - self.lacks:
                text = f'Property values were not valid: Property "{name}" does not exist'
                raise Wrong(400, "VALIDATION_ERROR", text)
            if not isinstance(value, str):
                raise Wrong(400, "VALIDATION_ERROR", f"Cannot deserialize the value of {name}")
            if name == "amount" and not value.replace(".", "", 1).isdigit():
                raise Wrong(400, "VALIDATION_ERROR", f"{value} was not a valid number")
        return properties

    def _by(self, kind: str, name: str, value: str) -> str | None:
        if name not in UNIQUE & KNOWN[kind] - self.lacks:
            raise Wrong(400, "VALIDATION_ERROR", f"{name} is not a unique property")
        wanted = value.lower()
        found = (
            id
            for (of, id), one in self.records.items()
            if of == kind and one.get(name, "").lower() == wanted
        )
        return next(found, None)


def _shown(id: str, properties: Record) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat()
    return {"id": id, "properties": properties, "createdAt": now, "updatedAt": now}
