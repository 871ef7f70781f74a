"""Requests of a solution's own endpoints, and what they are answered."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import Response

from public_works.answers import ApiAnswer
from solution_api.names import run_path
from solution_api.services import Services
from symphainy.errors import Refused
from symphainy.json import Json
from symphainy.plan import Experience, Plan
from symphainy.schema import mismatches
from temporal.runs import Run

__all__ = ["WAIT", "Asked", "endpoint", "endpoints", "outcome", "posting", "response", "until"]

API = "api"
WAIT = 10
"""Seconds that a request waits where its experience says nothing."""
FIRST, LAST = 0.02, 0.5
"""Seconds between looks for the answer, growing: most come at once, the others take long."""
EMPTY = frozenset({204, 205, 304})


def endpoints(plan: Plan) -> dict[str, Experience]:
    """The experiences that are endpoints, by name."""
    return {name: one for name, one in plan.experiences.items() if one.channel == API}


def endpoint(plan: Plan, experience: str) -> Experience:
    """That endpoint of the solution. Refused `endpoint.missing`."""
    known = endpoints(plan)
    if experience not in known:
        there = ", ".join(sorted(known)) or "none"
        message = f"{plan.solution} has no endpoint {experience[:80]!r}; it has: {there}"
        raise Refused("endpoint.missing", message)
    return known[experience]


def posting(bound: Experience, url: str | None) -> str | None:
    """The URL that the answer may be posted to. Refused `endpoint.callback`."""
    if url is None:
        return None
    allowed = bound.settings.get("callbacks")
    starts = [one for one in allowed if isinstance(one, str)] if isinstance(allowed, list) else []
    if not any(map(url.startswith, starts)) or not _straight(url):
        raise Refused("endpoint.callback", "`callbacks` of the experience does not list this URL.")
    return url


def _straight(url: str) -> bool:
    """Whether `url` leads nowhere but where it says: what it begins with is what it is under."""
    if not url.isprintable() or not url.isascii() or "\\" in url:
        return False
    path = urlsplit(url).path.lower()
    bent = any(one in path for one in ("%2e", "%2f", "%5c"))
    return not bent and not {".", ".."} & {*path.split("/")}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of an endpoint, and the run that answers it."""

    solution: str
    experience: str
    run: str
    bound: Experience
    environment: str | None = None
    """None where the caller named none."""

    @property
    def path(self) -> str:
        """Where the answer can be asked for."""
        key = run_path(self.run).removeprefix("/v1/runs/")
        place = f"/v1/solutions/{self.solution}/api/{quote(self.experience, safe='')}/{key}"
        return f"{place}?environment={self.environment}" if self.environment else place


async def outcome(
    services: Services, tenant: str, run: str, experience: str, wait: float, *, asks: bool
) -> ApiAnswer | Run | None:
    """What the run answered within `wait` seconds, or the run if it ended without; else None.

    `asks` is whether it is the request itself that waits: when it hangs up, that is kept.
    """
    over = await _over(services, tenant, run, experience, wait)
    # What a run answered at its very end is there before the run is over.
    look = services.stores.answers.leave if asks else services.stores.answers.get
    kept = await asyncio.to_thread(look, tenant, run, experience)
    return kept if kept is not None and kept.answered is not None else over


async def _over(
    services: Services, tenant: str, run: str, experience: str, wait: float
) -> Run | None:
    """The run if it ended within `wait` seconds and before it answered."""
    if wait <= 0:
        found = await services.runs.get(tenant, run)
        return None if found.status == "running" else found
    within = timedelta(seconds=wait)
    looking = asyncio.create_task(_looking(services, tenant, run, experience))
    ending = asyncio.create_task(services.runs.result(tenant, run, within=within))
    both = {looking, ending}
    try:
        done, _ = await asyncio.wait(both, timeout=wait, return_when=asyncio.FIRST_COMPLETED)
        ended = ending.result() if ending in done else None
        return None if ended is None or ended.status == "running" else ended
    finally:
        for one in both:
            one.cancel()
        await asyncio.gather(*both, return_exceptions=True)


async def _looking(services: Services, tenant: str, run: str, experience: str) -> None:
    pause = FIRST
    while True:
        kept = await asyncio.to_thread(services.stores.answers.get, tenant, run, experience)
        if kept is not None and kept.answered is not None:
            return
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, LAST)


def until(wait: float) -> datetime | None:
    """When a request that waits so many seconds hangs up."""
    return datetime.now(UTC) + timedelta(seconds=wait) if wait > 0 else None


def response(asked: Asked, found: ApiAnswer | Run | None) -> Response:
    """The answer of the run, its output if it ended without one, or where to ask for it.

    Refused `endpoint.failed` for a run that ended badly.
    """
    run = asked.run
    if found is None:
        return _pending(asked)
    if isinstance(found, ApiAnswer):
        return _json(found.body, found.status or 200, {**(found.headers or {}), **_about(run)})
    if found.status != "completed":
        raise Refused("endpoint.failed", f"{run} ended as {found.status}{_why(found.problem)}.")
    schema = asked.bound.settings.get("response")
    for wrong in mismatches(schema, found.output) if isinstance(schema, dict) else ():
        message = f"{run} ended with something else than the endpoint answers: {wrong.message}"
        raise Refused("endpoint.failed", message, pointer=wrong.pointer)
    return _json(found.output, 200, _about(run))


def _pending(asked: Asked) -> Response:
    links = {"self": asked.path, "run": run_path(asked.run)}
    told: Json = {"run": asked.run, "status": "pending", "links": dict(links)}
    return _json(told, 202, {"Location": asked.path, "Retry-After": "2", **_about(asked.run)})


def _about(run: str) -> dict[str, str]:
    return {"Link": f'<{run_path(run)}>; rel="related"'}


def _json(body: Any, status: int, headers: Mapping[str, str]) -> Response:
    if status in EMPTY:
        return Response(status_code=status, headers=dict(headers))
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(content, status, headers=dict(headers), media_type="application/json")


def _why(problem: Mapping[str, Any] | None) -> str:
    title = (problem or {}).get("title") or (problem or {}).get("detail")
    return f": {title}" if title else ""
