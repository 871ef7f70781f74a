"""What the OpenAPI document says beyond what the routes' types say."""

from collections import defaultdict
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from solution_api.access import access, roles
from solution_api.problems import MEDIA_TYPE, Problem, type_of
from solution_api.samples import sample
from symphainy.codes import CODES, Code
from symphainy.json import Json

__all__ = ["BODY", "KEYED", "answers", "describe", "example", "streams", "takes", "yaml_or_json"]

Responses = dict[int | str, dict[str, Any]]

REF = {"$ref": "#/components/schemas/Problem"}
ALWAYS = (
    "api.invalid-request",
    "api.not-found",
    "api.bad-request",
    "api.rate-limited",
    "api.internal",
)
KEYED = (
    "api.unauthenticated",
    "api.forbidden",
    "api.environment",
    "api.scope",
    "store.unavailable",
    "store.text",
)
"""What every operation that asks for a key may refuse."""
BODY = (
    "document.syntax",
    "document.too-deep",
    "document.character",
    "document.encoding",
    "document.number",
    "api.body-too-large",
    "api.media-type",
    "api.content-encoding",
)
"""What every operation that reads a body may refuse."""


def answers(*codes: str, keyed: bool = True) -> Responses:
    """The refusals of an operation as OpenAPI responses: one for each status, each code shown."""
    every = dict.fromkeys((*codes, *(KEYED if keyed else ()), *ALWAYS))
    by_status: defaultdict[int, list[Code]] = defaultdict(list)
    for name in every:
        by_status[CODES[name].status].append(CODES[name])
    return {status: _response(status, known) for status, known in sorted(by_status.items())}


def example(response: Json, *, status: int = 200, described: str = "") -> Responses:
    """A response with an example of its body."""
    description = described or HTTPStatus(status).phrase
    content = {"application/json": {"example": response}}
    return {status: {"description": description, "content": content}}


def takes(schema: dict[str, Any], example: Json, *, required: bool = False) -> dict[str, Any]:
    """The OpenAPI extension of an operation that reads a JSON body by itself."""
    content = {"application/json": {"schema": schema, "example": example}}
    return {"requestBody": {"required": required, "content": content}}


def yaml_or_json(example: str) -> dict[str, Any]:
    """The OpenAPI extension of an operation that reads a definition."""
    content = {
        "application/yaml": {"schema": {"type": "string"}, "example": example},
        "application/json": {"schema": {"type": "object"}},
    }
    return {"requestBody": {"required": True, "content": content}}


def streams(example: str, *, described: str) -> dict[str, Any]:
    """A response of server-sent events; the schema is that of one event."""
    text = {"type": "string"}
    event = {"type": "object", "properties": {"id": text, "event": text, "data": text}}
    content = {"text/event-stream": {"schema": event, "example": example}}
    return {"description": described, "content": content}


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI 3.1 document of `app`, made once."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            summary=app.summary,
            description=app.description,
            routes=app.routes,
            tags=app.openapi_tags,
        )
        schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas.update(schema.pop("$defs", {}))
        schemas["Problem"] = schema
        _roles(app, document)
        for response in _responses(document):
            _exemplify(response, schemas)
        app.openapi_schema = document
    return app.openapi_schema


def _roles(app: FastAPI, document: dict[str, Any]) -> None:
    """Say of each operation which roles may do it."""
    asked = access(app.state.routes)
    for operations in document["paths"].values():
        for operation in operations.values():
            if operation.get("operationId") in asked:
                operation["x-roles"] = roles(asked[operation["operationId"]])


def _responses(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for operations in document["paths"].values():
        for operation in operations.values():
            yield from operation["responses"].values()


def _exemplify(response: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Give a JSON answer without an example one."""
    shown = response.get("content", {}).get("application/json")
    if shown and not {"example", "examples"} & shown.keys():
        shown["example"] = sample(shown.get("schema", {}), schemas)


def _response(status: int, codes: list[Code]) -> dict[str, Any]:
    shown = {one.code: {"summary": one.title, "value": _problem(one)} for one in codes}
    response: dict[str, Any] = {
        "description": HTTPStatus(status).phrase,
        "content": {MEDIA_TYPE: {"schema": REF, "examples": shown}},
    }
    if status == 401:
        response["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    if status in (429, 503):
        response["headers"] = {"Retry-After": {"schema": {"type": "string"}}}
    return response


def _problem(code: Code) -> dict[str, Any]:
    return Problem(
        type=type_of(code.code),
        title=code.title,
        status=code.status,
        detail=f"{code.title}.",
        code=code.code,
        fix=code.fix,
    ).model_dump(exclude_none=True)
