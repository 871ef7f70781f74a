"""HTTP requests of definitions, through the guarded egress client."""

import base64
import json
from collections.abc import Callable
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.delivery.deliver import delivery_id
from activities.serve import beating
from public_works.egress import Egress, EgressResponse
from symphainy.definition.error_types import error_type
from symphainy.json import Json
from temporal.endings import EXPECTED
from temporal.gate.activity import granted

__all__ = ["request_activity"]

READS = frozenset({"GET", "HEAD", "OPTIONS"})
KINDS = {401: "authentication", 403: "authorization", 408: "timeout"}


def request_activity(egress: Egress) -> Callable[..., Any]:
    """The activity `call.http`."""

    @activity.defn(name="call.http")
    async def request(wire: dict[str, Any]) -> Json:
        asked = wire["with"]
        headers = {name: str(value) for name, value in (asked.get("headers") or {}).items()}
        if asked["method"].upper() not in READS:
            # An attempt may be repeated after a worker died: a server that heeds this does it once.
            headers.setdefault("Idempotency-Key", delivery_id(granted.get()))
        content = _content(asked.get("body"), headers)
        async with beating():
            response = await egress.request(
                asked["method"].upper(),
                asked["uri"],
                headers=headers,
                content=content,
                params=_params(asked.get("query")),
                follow=5 if asked.get("redirect") else 0,
            )
        return _answer(asked, headers, response)

    return request


def _content(body: Json, headers: dict[str, str]) -> bytes | None:
    if body is None:
        return None
    if isinstance(body, str):
        return body.encode()
    if not any(name.lower() == "content-type" for name in headers):
        headers["content-type"] = "application/json"
    return json.dumps(body).encode()


def _params(query: Json) -> dict[str, str] | None:
    if not isinstance(query, dict):
        return None
    return {name: _text(value) for name, value in query.items() if value is not None}


def _text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _answer(asked: dict[str, Any], headers: dict[str, str], response: EgressResponse) -> Json:
    limit = 400 if asked.get("redirect") else 300
    if response.status >= limit:
        raise _error(response)
    form = asked.get("output", "content")
    if form == "raw":
        return base64.b64encode(response.content).decode()
    content = _parsed(response)
    if form == "content":
        return content
    request: dict[str, Json] = {
        "method": asked["method"],
        "uri": response.url,
        "headers": {**headers},
    }
    return {
        "request": request,
        "statusCode": response.status,
        "headers": {**response.headers},
        "content": content,
    }


def _parsed(response: EgressResponse) -> Json:
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    text = response.content.decode("utf-8", "replace")
    if kind == "application/json" or kind.endswith("+json"):
        try:
            found: Json = json.loads(text)
        except ValueError:
            return text
        return found
    return text or None


def _error(response: EgressResponse) -> ApplicationError:
    """The specification's communication error, with the status the server answered."""
    kind = KINDS.get(response.status, "communication")
    problem: dict[str, Json] = {
        "type": error_type(kind),
        "status": response.status,
        "title": f"HTTP {response.status}",
        "detail": f"the server answered {response.status}",
        "code": "http.status",
    }
    return ApplicationError(
        f"the server answered {response.status}",
        {"problem": problem},
        type="http.status",
        non_retryable=True,
        category=EXPECTED,
    )
