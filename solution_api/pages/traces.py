"""What a run did, in a browser."""

import asyncio
from urllib.parse import urlencode

from fastapi import APIRouter, Response

from public_works.telemetry.waterfall import waterfall
from solution_api.auth import Held
from solution_api.names import RunId
from solution_api.pages.render import page
from solution_api.pages.session import Visitor
from solution_api.pages.waterfall import picture
from symphainy.errors import Refused

__all__ = ["router"]

router = APIRouter()


@router.get("/outbox/traces/{run:path}")
async def show_trace(services: Held, visitor: Visitor, run: RunId) -> Response:
    """The waterfall of a run."""
    if visitor is None:
        return page("door.html", "Outbox", wrong=None)
    spans = await asyncio.to_thread(services.stores.spans.of_run, visitor.tenant, run)
    if not spans:
        try:
            await services.runs.get(visitor.tenant, run)
        except Refused:
            return page("absent.html", "Not here", status=404, section="outbox")
    told = picture(waterfall(run, spans))
    back = "/outbox?" + urlencode({"run": run})
    return page("trace.html", f"Trace of {run}", section="outbox", back=back, **told)
