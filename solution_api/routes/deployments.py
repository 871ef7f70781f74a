"""What environments run: deployed, promoted, taken back; solutions paused, versions retired."""

import asyncio
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from public_works.definitions import Deployment as Deployed
from public_works.deployments import Back, Wanted
from smart_city.lifecycle import next_environment
from solution_api import scheduling
from solution_api.auditing import note
from solution_api.auth import Deployer, Held, Holding, Operator, Reader, enter_as
from solution_api.bodies import model
from solution_api.headers import IdempotencyKey
from solution_api.names import ENVIRONMENT, Limit, Name, Version
from solution_api.openapi import BODY, answers, takes
from solution_api.review_views import Ran
from solution_api.services import Services
from solution_api.solutions import rules, solution
from solution_api.solutions import version as version_of
from solution_api.views import Deployment, Page, Solution
from solution_api.views import Version as VersionView
from symphainy.errors import Refused
from symphainy.identity import Principal

__all__ = ["router"]

router = APIRouter(prefix="/v1/solutions", tags=["Solutions"])

MISSING = ("solution.missing", "solution.version-missing", "store.key-too-long")
CLEARED = (
    "solution.version-retired",
    "lifecycle.not-approved",
    "lifecycle.not-a-person",
)
WHY = Field("", max_length=2000, description="Why, for whoever reads the history.")


class Where(BaseModel, extra="forbid"):
    """Where to deploy, and what about it."""

    environment: str | None = Field(
        None, pattern=ENVIRONMENT, description="By default the platform's own."
    )
    break_glass: str | None = Field(
        None,
        min_length=1,
        max_length=2000,
        description="Why this cannot wait for an approval. It raises an alarm, and somebody else "
        "has to review it. Without effect where no approval is missing.",
    )
    why: str = WHY


class Way(BaseModel):
    """From where to where."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    source: str | None = Field(
        None,
        alias="from",
        pattern=ENVIRONMENT,
        description="Where it ran; by default the last environment that runs it.",
    )
    target: str | None = Field(
        None,
        alias="to",
        pattern=ENVIRONMENT,
        description="By default the environment that comes after.",
    )
    why: str = WHY


class Wanting(BaseModel, extra="forbid"):
    """What is to run again."""

    environment: str | None = Field(
        None, pattern=ENVIRONMENT, description="By default the platform's own."
    )
    version: str | None = Field(
        None, max_length=200, description="By default the last that ran before and still may."
    )
    running: str | None = Field(
        None,
        max_length=200,
        description="What runs there, as far as you know; refused if it is another by now.",
    )
    why: str = WHY


@router.post(
    "/{name}/versions/{version}/deploy",
    responses=answers("lifecycle.promote-first", *CLEARED, *MISSING, *BODY),
    openapi_extra=takes(Where.model_json_schema(), {"environment": "production"}),
)
async def deploy_version(
    services: Held,
    by: Deployer,
    holder: Holding,
    name: Name,
    version: Version,
    where: Annotated[Where, Depends(model(Where))],
    idempotency_key: IdempotencyKey,
) -> Deployment:
    """Make this the version that an environment runs. Runs under way stay on theirs.

    Environments take approved versions, except those that ask for no approval (`sandbox`).
    """
    environment = where.environment or services.settings.environment
    await enter_as(services, holder, by, "deploy", environment)
    note(environment=environment)
    wanted = Wanted(name, version, environment, glass=where.break_glass, why=where.why)
    return await _deploy(services, by, wanted)


@router.post(
    "/{name}/versions/{version}/promote",
    responses=answers("lifecycle.order", "lifecycle.never-ran", *CLEARED, *MISSING, *BODY),
    openapi_extra=takes(
        Way.model_json_schema(by_alias=True), {"from": "staging", "to": "production"}
    ),
)
async def promote_version(
    services: Held,
    by: Deployer,
    holder: Holding,
    name: Name,
    version: Version,
    way: Annotated[Way, Depends(model(Way))],
    idempotency_key: IdempotencyKey,
) -> Deployment:
    """Let a later environment run what ran in an earlier one: the same plan, by its digest."""
    source, target = await _way(services, by, name, version, way)
    await enter_as(services, holder, by, "deploy", target)
    note(environment=target, source=source)
    return await _deploy(services, by, Wanted(name, version, target, source=source, why=way.why))


@router.post(
    "/{name}/rollback",
    responses=answers(
        "lifecycle.nothing-before",
        "lifecycle.moved-on",
        "solution.missing",
        "store.key-too-long",
        *BODY,
    ),
    openapi_extra=takes(Wanting.model_json_schema(), {"environment": "production"}),
)
async def rollback_solution(
    services: Held,
    by: Deployer,
    holder: Holding,
    name: Name,
    wanting: Annotated[Wanting, Depends(model(Wanting))],
    idempotency_key: IdempotencyKey,
) -> Deployment:
    """Let an environment run again what it ran before. It takes no new approval: the old one still
    stands, unless the version was retired or its approval taken back.

    The same `Idempotency-Key` again goes no further back.
    """
    environment = wanting.environment or services.settings.environment
    await enter_as(services, holder, by, "deploy", environment)
    note(environment=environment)
    await solution(services, by.tenant, name)
    back = Back(
        name,
        environment,
        to=wanting.version,
        running=wanting.running,
        why=wanting.why,
        request=idempotency_key,
    )
    done = await asyncio.to_thread(services.stores.deployments.rollback, by.tenant, back, by)
    return await _followed(services, done)


@router.get("/{name}/deployments", responses=answers(*MISSING))
async def list_deployments(
    services: Held,
    by: Reader,
    name: Name,
    environment: Annotated[
        str | None, Query(pattern=ENVIRONMENT, description="Only of this one.")
    ] = None,
    limit: Limit = 50,
) -> Page[Ran]:
    """What environments ran since when, by whom and on what ground; newest first."""
    await solution(services, by.tenant, name)
    history = services.stores.deployments.history
    found = await asyncio.to_thread(history, by.tenant, name, environment, limit)
    return Page(items=[Ran.model_validate(one) for one in found], cursor=None)


@router.post("/{name}/versions/{version}/retire", responses=answers(*MISSING))
async def retire_version(
    services: Held, by: Operator, name: Name, version: Version, idempotency_key: IdempotencyKey
) -> VersionView:
    """Take a version out of every environment for good. Runs under way finish on it."""
    await version_of(services, by.tenant, name, version)
    done = await asyncio.to_thread(services.stores.definitions.retire, by.tenant, name, version)
    await scheduling.stop(services, done)
    return VersionView.model_validate(done)


@router.post("/{name}/pause", responses=answers(*MISSING))
async def pause_solution(
    services: Held, by: Operator, name: Name, idempotency_key: IdempotencyKey
) -> Solution:
    """Take no new intents. Runs under way go on."""
    paused = await _set_paused(services, by.tenant, name, paused=True)
    await scheduling.pause(services, by.tenant, name)
    return paused


@router.post("/{name}/resume", responses=answers(*MISSING))
async def resume_solution(
    services: Held, by: Operator, name: Name, idempotency_key: IdempotencyKey
) -> Solution:
    """Take intents again."""
    resumed = await _set_paused(services, by.tenant, name, paused=False)
    await scheduling.resume(services, by.tenant, name, by.id)
    return resumed


async def _deploy(services: Services, by: Principal, wanted: Wanted) -> Deployment:
    await version_of(services, by.tenant, wanted.solution, wanted.version)
    deploy = partial(services.stores.deployments.deploy, by.tenant, wanted, by)
    done = await asyncio.to_thread(deploy, rules(services, by.tenant))
    return await _followed(services, done)


async def _followed(services: Services, done: Deployed) -> Deployment:
    await scheduling.follow(services, done.tenant, done.solution, done.environment)
    return Deployment.model_validate(done)


async def _way(
    services: Services, by: Principal, name: str, version: str, way: Way
) -> tuple[str, str]:
    """The environments that are meant. Refused lifecycle.order, lifecycle.never-ran."""
    if way.source and way.target:
        return way.source, way.target
    found = await version_of(services, by.tenant, name, version)
    order = services.settings.environments
    running = [way.source] if way.source else list(found.environments)
    if way.target in order:
        running = [one for one in running if one in order[: order.index(way.target)]]
    meant = next_environment(order, running)
    if meant is None:
        message = f"{name} {version} runs in no environment that one comes after: name both."
        raise Refused("lifecycle.never-ran", message[:400])
    return meant[0], way.target or meant[1]


async def _set_paused(services: Services, tenant: str, name: str, *, paused: bool) -> Solution:
    await asyncio.to_thread(services.stores.definitions.set_paused, tenant, name, paused)
    return Solution.model_validate(await solution(services, tenant, name))
