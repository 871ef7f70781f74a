"""`call: mcp` over streamable HTTP, with the protocol's own client library."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from mcp import ClientSession, MCPError, types
from mcp.client.streamable_http import streamable_http_client
from mcp.types.version import MODERN_PROTOCOL_VERSIONS
from pydantic import TypeAdapter, ValidationError

from activities.remote.asked import Asked, fault, kind_of
from public_works.egress.session import Session
from symphainy.errors import Ending
from symphainy.json import Json

__all__ = ["call"]

SECONDS = 55.0
# What the library says where the server gave an HTTP status and no JSON-RPC error.
STAND_INS = frozenset({"Server returned an error response", "Not Found", "Session terminated"})
METHODS: Mapping[str, type[Any]] = {
    "tools/list": types.ListToolsRequest,
    "tools/call": types.CallToolRequest,
    "prompts/list": types.ListPromptsRequest,
    "prompts/get": types.GetPromptRequest,
    "resources/list": types.ListResourcesRequest,
    "resources/read": types.ReadResourceRequest,
    "resources/templates/list": types.ListResourceTemplatesRequest,
}
# The library holds results against the protocol's version; what it is handed on as is our choice,
# and its models would add members that the server never sent.
RESULT: TypeAdapter[Any] = TypeAdapter(dict[str, Any])


async def call(asked: Asked) -> Json:
    """The result of the JSON-RPC method, after the handshake of the protocol version asked for."""
    request = _request(METHODS[asked.arguments["method"]], asked)
    transport = asked.egress.session()
    try:
        async with asyncio.timeout(asked.arguments.get("seconds", SECONDS)):
            async with _session(asked, transport) as session:
                answer: dict[str, Json] = await session.send_request(request, RESULT)
    except TimeoutError:
        raise fault("timeout", "mcp.timeout", "the MCP server did not answer in time") from None
    except Exception as error:
        raise _error(error, transport) from error
    if answer.get("isError"):
        told = _text(answer) or "the tool answered with an error"
        raise fault("runtime", "mcp.tool-error", told, result=answer)
    return answer


def _request(method: type[Any], asked: Asked) -> Any:
    given: dict[str, Any] = {"method": asked.arguments["method"]}
    if asked.arguments.get("parameters") is not None:
        given["params"] = asked.arguments["parameters"]
    try:
        return method.model_validate(given, by_name=False)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"][1:])
        detail = f"`parameters{'.' + place if place else ''}`: {first['msg']}"
        raise fault("validation", "mcp.parameters", detail) from None


@asynccontextmanager
async def _session(asked: Asked, transport: Session) -> AsyncIterator[ClientSession]:
    """A session that has shaken hands."""
    headers = {**(asked.arguments.get("headers") or {}), **asked.headers}
    version = asked.arguments["version"]
    who = asked.arguments.get("client") or {"name": "symphainy", "version": "0"}
    client = httpx2.AsyncClient(
        transport=transport,
        trust_env=False,
        timeout=None,
        headers={"user-agent": "symphainy", **headers, "accept-encoding": "identity"},
    )
    async with (
        client,
        streamable_http_client(asked.arguments["endpoint"], http_client=client) as (read, write),
        ClientSession(read, write, client_info=types.Implementation(**who)) as session,
    ):
        await _handshake(session, version, who)
        yield session


async def _handshake(session: ClientSession, version: str, who: dict[str, str]) -> None:
    # The library's own `initialize` offers the newest version only; the author chooses here.
    if version in MODERN_PROTOCOL_VERSIONS:
        await session.discover()
        return
    params = types.InitializeRequestParams(
        protocol_version=version,
        capabilities=types.ClientCapabilities(),
        client_info=types.Implementation(**who),
    )
    request = types.InitializeRequest(params=params)
    session.adopt(await session.send_request(request, types.InitializeResult))
    await session.send_notification(types.InitializedNotification())


def _error(error: Exception, transport: Session) -> Exception:
    status = transport.status
    if status is not None and kind_of(status) != "communication":
        return fault(kind_of(status), "mcp.status", f"the MCP server answered {status}")
    found = _inner(error)
    if isinstance(found, MCPError):
        if status is not None and found.message in STAND_INS:
            detail = f"the MCP server answered {status}"
            return fault("communication", "mcp.status", detail, status=status)
        return fault("runtime", "mcp.error", found.message, rpc=found.code, data=found.data)
    if isinstance(found, ValidationError | RuntimeError | ValueError):
        return fault("runtime", "mcp.error", f"the MCP server broke the protocol: {found}")
    ending: Ending = transport.ending(found)
    return ending


def _inner(error: BaseException) -> Exception:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error if isinstance(error, Exception) else RuntimeError(str(error))


def _text(answer: dict[str, Any]) -> str:
    parts = [one.get("text", "") for one in answer.get("content", ()) if isinstance(one, dict)]
    return " ".join(part for part in parts if part)[:1_000]
