"""Calls of the Model Context Protocol."""

from typing import Any

from symphainy.catalog import Effect
from symphainy.definition import EndpointObject, McpCall, TaskItem
from symphainy.json import Json
from symphainy.plan import Remote, Task
from workflows.compiler.context import Compilation, nearest, plain
from workflows.compiler.protocols.credentials import credentials
from workflows.compiler.protocols.http import authorized
from workflows.compiler.secrets import secured
from workflows.compiler.timeouts import duration

__all__ = ["mcp"]

VERSIONS = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28")
NEEDS = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}
LONGEST = 600.0
"""Seconds a call may take."""


def mcp(
    at: Compilation,
    item: TaskItem,
    task: McpCall,
    given: dict[str, Any],
    variables: frozenset[str],
) -> Task | None:
    """The call as the plan has it, or None with findings that say why not."""
    wanted, pointer = task.with_, f"{item.pointer}/with"
    http = wanted.transport.http
    if http is None:
        message = "`stdio` would start a process on the platform's workers"
        at.find("compile.protocol", f"{pointer}/transport/stdio", message)
        return None
    if wanted.protocol_version not in VERSIONS:
        message = f"{wanted.protocol_version!r} is no protocol version that is spoken here; "
        at.find(
            "compile.protocol",
            f"{pointer}/protocolVersion",
            message + nearest(wanted.protocol_version, VERSIONS),
        )
    where, endpoint, policy = f"{pointer}/transport/http", http.endpoint, None
    if isinstance(endpoint, EndpointObject):
        proof = f"{where}/endpoint/authentication"
        policy = credentials(at, endpoint.authentication, proof, variables)
        endpoint = endpoint.uri
    members: dict[str, tuple[Any, str]] = {
        "endpoint": (endpoint, f"{where}/endpoint"),
        "headers": (http.headers or None, f"{where}/headers"),
        "parameters": (wanted.parameters, f"{pointer}/parameters"),
    }
    taken = {
        name: secured(at, plain(one), place, variables, f"/with/{name}")
        for name, (one, place) in members.items()
        if one is not None
    }
    parameters = taken["parameters"].value if "parameters" in taken else None
    _check_parameters(at, wanted.method, parameters, pointer)
    within = _within(at, task, pointer, variables)
    arguments: dict[str, Json] = {
        "method": wanted.method,
        "version": wanted.protocol_version,
        **{name: one.value for name, one in taken.items()},
    }
    if wanted.client is not None:
        arguments["client"] = {"name": wanted.client.name, "version": wanted.client.version}
    if isinstance(within, float):
        arguments["seconds"] = within
    effect: Effect = "write" if wanted.method == "tools/call" else "read"
    return Remote(
        **given,
        **authorized(policy, *taken.values()),
        activity="call.mcp",
        arguments=arguments,
        effect=effect,
        timeout_seconds=(LONGEST if isinstance(within, str) else within or 55.0) + 5.0,
        **({"limit": within} if isinstance(within, str) else {}),
    )


def _check_parameters(at: Compilation, method: str, parameters: Json, pointer: str) -> None:
    needed = NEEDS.get(method)
    if needed is None or isinstance(parameters, str):
        return
    if not isinstance(parameters, dict) or needed not in parameters:
        at.find("compile.arguments", f"{pointer}/parameters", f"`{method}` needs `{needed}`")


def _within(
    at: Compilation, task: McpCall, pointer: str, variables: frozenset[str]
) -> float | str | None:
    timeout = task.with_.timeout
    if timeout is None:
        return None
    found = duration(at, timeout, f"{pointer}/timeout", variables)
    return found if isinstance(found, str) else min(max(found / 1000, 0.001), LONGEST)
