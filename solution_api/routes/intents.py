"""Intents: the way in for whoever wants something of a solution."""

import asyncio
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, Field

from solution_api.advising import warnings
from solution_api.auth import Held, Operator
from solution_api.bodies import payload
from solution_api.examples import RUN
from solution_api.headers import IdempotencyKey, Trace, Wait
from solution_api.names import Environment, Name, run_path
from solution_api.openapi import BODY, answers, example, takes
from solution_api.services import Services
from symphainy.intent import Intent, Submission
from symphainy.json import Json
from temporal.runs import Run, Status, Warned

__all__ = ["router"]

router = APIRouter(prefix="/v1/solutions", tags=["Intents"])

ACCEPTED: Json = {
    "run": "acme.welcome:c-17",
    "solution": "acme.welcome",
    "version": "1.0.0",
    "existing": False,
    "links": {
        "self": "/v1/runs/acme.welcome:c-17",
        "events": "/v1/runs/acme.welcome:c-17/events",
        "deliveries": "/v1/runs/acme.welcome:c-17/deliveries",
    },
}


class Accepted(BaseModel):
    """The run that an intent started, or that was there for it already."""

    run: str
    solution: str
    version: str
    existing: bool = Field(description="Another intent of the same key began the run.")
    links: dict[str, str]


class Outcome(BaseModel):
    """How the run ended."""

    run: str
    solution: str
    version: str | None
    status: Status
    output: Json = None
    problem: dict[str, Json] | None = None
    warnings: tuple[Warned, ...] = ()


@router.post(
    "/{name}/intents/{intent}",
    status_code=202,
    response_model=Accepted,
    responses={
        **example(ACCEPTED, status=202, described="The intent is taken; the run goes on."),
        200: {
            "model": Outcome,
            "description": "The run ended while the request waited.",
            "content": {"application/json": {"example": RUN}},
        },
        **answers(
            "solution.unknown",
            "solution.version-missing",
            "intent.unknown",
            "solution.not-deployed",
            "solution.paused",
            "intent.key-reused",
            "intent.input",
            "intent.key",
            "run.bad-key",
            "run.unknown",
            "run.closed",
            "event.too-large",
            "run.temporal-unreachable",
            "store.key-too-long",
            *BODY,
        ),
    },
    openapi_extra=takes({}, {"customer": "c-17"}),
)
async def submit_intent(
    services: Held,
    by: Operator,
    name: Name,
    intent: Annotated[str, Path(description="One of its intents.", examples=["welcome"])],
    given: Annotated[Json, Depends(payload)],
    idempotency_key: IdempotencyKey,
    wait: Wait,
    trace: Trace,
    response: Response,
    environment: Environment = None,
    version: Annotated[
        str | None,
        Query(max_length=200, description="A deployed version other than the current one."),
    ] = None,
) -> Any:
    """Want something of a solution: starts a run, or finds the one that serves it already.

    An intent that starts nothing is told to the run of its key, as the event that means it.

    The body is the payload, any JSON; no body is null. Send an Idempotency-Key, and the request
    is safe to repeat: the same key is the same run.
    """
    taken = await services.intake.submit(
        Intent(
            principal=by,
            solution=name,
            name=intent,
            payload=given,
            idempotency_key=idempotency_key,
            # In a query `+` means a space unless it is encoded; no version has a space.
            version=version.replace(" ", "+") if version else None,
            environment=environment or services.settings.environment,
            trace=trace,
        )
    )
    response.headers["Location"] = run_path(taken.run)
    ended = await _ended(services, by.tenant, taken, wait) if wait else None
    if ended is None:
        return _accepted(taken)
    response.status_code = 200
    warned = await warnings(services, by.tenant, taken.run)
    return _json(response, _outcome(ended, warned))


def _accepted(taken: Submission) -> Accepted:
    path = run_path(taken.run)
    links = {"self": path, "events": f"{path}/events", "deliveries": f"{path}/deliveries"}
    return Accepted(**taken.model_dump(), links=links)


def _outcome(run: Run, warned: tuple[Warned, ...]) -> Outcome:
    """The output of a run that completed, the problem of one that faulted; and what there is to
    warn of."""
    ended: dict[str, Any] = {"warnings": warned} if warned else {}
    if run.status == "completed":
        ended["output"] = run.output
    elif run.problem is not None:
        ended["problem"] = dict(run.problem)
    common = run.model_dump(include={"run", "solution", "version", "status"})
    return Outcome(**common, **ended)


def _json(response: Response, outcome: Outcome) -> Response:
    # The declared model is that of 202; FastAPI has one for each operation.
    return Response(
        outcome.model_dump_json(exclude_unset=True),
        200,
        headers=dict(response.headers.items()),
        media_type="application/json",
    )


async def _ended(services: Services, tenant: str, taken: Submission, wait: int) -> Run | None:
    """The run if it is over within `wait` seconds."""
    within = timedelta(seconds=wait)
    try:
        async with asyncio.timeout(wait):
            run = await services.runs.result(tenant, taken.run, within=within)
    except TimeoutError:
        return None
    return None if run.status == "running" else run
