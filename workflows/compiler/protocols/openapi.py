"""Calls of operations that an OpenAPI document describes."""

from typing import Any

from symphainy import expr
from symphainy.catalog import Effect
from symphainy.definition import EndpointObject, OpenApiCall, TaskItem
from symphainy.json import Json
from symphainy.plan import Http, Task
from workflows.compiler.authentication import authentication
from workflows.compiler.context import Compilation, nearest, plain
from workflows.compiler.protocols.http import READS, authorized
from workflows.compiler.protocols.openapi_document import Broken, Operation, operation, operations
from workflows.compiler.protocols.openapi_request import Building
from workflows.compiler.resources import parsed

__all__ = ["openapi"]


def openapi(
    at: Compilation,
    item: TaskItem,
    task: OpenApiCall,
    given: dict[str, Any],
    variables: frozenset[str],
) -> Task | None:
    """The request that the operation is, checked against what the document says it takes."""
    wanted, pointer = task.with_, f"{item.pointer}/with"
    found = _operation(at, task, pointer)
    policy = authentication(at, wanted.authentication, f"{pointer}/authentication", variables)
    if found is None:
        return None
    written: dict[str, Json] = plain(wanted.parameters)
    place = f"{pointer}/parameters"
    building = Building(at, found, place, variables, authorized=policy is not None)
    building.take(written)
    effect: Effect = "read" if found.method in READS else "write"
    return Http(
        **given,
        method=found.method,
        uri=building.uri(),
        output_as=wanted.output,
        redirect=wanted.redirect,
        effect=effect,
        **building.members(),
        **authorized(policy, *building.taken),
    )


def _operation(at: Compilation, task: OpenApiCall, pointer: str) -> Operation | None:
    endpoint = task.with_.document.endpoint
    place = f"{pointer}/document/endpoint"
    content = at.resource(endpoint, place)
    document = None if content is None else parsed(at, content, place)
    if document is None:
        return None
    uri = endpoint.uri if isinstance(endpoint, EndpointObject) else endpoint
    name = task.with_.operation_id
    if expr.is_runtime_expression(name):
        message = "which operation is called is decided when the definition is written"
        at.find("compile.unknown-operation", f"{pointer}/operationId", message)
        return None
    known = at.once("operations", content or b"", lambda: operations(document))
    try:
        if isinstance(known, Broken):
            raise known
        if name in known:
            return operation(document, known, name, uri)
        message = f"the document has no operation {name!r}; {nearest(name, known)}"
        at.find("compile.unknown-operation", f"{pointer}/operationId", message)
        return None
    except Broken as broken:
        at.find("compile.contract", place, f"`{uri[:200]}` cannot be used: {broken}")
        return None
