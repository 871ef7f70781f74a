"""Examples made from schemas, for answers that nobody wrote one for."""

from collections.abc import Mapping
from typing import Any

from solution_api.examples import DIGEST
from symphainy.json import Json

__all__ = ["sample"]

DEEPEST = 8
NAMED: Mapping[str, Json] = {
    "at": "2026-11-02T09:30:00Z",
    "adapter": "sandbox",
    "author": "ana",
    "bundle": DIGEST,
    "by": "ana",
    "channel": "email",
    "code": "solution.version-taken",
    "column": 7,
    "cursor": None,
    "customer": "c-17",
    "delivery": "5f0c3c3e-6f3e-5d0e-9d53-0f6f2d1c7a11",
    "deployed": {"production": "1.0.0"},
    "digest": DIGEST,
    "email": "maria@example.com",
    "environment": "production",
    "environments": ["production"],
    "existing": False,
    "experience": "email",
    "facts_digest": DIGEST,
    "findings": [],
    "fix": "A version never changes once registered: give the document a new version.",
    "headers": {"Message-ID": "<5f0c3c3e@acme.example>"},
    "html": "<p>Please pay invoice <b>4711</b>.</p>",
    "id": "0b2e6f0c9f1b4f0fa4f6d6c1f1f0a001",
    "initiator": "ana",
    "instead_of": None,
    "latest": "1.0.0",
    "layer": "solution",
    "line": 3,
    "locale": "de-DE",
    "name": "acme.welcome",
    "note": "Agreed with finance.",
    "output": {"greeting": "Welcome, c-17"},
    "phone": "+4930123456",
    "plan": DIGEST,
    "pointer": "/do/0/remind",
    "policy": "solution/bigMoney",
    "problem": None,
    "problems": [],
    "promises": {"/do/0/remind": "at most once"},
    "provider_id": "0b2e6f0c9f1b4f0fa4f6d6c1f1f0a001",
    "purpose": "transactional",
    "reason": None,
    "role": "collections-lead",
    "run": "acme.invoice-dunning:4711",
    "sender": "billing@acme.example",
    "solution": "acme.invoice-dunning",
    "stage": None,
    "step": "/do/0/remind",
    "subject": "Invoice 4711 is due",
    "text": "Please pay invoice 4711.",
    "title": "Collect overdue invoices",
    "to": "maria@example.com",
    "topic": None,
    "version": "1.0.0",
    "zone": "Europe/Berlin",
}
"""What members of these names hold, so that all examples tell one story."""

PLAIN: Mapping[str, Json] = {"string": "text", "integer": 1, "number": 1.0, "boolean": True}


def sample(schema: Mapping[str, Any], schemas: Mapping[str, Any], depth: int = 0) -> Json:
    """A value that `schema` takes; `schemas` are the document's components."""
    schema = _resolved(schema, schemas)
    for word in ("example", "const", "default"):
        if word in schema:
            found: Json = schema[word]
            return found
    if "enum" in schema:
        first: Json = schema["enum"][0]
        return first
    for word in ("anyOf", "oneOf", "allOf"):
        if word in schema:
            return sample(schema[word][0], schemas, depth + 1)
    return _typed(schema, schemas, depth)


def _typed(schema: Mapping[str, Any], schemas: Mapping[str, Any], depth: int) -> Json:
    kind = schema.get("type")
    if kind == "object":
        return {
            name: _member(name, one, schemas, depth)
            for name, one in schema.get("properties", {}).items()
        }
    if kind == "array":
        return [sample(schema.get("items", {}), schemas, depth + 1)] if depth < DEEPEST else []
    if schema.get("format") == "date-time":
        return NAMED["at"]
    return PLAIN.get(kind or "")


def _member(name: str, schema: Mapping[str, Any], schemas: Mapping[str, Any], depth: int) -> Json:
    found = _resolved(schema, schemas)
    if name in NAMED and not {"const", "enum"} & found.keys():
        return NAMED[name]
    return sample(schema, schemas, depth + 1) if depth < DEEPEST else None


def _resolved(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" in schema:
        found: Mapping[str, Any] = schemas[schema["$ref"].rpartition("/")[2]]
        return found
    return schema
