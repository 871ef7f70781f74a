"""The OpenAPI document of a solution's own endpoints."""

from typing import Any

from solution_api.answering import WAIT, endpoints
from solution_api.problems import MEDIA_TYPE, Problem
from symphainy.json import Json
from symphainy.plan import Experience, Plan

__all__ = ["describe"]

SCHEMAS = "#/components/schemas/"
KEY = {
    "type": "http",
    "scheme": "bearer",
    "description": "An API key of the platform with the role operator.",
}
PENDING: dict[str, Any] = {
    "type": "object",
    "required": ["run", "status", "links"],
    "properties": {
        "run": {"type": "string"},
        "status": {"const": "pending"},
        "links": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}


def describe(plan: Plan, server: str, title: str | None = None) -> dict[str, Any]:
    """An OpenAPI 3.1 document: an operation for each experience on the channel api, typed by the
    input schemas of its intent and by what its setting `response` says."""
    schemas: dict[str, Any] = {"Problem": _problem(), "Pending": PENDING}
    paths: dict[str, Any] = {}
    for name, bound in endpoints(plan).items():
        asked, given = f"{_word(name)}Request", f"{_word(name)}Response"
        schemas[asked] = _placed(_taken(plan, bound), SCHEMAS + asked)
        schemas[given] = _placed(bound.settings.get("response") or {}, SCHEMAS + given)
        path = f"/v1/solutions/{plan.solution}/api/{name}"
        paths[path] = {"post": _request(plan, name, bound, asked, given)}
        paths[path + "/{run}"] = {"get": _status(name, given)}
    return {
        "openapi": "3.1.0",
        "info": {"title": plan.title or title or plan.solution, "version": plan.version},
        "servers": [{"url": server}],
        "security": [{"apiKey": []}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"apiKey": KEY}},
    }


def _taken(plan: Plan, bound: Experience) -> Any:
    name = bound.settings.get("intent") or plan.start_intent
    wanted = plan.intents.get(name) if isinstance(name, str) else None
    whole = plan.input.schema_ if plan.input else None
    both = [one for one in (whole, wanted.input if wanted else None) if one]
    return both[0] if len(both) == 1 else {"allOf": both} if both else {}


def _request(plan: Plan, name: str, bound: Experience, asked: str, given: str) -> dict[str, Any]:
    headers = [_key(), _prefer(bound)]
    later: dict[str, Any] = {}
    if bound.settings.get("callbacks"):
        headers.append(_callback())
        later = {"callbacks": {"answer": {"{$request.header.Callback-URL}": _posted(given)}}}
    return {
        **later,
        "operationId": name,
        "summary": plan.title or plan.solution,
        "parameters": headers,
        "requestBody": {"required": True, "content": _json(asked)},
        "responses": _responses(given),
    }


def _posted(given: str) -> dict[str, Any]:
    """What is posted to a caller, and answered by them."""
    data = {
        "type": "object",
        "required": ["run", "status", "body"],
        "properties": {
            "run": {"type": "string"},
            "status": {"type": "integer"},
            "headers": {"type": ["object", "null"]},
            "body": {
                "description": "Of another status than 2xx, anything.",
                "anyOf": [{"$ref": SCHEMAS + given}, {}],
            },
        },
    }
    event = {
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"const": "api.answered"},
            "timestamp": {"type": "string", "format": "date-time"},
            "data": data,
        },
    }
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    signed = [{**_header(one, "As Standard Webhooks has it."), "required": True} for one in names]
    return {
        "post": {
            "summary": "The answer.",
            "parameters": signed,
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": event}},
            },
            "responses": {"2XX": {"description": "It is taken, once for each webhook-id."}},
        }
    }


def _status(name: str, given: str) -> dict[str, Any]:
    run = {"name": "run", "in": "path", "required": True, "schema": {"type": "string"}}
    return {
        "operationId": f"{name}_answer",
        "summary": "The answer, once it is there.",
        "parameters": [run],
        "responses": _responses(given),
    }


def _responses(given: str) -> dict[str, Any]:
    location = {"schema": {"type": "string"}, "description": "Where to ask for the answer."}
    return {
        "200": {"description": "The answer.", "content": _json(given)},
        "202": {
            "description": "The answer takes longer.",
            "headers": {"Location": location},
            "content": _json("Pending"),
        },
        "default": {
            "description": "Another answer of the solution, or a refusal of the platform.",
            "content": {
                "application/json": {"schema": {}},
                MEDIA_TYPE: {"schema": {"$ref": f"{SCHEMAS}Problem"}},
            },
        },
    }


def _key() -> dict[str, Any]:
    return _header("Idempotency-Key", "The same key is the same request, done and answered once.")


def _prefer(bound: Experience) -> dict[str, Any]:
    wait = bound.settings.get("timeout", WAIT)
    return _header("Prefer", f"`wait=N` waits N seconds (60 at most) instead of {wait}.")


def _callback() -> dict[str, Any]:
    text = "Where the answer is posted if it takes longer, signed by Standard Webhooks."
    return _header("Callback-URL", text)


def _header(name: str, description: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "description": description,
        "schema": {"type": "string"},
    }


def _json(schema: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": SCHEMAS + schema}}}


def _problem() -> dict[str, Any]:
    found = Problem.model_json_schema()
    inner = found.pop("$defs", {})
    placed: dict[str, Any] = _placed({**found, "$defs": inner}, f"{SCHEMAS}Problem")
    return placed


def _word(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.replace("_", "-").split("-"))


def _placed(schema: Any, place: str) -> Any:
    """The schema with its references to itself as they are where it stands in the document."""
    if isinstance(schema, list):
        return [_placed(one, place) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: _moved(key, value, place) for key, value in schema.items()}


def _moved(key: str, value: Json, place: str) -> Any:
    if key == "$ref" and isinstance(value, str) and value.startswith("#"):
        return place + value[1:]
    # What is quoted there are values, in which `$ref` is a name like any other.
    return value if key in ("const", "enum", "default", "examples") else _placed(value, place)
