"""Do to a message of the outbox what the world could: what comes of it is told to the platform as a
provider would, through the route that providers call."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx2
from starlette.types import ASGIApp

from public_works.egress import Egress
from public_works.outbox import OutboxMessage
from public_works.seal import Seal
from solution_api.services import Services
from solution_api.simulator import Post, post_of, told
from symphainy.delivery import Heard
from symphainy.errors import Ending, Refused, Unavailable

__all__ = ["acted"]

TIMEOUT = 20.0


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int | None
    detail: str | None = None


async def acted(
    app: ASGIApp, services: Services, tenant: str, message: str, act: Mapping[str, Any]
) -> OutboxMessage:
    """The message after `act`; `app` is what answers callbacks.

    Refused: outbox.missing, outbox.act, outbox.untold.
    """
    outbox = services.stores.outbox
    found = await asyncio.to_thread(outbox.get, tenant, message)
    if found is None:
        raise Refused("outbox.missing", f"There is no message {message[:80]!r}.")
    now = datetime.now(UTC)
    post = post_of(found, act["act"])
    if post is not None:
        answer = await _posted(app, services, post)
    else:
        answer = await _tell(app, services, found, told(found, act, now))
    done = {**act, "at": now.isoformat(), "status": answer.status, "detail": answer.detail}
    kept = await asyncio.to_thread(outbox.act, tenant, message, _said(done), len(found.acts))
    if kept is None:
        raise Refused("outbox.act", "Somebody else did something with this message meanwhile.")
    return kept


def _said(act: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in act.items() if value is not None}


async def _tell(app: ASGIApp, services: Services, message: OutboxMessage, heard: Heard) -> _Answer:
    """Tell the platform, by the callback that a provider would make."""
    if not heard.receipts and not heard.inbound:
        return _Answer(None)
    body = heard.model_dump_json(exclude={"answer"}).encode()
    seal = await asyncio.to_thread(Seal.of, services.settings.home)
    headers = seal.headers(message.tenant, body, datetime.now(UTC))
    headers["content-type"] = "application/json"
    binding = quote(message.experience or message.channel, safe="")
    about = urlencode({"t": message.tenant, "c": message.channel, "d": message.delivery})
    answer = await _inside(app, f"/v1/hooks/sandbox/{binding}?{about}", headers, body)
    if answer.status == 503:
        raise Unavailable("outbox.untold", "The platform did not take the callback; do it again.")
    if answer.status is None or not 200 <= answer.status < 300:
        raise Refused(
            "outbox.untold",
            f"The platform answered the sandbox's callback with {answer.status}: {answer.detail}",
        )
    return _Answer(answer.status)


async def _posted(app: ASGIApp, services: Services, post: Post) -> _Answer:
    """Make a request for real; one for this platform itself does not leave it."""
    base = services.settings.public_base_url
    if base is not None and post.url.startswith(f"{base.rstrip('/')}/"):
        there = urlsplit(post.url.removeprefix(base.rstrip("/")))
        path = f"{there.path}?{there.query}" if there.query else there.path
        return await _inside(app, path, post.headers, post.content)
    egress = Egress(services.settings.egress_allow)
    try:
        answer = await egress.request(
            "POST", post.url, headers=post.headers, content=post.content, timeout=TIMEOUT
        )
    except Ending as error:
        return _Answer(None, error.message)
    return _Answer(answer.status, answer.content[:300].decode("utf-8", "replace") or None)


async def _inside(app: ASGIApp, path: str, headers: Mapping[str, str], content: bytes) -> _Answer:
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://sandbox.invalid") as client:
        answer = await client.post(path, headers=dict(headers), content=content)
    return _Answer(answer.status_code, answer.text[:300] or None)
