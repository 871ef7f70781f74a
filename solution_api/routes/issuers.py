"""Trusted issuers: identity providers whose access tokens let people, services and agents in."""

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path
from pydantic import AwareDatetime, Field

from public_works.issuers import IssuerRecord
from public_works.keys import Holder
from smart_city.roles import grantable
from smart_city.scope import EVERYWHERE
from smart_city.trust import SLUG, TrustedIssuer
from solution_api.auth import Administrator, Held, Holding
from solution_api.bodies import model
from solution_api.openapi import BODY, answers, example, takes
from solution_api.services import Services
from solution_api.standing import said_of, within
from solution_api.views import Page, View
from symphainy.errors import Refused
from symphainy.json import Json

__all__ = ["router"]

router = APIRouter(prefix="/v1/issuers", tags=["Issuers"])

SAID: dict[str, Json] = {
    "issuer": "https://login.example.com/realms/acme",
    "audience": "https://symphainy.example.com",
    "roles": {"claim": "groups", "values": {"symphainy-operators": ["operator"]}},
}
ISSUER: dict[str, Json] = {
    "id": "corp",
    **SAID,
    "environment": "all",
    "clients": {},
    "agents": {},
    "agent": None,
    "service": None,
    "require": {},
    "person": "sub",
    "people": "known",
    "max_token_age": 86_400,
    "step_up": None,
    "sign_in": None,
    "source": "tenant",
    "by": "owner",
    "updated": "2026-11-22T09:30:00Z",
}
Id = Annotated[
    str,
    Path(
        description="What the tenant calls it; ids of principals begin with it.",
        examples=["corp"],
        pattern=SLUG,
    ),
]


class Issuer(View, TrustedIssuer):
    """An issuer as it is trusted."""

    id: str
    source: Literal["settings", "tenant"] = Field(
        description="Who says so: the platform's settings, or the tenant."
    )
    by: str
    updated: AwareDatetime | None


@router.get("", responses={**example({"items": [ISSUER], "cursor": None}), **answers()})
async def list_issuers(services: Held, by: Administrator) -> Page[Issuer]:
    """Every issuer that the tenant trusts."""
    kept = await asyncio.to_thread(services.stores.issuers.list, by.tenant)
    fixed = [_fixed(one) for one in services.bearers.fixed if one.tenant == by.tenant]
    return Page(items=[*fixed, *map(_kept, kept)], cursor=None)


@router.get(
    "/{issuer}", responses={**example(ISSUER), **answers("issuer.missing", "store.key-too-long")}
)
async def get_issuer(services: Held, by: Administrator, issuer: Id) -> Issuer:
    """What the tenant says of an issuer."""
    fixed = _of_settings(services, by.tenant, issuer)
    if fixed is not None:
        return _fixed(fixed)
    kept = await asyncio.to_thread(services.stores.issuers.get, by.tenant, issuer)
    if kept is None:
        raise _missing(issuer)
    return _kept(kept)


@router.put(
    "/{issuer}",
    responses={
        **example(ISSUER),
        **answers(
            "issuer.fixed",
            "issuer.insecure",
            "issuer.rights",
            "issuer.taken",
            "issuer.too-many",
            "store.key-too-long",
            *BODY,
        ),
    },
    openapi_extra=takes(TrustedIssuer.model_json_schema(), SAID, required=True),
)
async def put_issuer(
    services: Held,
    by: Administrator,
    holder: Holding,
    issuer: Id,
    said: Annotated[TrustedIssuer, Depends(model(TrustedIssuer))],
) -> Issuer:
    """Trust an issuer from now on, in place of what was said of it before.

    Nobody gets in by it with more rights than yours.
    """
    await _may(services, holder, said)
    if _of_settings(services, by.tenant, issuer) is not None:
        raise Refused("issuer.fixed", f"The issuer {issuer!r} comes from the settings.")
    if any(
        (one.said.issuer, one.said.audience) == (said.issuer, said.audience)
        for one in services.bearers.fixed
    ):
        message = "The settings trust that issuer already, for the same audience."
        raise Refused("issuer.taken", message, pointer="/audience")
    kept = await asyncio.to_thread(services.stores.issuers.put, by.tenant, issuer, said, by=by.id)
    services.bearers.keys.forget(said.issuer)
    return _kept(kept)


@router.delete(
    "/{issuer}",
    status_code=204,
    responses=answers("issuer.missing", "issuer.fixed", "store.key-too-long"),
)
async def delete_issuer(services: Held, by: Administrator, issuer: Id) -> None:
    """Believe no token of that issuer any more, at once."""
    if _of_settings(services, by.tenant, issuer) is not None:
        raise Refused("issuer.fixed", f"The issuer {issuer!r} comes from the settings.")
    if not await asyncio.to_thread(services.stores.issuers.remove, by.tenant, issuer):
        raise _missing(issuer)


async def _may(services: Services, holder: Holder, said: TrustedIssuer) -> None:
    """Refused `issuer.rights`, `issuer.insecure`."""
    # What holds for some solutions or environments only, nobody can pass on by an issuer.
    home = services.settings.environment
    by = await within(services.stores, holder.principal, solution=None, environment=home)
    own = await said_of(
        services.stores, by.tenant, {*by.roles, *(role for _, role in said.granted)}
    )
    for kind, role in said.granted:
        if not grantable(by, kind, [role], own):
            message = f"You cannot let a {kind} have the role {role[:100]!r}."
            raise Refused("issuer.rights", message, pointer="/roles")
    if said.people != "strangers" and not grantable(by, "user", ["tenant-admin"], own):
        # It could say of anybody that they are one of those whom SCIM tells of.
        message = "Only a person who is tenant-admin lets an issuer speak for the people of SCIM."
        raise Refused("issuer.rights", message, pointer="/people")
    if holder.environment not in (said.environment, EVERYWHERE):
        message = f"What you came with is good in {holder.environment} only."
        raise Refused("issuer.rights", message, pointer="/environment")
    if not said.issuer.startswith("https://") and not services.bearers.listed(said.issuer):
        message = "An issuer is asked for its keys over https."
        raise Refused("issuer.insecure", message, pointer="/issuer")


def _of_settings(services: Services, tenant: str, id: str) -> IssuerRecord | None:
    mine = (one for one in services.bearers.fixed if one.tenant == tenant)
    return next((one for one in mine if one.id == id), None)


def _kept(one: IssuerRecord) -> Issuer:
    said = one.said.model_dump()
    return Issuer(**said, id=one.id, source="tenant", by=one.by, updated=one.updated)


def _fixed(one: IssuerRecord) -> Issuer:
    said = one.said.model_dump()
    return Issuer(**said, id=one.id, source="settings", by=one.by, updated=None)


def _missing(issuer: str) -> Refused:
    return Refused("issuer.missing", f"There is no issuer {issuer[:80]!r}.")
