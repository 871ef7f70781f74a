"""What is counted here, for Prometheus."""

import asyncio
import hmac

from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from public_works.record import now
from solution_api.auth import Held, May, Shown, holder_of
from solution_api.services import Services
from temporal.telemetry.observing import observe

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

GOVERN = May("govern")


async def _scrapes(request: Request, services: Held, shown: Shown = None) -> None:
    """Return if whoever asks has the scrape key, or a key that governs the platform: the figures
    are of all tenants together. Refused as by every other operation."""
    key = services.settings.metrics_key
    given = shown.credentials.encode("utf-8", "surrogatepass") if shown is not None else b""
    if key is not None and hmac.compare_digest(given, key.get_secret_value().encode()):
        return
    await GOVERN(request, services, await holder_of(request, services, shown))


@router.get("/metrics", dependencies=[Depends(_scrapes)])
async def metrics(services: Held) -> Response:
    """The meters of this process and what it observes of the installation, as Prometheus reads
    them. No label is an id, a name of a client's or of a person."""
    await _observed(services)
    text = generate_latest(services.stores.telemetry.meters.registry)
    return Response(text, media_type=CONTENT_TYPE_LATEST)


async def _observed(services: Services) -> None:
    async with asyncio.timeout(10):
        await observe(services.client, services.stores, services.settings, now())
