"""Callbacks of providers: whoever calls, what they say is believed by its signature alone."""

import asyncio
import hashlib
import hmac
import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from solution_api.auth import Held
from solution_api.bodies import raw
from solution_api.limits_door import source as source_of
from solution_api.openapi import answers
from solution_api.services import Services
from symphainy.catalog import AdapterSpec
from symphainy.delivery import Callback
from symphainy.errors import Refused
from temporal.callbacks import Said, Seen

__all__ = ["router"]

log = logging.getLogger("symphainy.api")

router = APIRouter(prefix="/v1/hooks", tags=["Callbacks"])

MOST = 2 * 1024 * 1024
HEADERS = 32 * 1024
"""Characters of all headers that are passed on."""
DROPPED = frozenset({"cookie", "connection", "host", "accept-encoding", "transfer-encoding"})
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}")

Adapter = Annotated[str, Path(description="The adapter's name.", examples=["twilio"])]
Binding = Annotated[str, Path(description="The experience's name.", examples=["reminder"])]
Tenant = Annotated[
    str | None, Query(alias="t", description="The tenant; by default the platform's own.")
]
OfChannel = Annotated[
    str | None,
    Query(alias="c", description="The channel, for adapters that serve several."),
]
Delivery = Annotated[str | None, Query(alias="d", description="The delivery it is about.")]
Solution = Annotated[
    str | None, Query(alias="s", description="The solution whose experience it is.")
]
TEXT = {"schema": {"type": "string"}, "example": ""}
SAID: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "It is kept; the body is what the provider expects.",
        "content": {
            "text/plain": TEXT,
            "application/xml": TEXT,
            "application/json": {"example": {}},
        },
    },
    **answers(
        "callback.refused",
        "callback.unknown",
        "callback.unanswered",
        "callback.too-many",
        "api.body-too-large",
        "api.content-encoding",
        "store.unavailable",
        keyed=False,
    ),
}


@router.post(
    "/{adapter}/{binding}",
    responses=SAID,
    response_class=Response,
    openapi_extra={
        "requestBody": {
            "required": False,
            "content": {
                "application/x-www-form-urlencoded": {"schema": {"type": "object"}},
                "application/json": {"schema": {}},
            },
        }
    },
)
async def receive_callback(
    request: Request,
    services: Held,
    adapter: Adapter,
    binding: Binding,
    tenant: Tenant = None,
    channel: OfChannel = None,
    delivery: Delivery = None,
    solution: Solution = None,
) -> Response:
    """Take what a provider tells: receipts of deliveries, and messages that people write.

    No API key is asked for: the provider's signature has to be right. A request that is not
    believed is a security event. The same request again changes nothing.
    """
    return await _received(request, services, adapter, binding, tenant, channel, delivery, solution)


@router.get("/{adapter}/{binding}", responses=SAID, response_class=Response)
async def ask_callback(
    request: Request,
    services: Held,
    adapter: Adapter,
    binding: Binding,
    tenant: Tenant = None,
    channel: OfChannel = None,
    delivery: Delivery = None,
    solution: Solution = None,
) -> Response:
    """The same for providers that ask instead of telling: what to say in a call, for one."""
    return await _received(request, services, adapter, binding, tenant, channel, delivery, solution)


async def _received(
    request: Request,
    services: Services,
    adapter: str,
    binding: str,
    tenant: str | None,
    channel: str | None,
    delivery: str | None,
    solution: str | None,
) -> Response:
    tenant = tenant or services.settings.tenant
    for name in (tenant, adapter, binding, solution or "_", delivery or "_"):
        if not NAME.fullmatch(name):
            raise _unknown()
    spec = await asyncio.to_thread(_receiving, services, tenant, adapter, channel)
    callback, source = await _callback(request, services), _source(request, services)
    seen = Seen.of(
        callback,
        tenant=tenant,
        adapter=adapter,
        channel=spec.channel,
        binding=binding,
        delivery=delivery,
        solution=solution,
        source=source,
    )
    with services.strangers.admitted(source, len(callback.body)):
        said = await services.callbacks.answer(seen, spec.queue)
    if not said.believed:
        services.strangers.doubted(source, len(callback.body))
    return _answered(said)


def _answered(said: Said) -> Response:
    if not said.believed:
        raise Refused("callback.refused", "The callback is not believed to be the provider's.")
    if said.status == 404:
        raise _unknown()
    return Response(said.body, status_code=said.status, media_type=said.media_type)


def _receiving(services: Services, tenant: str, adapter: str, channel: str | None) -> AdapterSpec:
    """The adapter that receives there. Refused `callback.unknown`."""
    specs = services.stores.catalogs.read().adapters
    found = [one for one in specs if one.name == adapter and one.receives]
    if channel is not None:
        found = [one for one in found if one.channel == channel]
    if len(found) != 1 or not _is_known(services, tenant):
        raise _unknown()
    return found[0]


def _is_known(services: Services, tenant: str) -> bool:
    stores = services.stores
    return (
        tenant == services.settings.tenant
        or bool(stores.keys.list(tenant))
        or bool(stores.definitions.solutions(tenant, limit=1))
    )


async def _callback(request: Request, services: Services) -> Callback:
    return Callback(
        method=request.method,
        url=_url(request, services.settings.public_base_url),
        headers=_headers(request.headers),
        body=await raw(request, MOST),
        at=datetime.now(UTC),
    )


def _url(request: Request, base: str | None) -> str:
    """The URL as the world sees it: what providers sign."""
    path = request.scope["raw_path"].decode("latin-1").partition("?")[0]
    query = request.scope["query_string"].decode("latin-1")
    host = base.rstrip("/") if base else f"{request.url.scheme}://{request.url.netloc}"
    return f"{host}{path}?{query}" if query else f"{host}{path}"


def _headers(given: Mapping[str, str]) -> dict[str, str]:
    kept = {name.lower(): value for name, value in given.items() if name.lower() not in DROPPED}
    if sum(len(name) + len(value) for name, value in kept.items()) > HEADERS:
        raise Refused("api.bad-request", "The headers are too long.")
    return kept


def _source(request: Request, services: Services) -> str | None:
    """Tells one caller from another, and not who they are."""
    if request.client is None:
        return None
    return hmac.new(services.pepper, source_of(request).encode(), hashlib.sha256).hexdigest()[:16]


def _unknown() -> Refused:
    return Refused("callback.unknown", "Nobody receives callbacks at this address.")
