"""API keys: who has one, for what and until when."""

import asyncio
from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from public_works.keys import LIFE, Holder, KeyRecord
from public_works.record import now
from smart_city.roles import grantable
from smart_city.scope import EVERYWHERE, Scope
from solution_api.auth import Administrator, Held, Holding
from solution_api.bodies import model
from solution_api.headers import IdempotencyKey
from solution_api.names import ENVIRONMENT
from solution_api.openapi import BODY, answers, example, takes
from solution_api.services import Services
from solution_api.standing import said_of, within
from solution_api.views import Page, View
from symphainy.errors import Refused
from symphainy.identity import Principal
from symphainy.json import Json

__all__ = ["router"]

router = APIRouter(prefix="/v1/keys", tags=["Keys"])

DAY = 24 * 60 * 60
NAME = r"^[A-Za-z0-9][A-Za-z0-9_.@+-]{0,99}$"
KEY: dict[str, Json] = {
    "id": "0123456789abcdef",
    "name": "crm",
    "environment": "production",
    "principal": "svc-crm",
    "kind": "service",
    "roles": ["operator"],
    "scope": {
        "solutions": ["acme.welcome"],
        "endpoints": None,
        "read_only": False,
        "networks": None,
    },
    "created": "2026-11-22T09:30:00Z",
    "expires": "2027-02-20T09:30:00Z",
    "revoked": None,
    "used": None,
    "issuer": "owner",
    "replaces": None,
    "person": None,
    "on_behalf_of": None,
    "lost": False,
}
ASKED: dict[str, Json] = {
    "name": "crm",
    "principal": "svc-crm",
    "kind": "service",
    "roles": ["operator"],
    "scope": {"solutions": ["acme.welcome"]},
}
PLAIN = "sym_production_0123456789abcdef_" + "x" * 43 + "_00000000"
Id = Annotated[
    str, Path(description="The key's id.", examples=["0123456789abcdef"], max_length=200)
]


class Key(View):
    """What may be shown of a key."""

    id: str
    name: str
    environment: str = Field(description="Where it is good; `all` is everywhere.")
    principal: str
    kind: str
    roles: list[str]
    scope: Scope
    created: AwareDatetime
    expires: AwareDatetime | None
    revoked: AwareDatetime | None
    used: AwareDatetime | None = Field(description="When it was used last, to the hour.")
    issuer: str | None = Field(description="Who issued it; null for the installation itself.")
    replaces: str | None = Field(description="The key in whose place it came.")
    person: str | None = Field(description="Whose it is, where they are provisioned.")
    on_behalf_of: str | None = Field(description="Of an agent: the user for whom it acts.")
    lost: bool = Field(description="Whether that person or user is not let in any more.")


class Issued(Key):
    """A key, this once with its text."""

    key: str = Field(description="What to present as a bearer token; it is never shown again.")


class New(BaseModel):
    """A key to be."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(pattern=NAME, description="What it is for.", examples=["crm"])
    principal: str = Field(
        pattern=NAME, description="Who acts with it: an opaque id, no personal data."
    )
    kind: Literal["user", "service", "agent"] = "service"
    roles: list[str] = Field(min_length=1, max_length=20)
    environment: str | None = Field(
        None, pattern=ENVIRONMENT, description="Where it is good; by default where yours is."
    )
    days: int = Field(LIFE.days, ge=1, le=366, description="Days until it expires.")
    scope: Scope = Scope()
    on_behalf_of: str | None = Field(
        None,
        min_length=1,
        max_length=200,
        description="Of an agent: the user for whom it acts, in roles that both of them have at "
        "the time; by default you.",
    )


class Rotation(BaseModel):
    """How a key is replaced."""

    model_config = ConfigDict(extra="forbid")

    overlap: int = Field(
        DAY, ge=0, le=30 * DAY, description="Seconds that the key before is still good."
    )


@router.get("", responses={**example({"items": [KEY], "cursor": None}), **answers()})
async def list_keys(services: Held, by: Administrator) -> Page[Key]:
    """Every key of the tenant, newest first, also those that are over."""
    found = await asyncio.to_thread(services.stores.keys.list, by.tenant)
    return Page(items=[Key.model_validate(one) for one in found], cursor=None)


@router.post(
    "",
    status_code=201,
    responses={
        **example({**KEY, "key": PLAIN}, status=201, described="The key, shown this once."),
        **answers("key.lifetime", "key.rights", "key.user", *BODY),
    },
    openapi_extra=takes(New.model_json_schema(), ASKED, required=True),
)
async def issue_key(
    services: Held,
    by: Administrator,
    holder: Holding,
    wanted: Annotated[New, Depends(model(New))],
    idempotency_key: IdempotencyKey,
    response: Response,
) -> Issued:
    """Issue a key. It never has more rights than yours, and its text is shown now and never again.

    Asking twice makes two keys: what was shown once cannot be shown again.
    """
    environment = wanted.environment or holder.environment
    await _may(services, holder, wanted.kind, wanted.roles, environment)
    who = Principal(
        tenant=by.tenant,
        id=wanted.principal,
        kind=wanted.kind,
        roles=frozenset(wanted.roles),
        on_behalf_of=_user(wanted, by),
    )
    keys = services.stores.keys
    text = await asyncio.to_thread(
        keys.issue,
        who,
        name=wanted.name,
        environment=environment,
        expires=now() + timedelta(days=wanted.days),
        scope=wanted.scope,
        issuer=by.id,
    )
    return await _issued(services, by, text, response)


@router.get("/{key}", responses={**example(KEY), **answers("key.missing", "store.key-too-long")})
async def get_key(services: Held, by: Administrator, key: Id) -> Key:
    """A key, without its text."""
    return Key.model_validate(await _known(services, by, key))


@router.post(
    "/{key}/rotate",
    status_code=201,
    responses={
        **example({**KEY, "key": PLAIN}, status=201, described="The new key, shown this once."),
        **answers("key.missing", "key.over", "key.rights", "store.key-too-long", *BODY),
    },
    openapi_extra=takes(Rotation.model_json_schema(), {"overlap": DAY}),
)
async def rotate_key(
    services: Held,
    by: Administrator,
    holder: Holding,
    key: Id,
    how: Annotated[Rotation, Depends(model(Rotation))],
    idempotency_key: IdempotencyKey,
    response: Response,
) -> Issued:
    """Issue a key in the place of one; both are good while `overlap` lasts, and no third."""
    known = await _known(services, by, key)
    await _may(services, holder, known.kind, known.roles, known.environment)
    text = await asyncio.to_thread(
        services.stores.keys.rotate,
        by.tenant,
        key,
        overlap=timedelta(seconds=how.overlap),
        issuer=by.id,
    )
    return await _issued(services, by, text, response)


@router.delete("/{key}", status_code=204, responses=answers("key.missing", "store.key-too-long"))
async def revoke_key(services: Held, by: Administrator, key: Id) -> None:
    """End a key at once."""
    if not await asyncio.to_thread(services.stores.keys.revoke, by.tenant, key):
        raise _missing(key)


async def _may(
    services: Services,
    holder: Holder,
    kind: str,
    roles: list[str] | tuple[str, ...],
    environment: str,
) -> None:
    """Refused `key.rights` if the key would open more than the one it is issued with."""
    # What holds for some solutions or environments only, nobody can pass on as a key.
    home = services.settings.environment
    by = await within(services.stores, holder.principal, solution=None, environment=home)
    own = await said_of(services.stores, by.tenant, by.roles.union(roles))
    if not grantable(by, kind, roles, own):
        message = f"You cannot issue a key of kind {kind} with the roles {', '.join(roles)[:200]}."
        raise Refused("key.rights", message, pointer="/roles")
    if holder.environment not in (environment, EVERYWHERE):
        message = f"Your key is one of {holder.environment} only."
        raise Refused("key.rights", message, pointer="/environment")


def _user(wanted: New, by: Principal) -> str | None:
    """For whom whoever gets the key acts. Refused `key.user`."""
    if wanted.kind != "agent" or wanted.on_behalf_of is not None:
        return wanted.on_behalf_of
    if by.kind != "user":
        message = "An agent acts on behalf of a user: say of whom."
        raise Refused("key.user", message, pointer="/on_behalf_of")
    return by.id


async def _known(services: Services, by: Principal, key: str) -> KeyRecord:
    found = await asyncio.to_thread(services.stores.keys.get, by.tenant, key)
    if found is None:
        raise _missing(key)
    return found


async def _issued(services: Services, by: Principal, text: str, response: Response) -> Issued:
    made = await _known(services, by, text.split("_")[2])
    response.headers["Location"] = f"/v1/keys/{made.id}"
    return Issued.model_validate({**made.model_dump(), "key": text})


def _missing(key: str) -> Refused:
    return Refused("key.missing", f"There is no key {key[:80]!r}.")
