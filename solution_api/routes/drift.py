"""Differences: between versions of a solution, and between what its environments run."""

import asyncio
from itertools import pairwise
from typing import Annotated

from fastapi import APIRouter, Path, Query

from public_works.definitions import Deployment, VersionRecord
from smart_city.lifecycle import diff
from solution_api.auth import Held, Reader
from solution_api.names import ENVIRONMENT, Name, Version
from solution_api.openapi import answers
from solution_api.review_views import Between, Compared, Drift, Here, Versus
from solution_api.services import Services
from solution_api.solutions import plan_of, solution
from solution_api.solutions import version as version_of
from symphainy.errors import Refused

__all__ = ["router"]

router = APIRouter(prefix="/v1/solutions", tags=["Solutions"])

MISSING = ("solution.missing", "solution.version-missing", "store.key-too-long")
Other = Annotated[str, Path(description="The version it is compared with.", examples=["1.0.0"])]


@router.get("/{name}/versions/{version}/diff/{other}", responses=answers(*MISSING))
async def compare_versions(
    services: Held, by: Reader, name: Name, version: Version, other: Other
) -> Compared:
    """What `other` does in another way than `version`: steps, destinations, policies, permissions,
    intents."""
    before = await version_of(services, by.tenant, name, version)
    after = await version_of(services, by.tenant, name, other)
    changes = await asyncio.to_thread(
        diff, await plan_of(services, before), await plan_of(services, after)
    )
    return Compared(
        solution=name,
        before=_side(before),
        after=_side(after),
        same=not changes,
        changes=list(changes),
    )


@router.get(
    "/{name}/drift", responses=answers("solution.missing", "solution.not-deployed", *MISSING)
)
async def get_drift(
    services: Held,
    by: Reader,
    name: Name,
    source: Annotated[
        str | None,
        Query(alias="from", pattern=ENVIRONMENT, description="Only from this environment."),
    ] = None,
    target: Annotated[
        str | None, Query(alias="to", pattern=ENVIRONMENT, description="Only to this one.")
    ] = None,
) -> Drift:
    """What the environments of a solution run, and how each differs from the one before it."""
    await solution(services, by.tenant, name)
    found = await asyncio.to_thread(services.stores.deployments.current, by.tenant, name)
    runs = {one.environment: await version_of(services, *_of(one)) for one in found}
    for one in (source, target):
        if one is not None and one not in runs:
            raise Refused("solution.not-deployed", f"{name} is not deployed to {one}.")
    here = [
        Here.model_validate(
            one.model_dump()
            | {
                "plan": runs[one.environment].plan_digest,
                "approved": runs[one.environment].stage == "approved",
            }
        )
        for one in found
    ]
    pairs = _pairs(services, list(runs), source, target)
    return Drift(
        solution=name,
        environments=here,
        drift=[await _between(services, runs, *pair) for pair in pairs],
    )


def _of(one: Deployment) -> tuple[str, str, str]:
    return one.tenant, one.solution, one.version


def _pairs(
    services: Services, running: list[str], source: str | None, target: str | None
) -> list[tuple[str, str]]:
    order = [one for one in services.settings.environments if one in running]
    order += sorted(one for one in running if one not in order)
    if source and target:
        return [(source, target)]
    pairs = list(pairwise(order))
    return [(one, two) for one, two in pairs if source in (None, one) and target in (None, two)]


async def _between(
    services: Services, runs: dict[str, VersionRecord], source: str, target: str
) -> Between:
    changes = await asyncio.to_thread(
        diff, await plan_of(services, runs[source]), await plan_of(services, runs[target])
    )
    same = runs[source].plan_digest == runs[target].plan_digest
    return Between(source=source, target=target, same=same, changes=list(changes))


def _side(record: VersionRecord) -> Versus:
    return Versus(version=record.version, plan=record.plan_digest, definition=record.digest)
