"""Solutions and their versions."""

import asyncio
import re
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from public_works.definitions import Registered as Kept
from public_works.definitions import SolutionRecord, VersionRecord
from solution_api import scheduling
from solution_api.auditing import note
from solution_api.auth import Author, Deployer, Held, Holding, Operator, Reader, enter
from solution_api.bodies import JSON, YAML, Written, definition, model
from solution_api.compiling import compiled
from solution_api.examples import DEFINITION, DIGEST, VERSION
from solution_api.headers import IdempotencyKey, offered
from solution_api.names import ENVIRONMENT, Cursor, Limit, Name, Version
from solution_api.openapi import BODY, answers, example, takes, yaml_or_json
from solution_api.services import Services
from solution_api.views import Deployment, Page, Registered, Solution, page
from solution_api.views import Version as VersionView
from symphainy.errors import Refused
from symphainy.findings import Invalid
from symphainy.json import Json
from symphainy.plan import Plan
from workflows.compiler import Compiled

__all__ = ["router"]

router = APIRouter(prefix="/v1/solutions", tags=["Solutions"])

BUILD = re.compile(r"\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*")
MISSING = ("solution.missing", "solution.version-missing", "store.key-too-long")
REGISTERED: Json = {
    "solution": "acme.welcome",
    "version": "1.0.0",
    "digest": DIGEST,
    "plan": DIGEST,
    "state": "draft",
    "findings": [],
    "promises": {},
}


class Where(BaseModel, extra="forbid"):
    """Where to deploy."""

    environment: str | None = Field(
        None, pattern=ENVIRONMENT, description="By default the platform's own."
    )


@router.put(
    "/{name}/versions/{version}",
    status_code=201,
    responses={
        **example(REGISTERED, status=201, described="The version is new."),
        200: {"model": Registered, "description": "The same content was registered before."},
        **answers(
            "solution.name-mismatch",
            "solution.version-taken",
            "compile.unknown-function",
            "schema.required",
            "store.key-too-long",
            *BODY,
        ),
    },
    openapi_extra=yaml_or_json(DEFINITION),
)
async def register_version(
    services: Held,
    by: Author,
    name: Name,
    version: Version,
    written: Annotated[Written, Depends(definition)],
    response: Response,
) -> Registered:
    """Keep a version for ever. The same content again changes nothing; other content is refused."""
    found = await compiled(services, by, written)
    plan = _addressed(found, name, version)
    note(definition=plan.definition, plan=plan.digest)
    kept = await asyncio.to_thread(_register, services, by.tenant, by.id, plan, written)
    response.status_code = 201 if kept.created else 200
    return Registered(
        solution=kept.record.solution,
        version=kept.record.version,
        digest=kept.record.digest,
        plan=kept.record.plan_digest,
        state=kept.record.state,
        findings=list(found.findings),
        promises=dict(found.promises),
    )


def _addressed(found: Compiled, name: str, version: str) -> Plan:
    """The plan under the address it is registered at, which may add build metadata."""
    plan = found.plan
    if plan is None:
        raise Invalid(list(found.findings))
    if plan.solution != name:
        message = f"The document is {plan.solution!r}, the address says {name[:80]!r}."
        raise Refused("solution.name-mismatch", message, pointer="/document/name")
    if plan.version == version:
        return plan
    added = version.removeprefix(plan.version)
    if "+" in plan.version or added == version or not BUILD.fullmatch(added):
        message = f"The document is version {plan.version}, the address says {version[:80]!r}."
        raise Refused("solution.name-mismatch", message, pointer="/document/version")
    # Not model_copy, which would carry the digest of the other version along.
    return Plan.model_validate({**plan.dump(), "version": version})


def _register(services: Services, tenant: str, author: str, plan: Plan, written: Written) -> Kept:
    return services.stores.definitions.register(
        tenant,
        plan.solution,
        plan.version,
        digest=plan.definition,
        text=written.content.decode(),
        media_type=written.media_type,
        plan=plan.dump(),
        plan_digest=plan.digest,
        author=author,
        title=plan.title,
    )


@router.get("", responses=answers("store.key-too-long"))
async def list_solutions(
    services: Held, by: Reader, cursor: Cursor = None, limit: Limit = 50
) -> Page[Solution]:
    """Solutions by name."""
    found = await asyncio.to_thread(
        services.stores.definitions.solutions, by.tenant, cursor, limit + 1
    )
    return page(Solution, found, limit, by="name")


@router.get("/{name}", responses=answers(*MISSING))
async def get_solution(services: Held, by: Reader, name: Name) -> Solution:
    """A solution: its latest version, and what runs where."""
    return Solution.model_validate(await _solution(services, by.tenant, name))


@router.get("/{name}/versions", responses=answers(*MISSING))
async def list_versions(services: Held, by: Reader, name: Name) -> Page[VersionView]:
    """Every version of a solution, newest first."""
    await _solution(services, by.tenant, name)
    found = await asyncio.to_thread(services.stores.definitions.versions, by.tenant, name)
    return page(VersionView, found, len(found) or 1, by="version")


@router.get(
    "/{name}/versions/{version}",
    response_model=VersionView,
    responses={
        200: {
            "description": "The version; with Accept or `raw`, the text as it was registered.",
            "content": {
                JSON: {"example": VERSION},
                YAML: {"schema": {}, "example": DEFINITION},
            },
        },
        **answers("api.not-acceptable", *MISSING),
    },
)
async def get_version(
    request: Request,
    services: Held,
    by: Reader,
    name: Name,
    version: Version,
    raw: Annotated[bool, Query(description="Answer the text as it was registered.")] = False,
) -> Any:
    """A version; as `application/yaml`, or with `?raw=true`, the text as its author wrote it."""
    found = await _version(services, by.tenant, name, version)
    if raw:
        return Response(found.text, media_type=found.media_type)
    if offered(request, JSON, YAML) == YAML:
        # Every JSON document is a YAML document too.
        return Response(found.text, media_type=YAML)
    return VersionView.model_validate(found)


@router.post(
    "/{name}/versions/{version}/deploy",
    responses=answers("solution.version-retired", *MISSING, *BODY),
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
    """Make this the version that an environment runs. Runs under way stay on theirs."""
    environment = where.environment or services.settings.environment
    enter(holder, environment)
    note(environment=environment)
    done = await asyncio.to_thread(
        services.stores.definitions.deploy, by.tenant, name, version, environment, by.id
    )
    await scheduling.follow(services, done)
    return Deployment.model_validate(done)


@router.post("/{name}/versions/{version}/retire", responses=answers(*MISSING))
async def retire_version(
    services: Held, by: Operator, name: Name, version: Version, idempotency_key: IdempotencyKey
) -> VersionView:
    """Take a version out of every environment for good. Runs under way finish on it."""
    before = await _version(services, by.tenant, name, version)
    done = await asyncio.to_thread(services.stores.definitions.retire, by.tenant, name, version)
    await scheduling.stop(services, before)
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


async def _set_paused(services: Services, tenant: str, name: str, *, paused: bool) -> Solution:
    await asyncio.to_thread(services.stores.definitions.set_paused, tenant, name, paused)
    return Solution.model_validate(await _solution(services, tenant, name))


async def _solution(services: Services, tenant: str, name: str) -> SolutionRecord:
    found = await asyncio.to_thread(services.stores.definitions.solution, tenant, name)
    if found is None:
        raise Refused("solution.missing", f"There is no solution {name[:80]!r}.")
    return found


async def _version(services: Services, tenant: str, name: str, version: str) -> VersionRecord:
    found = await asyncio.to_thread(services.stores.definitions.version, tenant, name, version)
    if found is None:
        await _solution(services, tenant, name)
        message = f"{name} has no version {version[:80]!r}."
        raise Refused("solution.version-missing", message)
    return found
