"""HTTP requests of definitions, through the guarded egress client."""

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.delivery.deliver import delivery_id
from activities.http_content import Request, parsed, request
from activities.secrets import Handed, authorized, handed
from activities.serve import beating
from public_works.authorization import Authorizer
from public_works.egress import EgressResponse
from public_works.secrets import Vault
from public_works.telemetry import CARRIES
from symphainy.definition.error_types import error_type
from symphainy.errors import Unavailable, Unsure
from symphainy.json import Json
from temporal.endings import EXPECTED
from temporal.gate.activity import granted

__all__ = ["request_activity"]

READS = frozenset({"GET", "HEAD", "OPTIONS"})
IDEMPOTENT = READS | {"PUT", "DELETE"}
"""What may be asked again after silence (RFC 9110, section 9.2.2)."""
KINDS = {401: "authentication", 403: "authorization", 408: "timeout"}
REDIRECTS = 5
BUSY = frozenset({429, 503})
PATIENCE = timedelta(minutes=5)
"""A server that wants a longer pause than this is an error of the flow at once."""
PAUSES = 3


def request_activity(authorizer: Authorizer, vault: Vault) -> Callable[..., Any]:
    """The activity `call.http`."""

    @activity.defn(name="call.http")
    async def call(wire: dict[str, Any]) -> Json:
        async with handed(wire, vault) as step, beating():
            if step.wire.get("secrets"):
                await authorized(step, authorizer)
            asked = request(step.arguments)
            if asked.method not in READS:
                # An attempt may be repeated after a worker died: a server that heeds this does
                # it once.
                asked.headers.setdefault("Idempotency-Key", delivery_id(granted.get()))
            response = await _ask(step, authorizer, asked)
            return _answer(step, wire["with"], asked, response)

    return call


async def _ask(step: Handed, authorizer: Authorizer, asked: Request) -> EgressResponse:
    CARRIES.set(True)
    try:
        return await authorizer.request(
            step.tenant,
            step.authentication,
            step.mask,
            asked.method,
            asked.uri,
            headers=asked.headers,
            content=asked.content,
            params=asked.params,
            follow=REDIRECTS if step.arguments.get("redirect") else 0,
        )
    except Unsure as silent:
        if asked.method not in IDEMPOTENT:
            raise
        raise Unavailable(silent.code, silent.message) from silent


def _answer(
    step: Handed, written: dict[str, Any], asked: Request, response: EgressResponse
) -> Json:
    limit = 400 if written.get("redirect") else 300
    if response.status >= limit:
        raise _error(response)
    mask, form = step.mask, written.get("output", "content")
    body = mask.content(response.content)
    if form == "raw":
        return base64.b64encode(body).decode()
    content = mask.value(parsed(body, response.headers.get("content-type", "")))
    if form == "content":
        return content
    # Credentials of the authentication are no part of it, and secrets are hidden.
    told: dict[str, Json] = {
        "method": asked.method,
        "uri": response.url,
        "headers": {**asked.headers},
    }
    answer: dict[str, Json] = {
        "request": told,
        "statusCode": response.status,
        "headers": {**response.headers},
    }
    return {**_object(mask.value(answer)), "content": content}


def _object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


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
    pause = _pause(response)
    return ApplicationError(
        f"the server answered {response.status}",
        {"problem": problem},
        type="http.status",
        non_retryable=pause is None,
        category=EXPECTED,
        next_retry_delay=pause,
    )


def _pause(response: EgressResponse) -> timedelta | None:
    """How long the server wants to be left alone, if it did nothing and that is not too long."""
    after = response.headers.get("retry-after", "").strip()
    if response.status not in BUSY or not after.isdecimal() or len(after) > 9:
        return None
    pause = timedelta(seconds=max(1, int(after)))
    return pause if pause <= PATIENCE and activity.info().attempt <= PAUSES else None
