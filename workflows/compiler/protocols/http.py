"""HTTP calls."""

from collections.abc import Mapping
from typing import Any

from symphainy.catalog import Effect
from symphainy.definition import EndpointObject, HttpCall, TaskItem
from symphainy.plan import Http, Task
from workflows.compiler.context import Compilation, plain

__all__ = ["http"]

READS = frozenset({"GET", "HEAD", "OPTIONS"})


def http(
    at: Compilation,
    item: TaskItem,
    task: HttpCall,
    given: dict[str, Any],
    variables: frozenset[str],
) -> Task | None:
    wanted, pointer = task.with_, f"{item.pointer}/with"
    endpoint = wanted.endpoint
    if isinstance(endpoint, EndpointObject) and endpoint.authentication is not None:
        at.not_built("authentication of an endpoint", f"{pointer}/endpoint/authentication")
    uri = endpoint.uri if isinstance(endpoint, EndpointObject) else endpoint
    members: Mapping[str, Any] = {
        "headers": wanted.headers,
        "query": wanted.query,
        "body": wanted.body,
    }
    filled = {
        name: at.value(plain(one), f"{pointer}/{name}", variables)
        for name, one in members.items()
        if one is not None
    }
    effect: Effect = "read" if wanted.method.upper() in READS else "write"
    return Http(
        **given,
        method=wanted.method.upper(),
        uri=str(at.value(uri, f"{pointer}/endpoint", variables)),
        output_as=wanted.output,
        redirect=wanted.redirect,
        effect=effect,
        **filled,
    )
