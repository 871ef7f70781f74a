"""`call: a2a`: JSON-RPC to an agent, of which a stream of results comes back as an array.

The protocol's own client takes httpx, whose connections cannot be guarded, so of its library only
the types are used, and the requests go through the platform's egress.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import httpx2
from a2a.compat.v0_3 import types
from pydantic import BaseModel, ValidationError

from activities.remote.asked import Asked, as_json, fault, kind_of
from activities.remote.events import events
from symphainy.json import Json

__all__ = ["call"]

MODELS: Mapping[str, type[BaseModel]] = {
    "message/send": types.MessageSendParams,
    "message/stream": types.MessageSendParams,
    "tasks/get": types.TaskQueryParams,
    "tasks/cancel": types.TaskIdParams,
    "tasks/resubscribe": types.TaskIdParams,
    "tasks/pushNotificationConfig/set": types.TaskPushNotificationConfig,
    "tasks/pushNotificationConfig/get": types.GetTaskPushNotificationConfigParams,
    "tasks/pushNotificationConfig/list": types.ListTaskPushNotificationConfigParams,
    "tasks/pushNotificationConfig/delete": types.DeleteTaskPushNotificationConfigParams,
}
STREAMED = frozenset({"message/stream", "tasks/resubscribe"})
MOST = 10_000
"""Results a stream may give."""


async def call(asked: Asked) -> Json:
    """The result of the JSON-RPC method, or the array of results of a stream."""
    method = asked.arguments["method"]
    parameters = _parameters(asked, method)
    request: dict[str, Json] = {"jsonrpc": "2.0", "id": asked.key, "method": method}
    if parameters is not None:
        request["params"] = parameters
    try:
        async with asyncio.timeout(asked.arguments["seconds"]):
            results = [one async for one in _results(asked, request)]
    except TimeoutError:
        raise fault("timeout", "a2a.timeout", "the agent did not answer in time") from None
    if method in STREAMED:
        return results
    if not results:
        raise fault("runtime", "a2a.error", "the agent answered with nothing")
    return results[0]


def _parameters(asked: Asked, method: str) -> Json:
    given: Json = asked.arguments.get("parameters")
    if MODELS.get(method) is types.MessageSendParams and isinstance(given, dict):
        message = given.get("message")
        if isinstance(message, dict):
            # The same over all attempts, so that an agent can tell a message it has seen.
            id = str(uuid5(NAMESPACE_URL, f"message|{asked.key}"))
            defaults: dict[str, Json] = {"kind": "message", "messageId": id, "role": "user"}
            given = {**given, "message": {**defaults, **message}}
    model = MODELS.get(method)
    if model is not None:
        try:
            model.model_validate(given)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            place = ".".join(("parameters", *(str(part) for part in first["loc"])))
            raise fault("validation", "a2a.parameters", f"`{place}`: {first['msg']}") from None
    return given


async def _results(asked: Asked, request: dict[str, Json]) -> AsyncIterator[Json]:
    transport = asked.egress.session()
    client = httpx2.AsyncClient(transport=transport, trust_env=False, timeout=None)
    headers = {
        "user-agent": "symphainy",
        **asked.headers,
        "accept": "application/json, text/event-stream",
        "accept-encoding": "identity",
    }
    url = asked.arguments["endpoint"]
    count = 0
    try:
        async with client, client.stream("POST", url, json=request, headers=headers) as answer:
            async for told in _told(answer):
                count += 1
                if count > MOST:
                    detail = f"the agent streamed more than {MOST:,} results"
                    raise fault("communication", "egress.too-large", detail)
                yield _result(told, answer.status_code)
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
        raise transport.ending(error) from error


async def _told(answer: httpx2.Response) -> AsyncIterator[Json]:
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "text/event-stream":
        yield as_json(await answer.aread())
        return
    async for one in events(answer):
        yield as_json(one.encode())


def _result(told: Json, status: int) -> Json:
    if isinstance(told, dict) and isinstance(told.get("error"), dict):
        error: Any = told["error"]
        detail = str(error.get("message") or "the agent answered with an error")[:1_000]
        raise fault("runtime", "a2a.error", detail, rpc=error.get("code"), data=error.get("data"))
    if status >= 300:
        detail = f"the agent answered {status}"
        raise fault(kind_of(status), "http.status", detail, status=status)
    if not isinstance(told, dict) or "result" not in told:
        shown = json.dumps(told)[:200]
        raise fault("runtime", "a2a.error", f"the agent broke the protocol: {shown}")
    return told["result"]
