"""Every request as a span, in the meters and in the log."""

import logging
import time
from typing import TYPE_CHECKING, Any

from opentelemetry import trace
from opentelemetry.trace import SpanKind, Status, StatusCode
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from public_works.telemetry import Telemetry, ids, names
from smart_city.audit import named
from symphainy.identity import Principal

if TYPE_CHECKING:
    from solution_api.services import Services

__all__ = ["Observed"]

log = logging.getLogger("symphainy.access")

READS = frozenset({"GET", "HEAD", "OPTIONS"})
NOWHERE = "none"
DOUBTFUL = frozenset({403, 422, 429})
"""What somebody who attacks is answered often."""
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})


class Observed:
    """Tells of requests that may change something, and of those that are part of a trace; counts
    all, and logs what somebody was let in for, or refused. Neither addresses nor queries are told,
    as ids and names of people may stand there."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        services: Services = scope["app"].state.services
        telemetry = services.stores.telemetry
        began, seen = time.perf_counter(), [500]

        async def telling(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen[0] = message["status"]
            await send(message)

        method = scope["method"] if scope["method"] in METHODS else "other"
        place = ids.read(_header(scope, b"traceparent"))
        try:
            if place is None and method in READS:
                await self._app(scope, receive, telling)
            else:
                await self._spanned(telemetry, method, place, scope, receive, telling, seen)
        finally:
            passed = time.perf_counter() - began
            told = (method, _route(scope), str(seen[0]))
            telemetry.meters.requests.labels(*told).observe(passed)
            _log(scope, method, seen[0])

    async def _spanned(
        self,
        telemetry: Telemetry,
        method: str,
        place: trace.SpanContext | None,
        scope: Scope,
        receive: Receive,
        send: Send,
        seen: list[int],
    ) -> None:
        about = {names.METHOD: method, names.ROOM: "api"}
        with telemetry.span(method, about, kind=SpanKind.SERVER, parent=place) as made:
            await self._app(scope, receive, send)
            route = _route(scope)
            made.update_name(f"{method} {route}")
            made.set_attribute(names.ROUTE, route)
            made.set_attribute(names.STATUS, seen[0])
            if seen[0] >= 500:
                made.set_status(Status(StatusCode.ERROR))


def _log(scope: Scope, method: str, status: int) -> None:
    """A line, for whoever looks later at what somebody saw or tried."""
    state = scope.get("state", {})
    by: Principal | None = state.get("by")
    # Who is not let in has a line already, and so has what we could not do.
    if status == 401 or status >= 500 or (by is None and status < 400):
        return
    about: dict[str, Any] = {"status": status}
    if by is not None:
        about |= {"tenant": by.tenant, "by": _shown(by)}
    if "code" in state:
        about["code"] = state["code"]
    level = logging.WARNING if status in DOUBTFUL else logging.INFO
    log.log(level, "%s %s answered %s", method, _route(scope), status, extra=about)


def _shown(by: Principal) -> str:
    """Who it was; of customers no more than that."""
    if by.id.startswith(("customer:", "anonymous:")):
        return "customer"
    return f"{by.kind}:{named(by.id)}"


def _route(scope: Scope) -> str:
    return str(getattr(scope.get("route"), "path", NOWHERE))


def _header(scope: Scope, wanted: bytes) -> str | None:
    found = [value for name, value in scope["headers"] if name == wanted]
    return found[0].decode("latin-1") if len(found) == 1 else None
