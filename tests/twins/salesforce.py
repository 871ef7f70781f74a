"""Salesforce's sObjects, as far as records and tasks need them; written by hand, as there is no
public document of its API."""

import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from tests.twins.provider import Provider
from tests.twins.web import Answer, Asked

__all__ = ["SECRET", "SalesforceTwin"]

SECRET = {
    "instanceUrl": "https://acme.my.salesforce.com",
    "clientId": "client-twin",
    "clientSecret": "secret-twin",
}
DATA = "/services/data/v62.0"
MARK = "Symphainy_Delivery__c"
FIELDS = {
    "Contact": {"Email", "FirstName", "LastName", "Phone", "Stage__c", "Score__c", "Vip__c"},
    "Account": {"Name", "Number__c", "Industry"},
    "Opportunity": {"Name", "Amount", "Order__c"},
    "Task": {
        "Subject", "Description", "Status", "TaskSubtype", "ActivityDate", "WhoId", "WhatId", MARK,
    },
}  # fmt: skip
EXTERNAL = {("Contact", "Email"), ("Account", "Number__c"), ("Opportunity", "Order__c"),
            ("Task", MARK)}  # fmt: skip
PREFIXES = {"Contact": "003", "Account": "001", "Opportunity": "006", "Task": "00T"}
Record = dict[str, Any]


class Wrong(Exception):
    """What Salesforce does not take."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.answer = Answer(status, [{"message": message, "errorCode": code}])


@dataclass
class SalesforceTwin(Provider):
    """Keeps records by their external ids, and gives tokens to its client.

    What it keeps of a delivery is one message, however often the same is said again.
    """

    records: dict[str, tuple[str, Record]] = field(default_factory=dict)
    """By id: the kind and the fields."""
    public: Any = None
    """The key that assertions are signed for; without it, there is a client secret."""
    given: list[str] = field(default_factory=list)
    """The tokens, as far as they are good."""
    locked: bool = False
    silent: bool = False
    """Whether upserts of what is there are answered as they were before version 46."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.ids = count(1)

    def brings_a_message(self, asked: Asked) -> bool:
        return asked.method == "PATCH" or asked.path == f"{DATA}/composite"

    def name(self) -> str:
        return f"m{next(self.ids)}"

    def take(self, asked: Asked) -> Answer:
        if asked.path == "/services/oauth2/token":
            return self._token(asked)
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.given:
            return self.failing(401)
        body = json.loads(asked.body) if asked.body else {}
        if asked.path == f"{DATA}/composite":
            return self._composite(body, asked)
        try:
            answer = self._one(asked.method, asked.url, body)
        except Wrong as wrong:
            return wrong.answer
        if asked.method == "PATCH" and answer.status in {200, 201, 204}:
            made = [self._at(asked.url)[0]]
            self._note({"made": made, "fields": body, "url": asked.url}, asked)
        return answer

    def failing(self, status: int) -> Answer:
        codes = {401: "INVALID_SESSION_ID", 403: "INSUFFICIENT_ACCESS", 429: "TOO_MANY_REQUESTS"}
        headers = {"retry-after": "1"} if status == 429 else {}
        body = [{"message": "no", "errorCode": codes.get(status, "FAILED")}]
        return Answer(status, body, headers)

    def revoke(self) -> None:
        """Withdraw all tokens."""
        self.given.clear()

    def by(self, kind: str, field: str, value: str) -> list[str]:
        """The ids of the records with that external id."""
        if (kind, field) not in EXTERNAL:
            message = f"Provided external ID field does not exist or is not accessible: {field}"
            raise Wrong(404, "NOT_FOUND", message)
        return [
            id
            for id, (of, one) in self.records.items()
            if of == kind and str(one.get(field, "")).lower() == value.lower()
        ]

    def _token(self, asked: Asked) -> Answer:
        form = asked.form
        if form["grant_type"] == "client_credentials":
            known = (form.get("client_id"), form.get("client_secret"))
            good = known == (SECRET["clientId"], SECRET["clientSecret"])
        else:
            good = self._proven(form["assertion"])
        if not good:
            return Answer(400, {"error": "invalid_client", "error_description": "no"})
        self.given.append(f"token-{next(self.ids)}")
        return Answer(200, {"access_token": self.given[-1], "token_type": "Bearer"})

    def _proven(self, assertion: str) -> bool:
        try:
            claims = jwt.decode(assertion, RSAKey.import_key(self.public)).claims
        except (JoseError, ValueError, TypeError):
            return False
        wanted = {"iss": SECRET["clientId"], "sub": "bot@acme.example"}
        return {name: claims.get(name) for name in wanted} == wanted

    def _composite(self, body: Any, asked: Asked) -> Answer:
        """All or nothing, each in its turn with what those before it gave."""
        before = self.records
        told: list[dict[str, Any]] = []
        for one in body["compositeRequest"]:
            text = json.dumps(one["body"])
            for done in told:
                text = text.replace(f"@{{{done['referenceId']}.id}}", done["body"]["id"])
            try:
                answer = self._one(one["method"], one["url"], json.loads(text))
            except Wrong as wrong:
                answer = wrong.answer
            told.append(
                {
                    "body": answer.body,
                    "httpHeaders": {},
                    "httpStatusCode": answer.status,
                    "referenceId": one["referenceId"],
                }
            )
            if answer.status >= 300:
                self.records = before
                return Answer(200, {"compositeResponse": told})
        record, activity = ({**one, "id": was["body"]["id"]} for one, was in _pairs(body, told))
        document = {"made": [record["id"], activity["id"]], "fields": record["body"]}
        self._note({**document, "url": record["url"], "task": activity["body"]}, asked)
        return Answer(200, {"compositeResponse": told})

    def _one(self, method: str, url: str, body: Record) -> Answer:
        parts = urlsplit(url)
        if parts.path == f"{DATA}/limits":
            return Answer(200, {})
        kind, name, value = _named(url)
        found = self._at(url)
        if len(found) > 1:
            return Answer(300, [f"{DATA}/sobjects/{kind}/{one}" for one in found])
        if method == "GET":
            return self._read(kind, found, parse_qs(parts.query))
        return self._upserted(kind, name, value, body, found)

    def _at(self, url: str) -> list[str]:
        return self.by(*_named(url))

    def _read(self, kind: str, found: list[str], query: dict[str, list[str]]) -> Answer:
        if not found:
            raise Wrong(404, "NOT_FOUND", "The requested resource does not exist")
        wanted = query["fields"][0].split(",")
        self._known(kind, [one for one in wanted if one != "Id"])
        record = {**self.records[found[0]][1], "Id": found[0]}
        return Answer(200, {name: record.get(name) for name in wanted})

    def _upserted(self, kind: str, name: str, value: str, body: Record, found: list[str]) -> Answer:
        self._known(kind, body)
        if name in body:
            raise Wrong(400, "INVALID_FIELD", "The external id is in the path already")
        if self.locked:
            raise Wrong(400, "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access")
        if kind == "Task" and (body.get("WhoId") or body.get("WhatId")) not in self.records:
            raise Wrong(400, "MALFORMED_ID", "Name ID: id value of incorrect type")
        id = found[0] if found else f"{PREFIXES[kind]}{next(self.ids):015d}"
        known = self.records.get(id, (kind, {name: value}))[1]
        said = {one: None if text == "" else text for one, text in body.items()}
        self.records = {**self.records, id: (kind, {**known, **said})}
        if found and self.silent:
            return Answer(204)
        told = {"id": id, "success": True, "errors": [], "created": not found}
        return Answer(200 if found else 201, told)

    def _note(self, document: dict[str, Any], asked: Asked) -> None:
        """Keep the message, if it is not one that made the same before."""
        delivery = asked.headers.get("x-request-id", "")
        if not any(one.document["made"] == document["made"] for one in self.of(delivery)):
            self.keep(delivery, document, asked)

    def _known(self, kind: str, names: Any) -> None:
        for name in names:
            if name not in FIELDS[kind]:
                message = f"No such column '{name}' on sobject of type {kind}"
                raise Wrong(400, "INVALID_FIELD", message)


def _named(url: str) -> tuple[str, str, str]:
    """Kind, external id and its value, as a path names a record."""
    rest = urlsplit(url).path.removeprefix(f"{DATA}/").split("/")
    if len(rest) != 4 or rest[0] != "sobjects" or rest[1] not in FIELDS:
        raise Wrong(404, "NOT_FOUND", "The requested resource does not exist")
    _, kind, name, value = (unquote(one) for one in rest)
    return kind, name, value


def _pairs(body: Any, told: list[dict[str, Any]]) -> Any:
    return zip(body["compositeRequest"], told, strict=True)
