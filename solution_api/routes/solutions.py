"""Solutions and their versions."""

import asyncio
import re
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from public_works.definitions import Registered as Kept
from solution_api.auditing import note
from solution_api.auth import Author, Held, Reader
from solution_api.bodies import JSON, YAML, Written, definition
from solution_api.compiling import compiled
from solution_api.examples import DEFINITION, DIGEST, VERSION
from solution_api.headers import offered
from solution_api.names import Cursor, Limit, Name, Version
from solution_api.openapi import BODY, answers, example, yaml_or_json
from solution_api.services import Services
from solution_api.solutions import solution
from solution_api.solutions import version as version_of
from solution_api.views import Page, Registered, Solution, page
from solution_api.views import Version as VersionView
from symphainy.errors import Refused
from symphainy.findings import Invalid
from symphainy.identity import Principal
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
    findings = [one.model_dump(mode="json") for one in found.findings]
    keep = partial(_register, services, by, plan, written, findings)
    kept = await asyncio.to_thread(keep)
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


def _register(
    services: Services,
    by: Principal,
    plan: Plan,
    written: Written,
    findings: list[dict[str, Any]],
) -> Kept:
    return services.stores.definitions.register(
        by.tenant,
        plan.solution,
        plan.version,
        digest=plan.definition,
        text=written.content.decode(),
        media_type=written.media_type,
        plan=plan.dump(),
        plan_digest=plan.digest,
        author=by.accountable,
        title=plan.title,
        findings=findings,
        behalf=by.on_behalf_of,
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
    return Solution.model_validate(await solution(services, by.tenant, name))


@router.get("/{name}/versions", responses=answers(*MISSING))
async def list_versions(services: Held, by: Reader, name: Name) -> Page[VersionView]:
    """Every version of a solution, newest first."""
    await solution(services, by.tenant, name)
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
    found = await version_of(services, by.tenant, name, version)
    if raw:
        return Response(found.text, media_type=found.media_type)
    if offered(request, JSON, YAML) == YAML:
        # Every JSON document is a YAML document too.
        return Response(found.text, media_type=YAML)
    return VersionView.model_validate(found)
