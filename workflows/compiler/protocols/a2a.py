"""Calls of agents that speak the agent-to-agent protocol."""

import json
from typing import Any
from urllib.parse import urlsplit

from symphainy.catalog import Effect
from symphainy.definition import A2aCall, EndpointObject, TaskItem
from symphainy.definition.calls import A2aArguments
from symphainy.json import Json
from symphainy.plan import Remote, Task
from workflows.compiler.context import Compilation, plain
from workflows.compiler.protocols.credentials import credentials
from workflows.compiler.protocols.http import authorized
from workflows.compiler.secrets import Secured, secured

__all__ = ["a2a"]

WRITES = frozenset(
    {
        "message/send",
        "message/stream",
        "tasks/cancel",
        "tasks/pushNotificationConfig/set",
        "tasks/pushNotificationConfig/delete",
    }
)
NEEDS = {"message/send": "message", "message/stream": "message"}
NEEDLESS = frozenset({"tasks/list", "agent/getAuthenticatedExtendedCard"})
SECONDS = 600.0
MARGIN = 30.0


def a2a(
    at: Compilation,
    item: TaskItem,
    task: A2aCall,
    given: dict[str, Any],
    variables: frozenset[str],
) -> Task | None:
    """The call as the plan has it, or None with findings that say why not."""
    wanted, pointer = task.with_, f"{item.pointer}/with"
    reached = _agent(at, wanted, pointer, variables)
    if reached is None:
        return None
    endpoint, policy = reached
    arguments: dict[str, Json] = {
        "method": wanted.method,
        "endpoint": endpoint.value,
        "seconds": SECONDS,
    }
    taken = [endpoint]
    if wanted.parameters is not None:
        place, goes = f"{pointer}/parameters", "/with/parameters"
        parameters = secured(at, plain(wanted.parameters), place, variables, goes)
        arguments["parameters"] = parameters.value
        taken.append(parameters)
    _check(at, wanted.method, arguments.get("parameters"), pointer)
    effect: Effect = "write" if wanted.method in WRITES else "read"
    return Remote(
        **given,
        **authorized(policy, *taken),
        activity="call.a2a",
        arguments=arguments,
        effect=effect,
        timeout_seconds=SECONDS + MARGIN,
    )


def _agent(
    at: Compilation, wanted: A2aArguments, pointer: str, variables: frozenset[str]
) -> tuple[Secured, Secured | None] | None:
    """Where the agent is, and what is shown to it."""
    if wanted.agent_card is not None:
        endpoint, place = wanted.agent_card.endpoint, f"{pointer}/agentCard/endpoint"
        url = _card(at, wanted, place)
        if url is None:
            return None
        card = endpoint.uri if isinstance(endpoint, EndpointObject) else endpoint
        if urlsplit(card)[:2] != urlsplit(url)[:2]:
            # What opens the card's server is not for the eyes of another.
            return Secured(url), None
        return Secured(url), _policy(at, endpoint, place, variables)
    server, place = wanted.server, f"{pointer}/server"
    uri = server.uri if isinstance(server, EndpointObject) else server
    reached = secured(at, uri, place, variables, "/with/endpoint")
    return reached, _policy(at, server, place, variables)


def _policy(
    at: Compilation, endpoint: Any, place: str, variables: frozenset[str]
) -> Secured | None:
    if not isinstance(endpoint, EndpointObject):
        return None
    return credentials(at, endpoint.authentication, f"{place}/authentication", variables)


def _card(at: Compilation, wanted: A2aArguments, pointer: str) -> str | None:
    """Where the agent's card says that it takes JSON-RPC."""
    assert wanted.agent_card is not None  # noqa: S101 - asked before
    content = at.resource(wanted.agent_card.endpoint, pointer)
    if content is None:
        return None
    try:
        card = json.loads(content)
    except (ValueError, RecursionError):
        card = None
    if not isinstance(card, dict):
        at.find("compile.contract", pointer, "the agent card is no JSON object")
        return None
    url = next(_interfaces(card), None)
    if url is None:
        message = "the agent card names no https or http address for JSON-RPC of version 0.3"
        at.find("compile.protocol", pointer, message)
    return url


def _interfaces(card: dict[str, Any]) -> Any:
    """The addresses for JSON-RPC, of cards of version 0.3 and of those of version 1."""
    if card.get("preferredTransport", "JSONRPC") == "JSONRPC":
        yield from _address(card.get("url"))
    for listed in ("additionalInterfaces", "supportedInterfaces"):
        found = card.get(listed)
        for one in found if isinstance(found, list) else []:
            if not isinstance(one, dict):
                continue
            transport = one.get("transport", one.get("protocolBinding"))
            if transport == "JSONRPC" and str(one.get("protocolVersion", "0.3")).startswith("0."):
                yield from _address(one.get("url"))


def _address(url: Any) -> Any:
    if isinstance(url, str) and url.startswith(("https://", "http://")) and urlsplit(url).hostname:
        yield url


def _check(at: Compilation, method: str, parameters: Json, pointer: str) -> None:
    if parameters is None and method not in NEEDLESS:
        at.find("compile.arguments", pointer, f"`{method}` needs `parameters`")
    needed = NEEDS.get(method)
    if needed and isinstance(parameters, dict) and needed not in parameters:
        at.find("compile.arguments", f"{pointer}/parameters", f"`{method}` needs `{needed}`")
