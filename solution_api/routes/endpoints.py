"""Endpoints of a solution's own: a request starts a run, and the run answers it."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Response

from public_works.definitions import VersionRecord
from solution_api.answering import WAIT, Asked, endpoint, outcome, posting, response, until
from solution_api.auth import Held, Operator, Reader
from solution_api.bodies import payload
from solution_api.endpoint_openapi import describe
from solution_api.headers import IdempotencyKey, Trace, Wait
from solution_api.names import Environment, Name, RunId
from solution_api.openapi import BODY, answers, takes
from solution_api.services import Services
from symphainy.errors import Refused
from symphainy.intent import Intent
from symphainy.json import Json
from symphainy.plan import Plan
from temporal.intake import START

__all__ = ["router"]

router = APIRouter(prefix="/v1/solutions", tags=["Endpoints"])

Experience = Annotated[
    str, Path(description="An experience on the channel api.", examples=["orders"])
]
UNFOUND = ("solution.unknown", "solution.not-deployed", "endpoint.missing", "store.key-too-long")
SAID: dict[int | str, dict[str, Any]] = {
    200: {"description": "The answer of the run.", "content": {"application/json": {}}},
    202: {"description": "The answer takes longer: ask at `Location`."},
    "default": {"description": "Whatever else the run answered."},
}


@router.get("/{name}/openapi.json", responses=answers(*UNFOUND))
async def describe_endpoints(
    services: Held, by: Reader, name: Name, environment: Environment = None
) -> dict[str, Any]:
    """The OpenAPI 3.1 document of the solution's own endpoints, as they are deployed."""
    plan = await asyncio.to_thread(_plan, services, by.tenant, name, environment)
    return describe(plan, services.settings.public_base_url or "/")


@router.post(
    "/{name}/api/{experience}",
    response_model=None,
    responses={
        **answers(
            *UNFOUND,
            "endpoint.callback",
            "endpoint.failed",
            "intent.unknown",
            "intent.input",
            "intent.key",
            "intent.key-reused",
            "run.bad-key",
            "run.unknown",
            "run.temporal-unreachable",
            "solution.paused",
            *BODY,
        ),
        **SAID,
    },
    openapi_extra=takes({}, {"item": "chair", "count": 2}),
)
async def ask_endpoint(
    services: Held,
    by: Operator,
    name: Name,
    experience: Experience,
    given: Annotated[Json, Depends(payload)],
    idempotency_key: IdempotencyKey,
    wait: Wait,
    trace: Trace,
    said: Response,
    environment: Environment = None,
    callback_url: Annotated[
        str | None,
        Header(
            alias="Callback-URL",
            max_length=2000,
            description="Where the answer is posted if it takes longer; the experience's "
            "`callbacks` has to list it.",
        ),
    ] = None,
) -> Response:
    """Ask the solution something: its run answers, within the time the request waits or later.

    The body is what the solution's own OpenAPI document says. The same Idempotency-Key is the same
    run and the same answer.
    """
    plan = await asyncio.to_thread(_plan, services, by.tenant, name, environment)
    bound = endpoint(plan, experience)
    callback = posting(bound, callback_url)
    taken = await services.intake.submit(
        Intent(
            principal=by,
            solution=name,
            name=str(bound.settings.get("intent") or plan.start_intent or START),
            payload=given,
            idempotency_key=idempotency_key,
            environment=environment or services.settings.environment,
            trace=trace,
        )
    )
    seconds: float = wait
    if "preference-applied" not in said.headers:
        # Who gives a URL wants to hang up.
        seconds = 0 if callback else _timeout(bound.settings.get("timeout"))
    await asyncio.to_thread(
        services.stores.answers.expect,
        by.tenant,
        taken.run,
        experience,
        callback=callback,
        waiting=until(seconds),
    )
    found = await outcome(services, by.tenant, taken.run, experience, seconds, asks=True)
    asked = Asked(name, experience, taken.run, bound, environment)
    told = response(asked, found)
    told.headers.update(dict(said.headers.items()))
    return told


@router.get(
    "/{name}/api/{experience}/{run:path}",
    response_model=None,
    responses={**answers(*UNFOUND, "run.unknown", "endpoint.failed"), **SAID},
)
async def get_answer(
    services: Held,
    by: Operator,
    name: Name,
    experience: Experience,
    run: RunId,
    wait: Wait,
    environment: Environment = None,
) -> Response:
    """The answer of a run to its request, once it is there; `Prefer: wait=N` waits for it."""
    plan = await asyncio.to_thread(_plan, services, by.tenant, name, environment)
    bound = endpoint(plan, experience)
    if run.partition(":")[0] != name:
        raise Refused("run.unknown", f"{name} has no run {run[:80]!r}")
    await services.runs.get(by.tenant, run)
    found = await outcome(services, by.tenant, run, experience, wait, asks=False)
    return response(Asked(name, experience, run, bound, environment), found)


def _timeout(said: Json) -> float:
    return float(said) if isinstance(said, int | float) else WAIT


def _plan(services: Services, tenant: str, name: str, environment: str | None) -> Plan:
    where = environment or services.settings.environment
    definitions = services.stores.definitions
    found: VersionRecord | None = definitions.deployed(tenant, name, where)
    if found is None:
        if definitions.versions(tenant, name):
            raise Refused("solution.not-deployed", f"{name!r} is not deployed to {where!r}.")
        raise Refused("solution.unknown", f"there is no solution {name[:80]!r}")
    return services.plans.get(found.plan_digest)
