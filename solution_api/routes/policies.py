"""The policies of layers: what platform and tenant say, and what holds for a solution."""

import asyncio
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, BeforeValidator, Field

from public_works.policies import PLATFORM
from public_works.record import now
from smart_city.bundle import Bundle, explain
from smart_city.duration import parse
from smart_city.verdict import Layer
from solution_api.auditing import note
from solution_api.auth import Administrator, Governor, Held, Reader
from solution_api.bodies import model
from solution_api.examples import DIGEST
from solution_api.governance import checked, governing, newest
from solution_api.headers import IdempotencyKey
from solution_api.names import ENVIRONMENT, Name
from solution_api.openapi import BODY, answers, example, takes
from solution_api.probing import probed
from solution_api.replaying import Replay, again
from solution_api.services import Services
from solution_api.views import Page, PolicyShown, View
from symphainy.errors import Refused
from symphainy.findings import Invalid, finding
from symphainy.identity import Principal
from symphainy.json import Json, digest
from symphainy.plan import Plan

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["Policies"])

NIGHT: Json = {
    "kind": "quietHours",
    "channels": ["sms", "voice"],
    "from": "21:00",
    "to": "08:00",
    "overridable": True,
}
SAYS: Json = {"policies": {"night": NIGHT}, "note": "no calls at night"}
SET: dict[str, Json] = {
    "layer": "tenant",
    "version": 3,
    "digest": DIGEST,
    "policies": {"night": NIGHT},
    "by": "u-17",
    "note": "no calls at night",
    "at": "2026-11-02T09:30:00Z",
}


class Says(BaseModel, extra="forbid"):
    """All that a layer is to say from now on."""

    policies: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="By name, as a definition writes them."
    )
    note: str = Field("", max_length=500, description="Why, for whoever reads the versions.")


class Instead(BaseModel, extra="forbid"):
    """What a layer might say, and which decisions to make again under that."""

    layer: Layer = Field("tenant", description="Whose say it would be.")
    policies: dict[str, dict[str, Any]] = Field(
        description="All that the layer would say, by name, as a definition writes them."
    )
    solution: str | None = Field(
        None, max_length=200, description="Only its decisions; needed for the layer `solution`."
    )
    since: Annotated[timedelta, BeforeValidator(parse, json_schema_input_type=str)] = Field(
        timedelta(days=7), description="How far back, such as `P7D`."
    )
    cursor: str | None = Field(None, max_length=500, description="Of the answer before.")


INSTEAD: Json = {"policies": {"night": NIGHT}, "since": "P7D"}
REPLAYED: dict[str, Json] = {
    "since": "2026-10-26T09:30:00Z",
    "decisions": 412,
    "changed": 1,
    "unknown": 3,
    "reasons": {"`when` of solution/big looks at the data of the run, of which nothing is kept": 3},
    "outcomes": {"allow → defer": 1},
    "changes": [
        {
            "decision": "5f0c2d8a7b3e41d6b2a90c5d7e8f1a23",
            "run": "acme.offers/7",
            "solution": "acme.offers",
            "step": "/do/0/offer",
            "at": "2026-11-01T22:10:00Z",
            "before": "allow",
            "after": "defer",
            "policy": "tenant/night",
            "code": "policy.quiet-hours",
            "reason": "quiet hours `night`: 23:10 in Europe/Vienna",
        }
    ],
    "cursor": None,
}
PUT = {
    **example(SET),
    **answers(
        "policy.unknown-kind",
        "policy.unknown-field",
        "policy.missing-field",
        "policy.value",
        "policy.name",
        "policy.not-compiled",
        *BODY,
    ),
}
BODY_OF_PUT = takes(Says.model_json_schema(), SAYS, required=True)


class LayerPolicies(View):
    """What one layer says, as one version of it."""

    layer: Layer
    version: int = Field(description="0 while it never said anything.")
    digest: str | None
    policies: dict[str, Any]
    by: str | None
    note: str
    at: datetime | None


class Replaced(View):
    """A policy that does not hold, since it let itself be replaced."""

    policy: str
    by: str


class Effective(View):
    """The policies of every layer that hold for a solution now."""

    solution: str
    version: str
    digest: str = Field(description="Of all of it; decisions record it.")
    policies: list[PolicyShown] = Field(
        description="Those in shadow and those that advise too: their `mode` is in the document."
    )
    replaced: list[Replaced]
    cedar: str = Field(description="The rules that are evaluated.")


@router.get("/policies/tenant", responses={**example(SET), **answers()})
async def get_tenant_policies(services: Held, by: Reader) -> LayerPolicies:
    """What your tenant says of every solution it has."""
    return await _shown(services, by.tenant, "tenant")


@router.get("/policies/platform", responses={**example({**SET, "layer": "platform"}), **answers()})
async def get_platform_policies(services: Held, by: Reader) -> LayerPolicies:
    """What the platform says of everybody."""
    return await _shown(services, by.tenant, "platform")


@router.put("/policies/tenant", responses=PUT, openapi_extra=BODY_OF_PUT)
async def set_tenant_policies(
    services: Held,
    by: Administrator,
    says: Annotated[Says, Depends(model(Says))],
    idempotency_key: IdempotencyKey,
) -> LayerPolicies:
    """Say what holds for every solution of your tenant, in place of all it said before.

    It holds for the next decision of every run, also of those that wait.
    """
    return await _say(services, by, "tenant", says)


@router.put("/policies/platform", responses=PUT, openapi_extra=BODY_OF_PUT)
async def set_platform_policies(
    services: Held,
    by: Governor,
    says: Annotated[Says, Depends(model(Says))],
    idempotency_key: IdempotencyKey,
) -> LayerPolicies:
    """Say what holds for every tenant, in place of all the platform said before."""
    return await _say(services, by, "platform", says)


async def _say(services: Services, by: Principal, layer: Layer, says: Says) -> LayerPolicies:
    if unsafe := await probed(layer, says.policies):
        raise Invalid(unsafe)
    await asyncio.to_thread(checked, layer, says.policies)
    note(digest=digest({"policies": says.policies}))
    home = PLATFORM if layer == "platform" else by.tenant
    put = services.stores.policies.put
    await asyncio.to_thread(put, home, {"policies": says.policies}, by=by.id, note=says.note)
    return await _shown(services, by.tenant, layer)


@router.get("/policies/tenant/versions", responses=answers())
async def list_tenant_policies(services: Held, by: Reader) -> Page[LayerPolicies]:
    """All that your tenant ever said, newest first."""
    kept = await asyncio.to_thread(services.stores.policies.list, by.tenant)
    items = [_view("tenant", one) for one in kept]
    return Page(items=items, cursor=None)


@router.post(
    "/policies/replay",
    responses={**PUT, **example(REPLAYED), **answers("store.cursor")},
    openapi_extra=takes(Instead.model_json_schema(), INSTEAD, required=True),
)
async def replay_policies(
    services: Held,
    by: Reader,
    instead: Annotated[Instead, Depends(model(Instead))],
    idempotency_key: IdempotencyKey,
) -> Replay:
    """What decisions that were made would be, if a layer said this instead. Nothing is changed.

    They are made again from what was known then, as long as that is kept (`facts_keep_days`, and
    policies of kind retention). What a cap or a budget that changes would have let through is
    counted among the decisions of one answer.
    """
    if instead.layer == "solution" and instead.solution is None:
        message = "say which `solution` would say this"
        raise Invalid([finding("policy.missing-field", message, pointer="/solution")])
    if unsafe := await probed(instead.layer, instead.policies):
        raise Invalid(unsafe)
    await asyncio.to_thread(checked, instead.layer, instead.policies)
    cursor = services.cursors.open(by.tenant, instead.cursor)
    found = await asyncio.to_thread(
        again,
        services,
        by.tenant,
        instead.layer,
        instead.policies,
        solution=instead.solution,
        since=now() - instead.since,
        cursor=cursor,
    )
    return found.model_copy(update={"cursor": services.cursors.seal(by.tenant, found.cursor)})


@router.get(
    "/solutions/{name}/policies/effective",
    responses=answers("solution.missing", "solution.not-deployed", "store.key-too-long"),
)
async def get_effective_policies(
    services: Held,
    by: Reader,
    name: Name,
    environment: Annotated[
        str | None, Query(pattern=ENVIRONMENT, description="By default the platform's own.")
    ] = None,
) -> Effective:
    """The policies that hold for a solution where it is deployed, each with whose it is."""
    plan = await _deployed(services, by.tenant, name, environment)
    bundle = await governing(services, by.tenant, plan)
    return _effective(plan, bundle)


def _effective(plan: Plan, bundle: Bundle) -> Effective:
    return Effective(
        solution=plan.solution,
        version=plan.version,
        digest=bundle.digest,
        policies=[PolicyShown.of(one) for one in (bundle.trial or bundle).policies],
        replaced=[Replaced(policy=one.id, by=other.id) for one, other in bundle.replaced],
        cedar=explain(bundle),
    )


async def _deployed(services: Services, tenant: str, name: str, environment: str | None) -> Plan:
    where = environment or services.settings.environment
    found = await asyncio.to_thread(services.stores.definitions.solution, tenant, name)
    if found is None:
        raise Refused("solution.missing", f"There is no solution {name[:80]!r}.")
    deployed = await asyncio.to_thread(services.stores.definitions.deployed, tenant, name, where)
    if deployed is None:
        raise Refused("solution.not-deployed", f"{name} is not deployed in {where}.")
    return await asyncio.to_thread(services.plans.get, deployed.plan_digest)


async def _shown(services: Services, tenant: str, layer: Layer) -> LayerPolicies:
    return _view(layer, await newest(services, tenant, layer))


def _view(layer: Layer, kept: Any) -> LayerPolicies:
    return LayerPolicies(
        layer=layer,
        version=kept.version if kept else 0,
        digest=kept.digest if kept else None,
        policies=kept.written.get("policies", {}) if kept else {},
        by=kept.by if kept else None,
        note=kept.note if kept else "",
        at=kept.at if kept else None,
    )
