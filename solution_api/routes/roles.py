"""Roles: what each may do where, and which groups have it."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from public_works.roles import RoleRecord
from smart_city.roles import NEVER_BY_GROUP, ROLES, TENANT, OwnRole, grantable
from solution_api.auth import Administrator, Held, Reader
from solution_api.bodies import model
from solution_api.openapi import BODY, answers, example, takes
from solution_api.services import Services
from solution_api.standing import said_of
from solution_api.views import Page, View
from symphainy.errors import Refused
from symphainy.json import Json

__all__ = ["router"]

router = APIRouter(prefix="/v1/roles", tags=["Roles"])

NAME = r"^[A-Za-z0-9][A-Za-z0-9_.@+-]{0,99}$"
SAID: dict[str, Json] = {
    "actions": ["read", "operate"],
    "solutions": ["acme.dunning"],
    "environments": ["sandbox"],
    "groups": ["Collectors"],
}
ROLE: dict[str, Json] = {
    "name": "collector",
    "built_in": False,
    **SAID,
    "by": "owner",
    "updated": "2026-11-22T09:30:00Z",
}
Texts = Annotated[list[Annotated[str, Field(min_length=1, max_length=200)]], Field(max_length=100)]
Name = Annotated[str, Path(description="The role's name.", examples=["collector"], max_length=200)]


class Role(View):
    """What a role may do where, and which groups have it."""

    name: str
    built_in: bool = Field(description="Whether it is the same for every tenant.")
    actions: list[str] = Field(description="What it may do; deciding on approvals is up to policy.")
    solutions: list[str] | None = Field(description="Where it holds; null: everywhere.")
    environments: list[str] | None
    groups: list[str] = Field(description="Who is in one of these, by name, has the role.")
    by: str | None = Field(description="Who said so; null where nobody had to.")
    updated: AwareDatetime | None

    @classmethod
    def of(cls, name: str, said: RoleRecord | None) -> "Role":
        """The role as it is."""
        built_in = name in ROLES
        may = ROLES[name] if built_in else (said.actions if said else ())
        return cls(
            name=name,
            built_in=built_in,
            actions=sorted(may),
            solutions=_listed(said.solutions if said else None),
            environments=_listed(said.environments if said else None),
            groups=list(said.groups) if said else [],
            by=said.by if said else None,
            updated=said.updated if said else None,
        )


class Says(BaseModel):
    """All that holds of a role from now on."""

    model_config = ConfigDict(extra="forbid")

    actions: Texts = Field(default_factory=list, description="None: it only decides on approvals.")
    solutions: Texts | None = Field(None, description="Where it holds; by default everywhere.")
    environments: Texts | None = None
    groups: Texts = Field(default_factory=list, description="Names of groups that have it.")


@router.get("", responses={**example({"items": [ROLE], "cursor": None}), **answers()})
async def list_roles(services: Held, by: Reader) -> Page[Role]:
    """The built-in roles, and those of which your tenant says something."""
    kept = await asyncio.to_thread(services.stores.roles.list, by.tenant)
    said = {one.name: one for one in kept}
    names = [*ROLES, *sorted(said.keys() - ROLES.keys())]
    return Page(items=[Role.of(name, said.get(name)) for name in names], cursor=None)


@router.get("/{role}", responses={**example(ROLE), **answers("role.missing")})
async def get_role(services: Held, by: Reader, role: Name) -> Role:
    """One role."""
    said = await asyncio.to_thread(_said, services, by.tenant, role)
    if said is None and role not in ROLES:
        raise _missing(role)
    return Role.of(role, said)


@router.put(
    "/{role}",
    responses={
        **example(ROLE),
        **answers(
            "role.name", "role.built-in", "role.action", "role.rights", "role.too-many", *BODY
        ),
    },
    openapi_extra=takes(Says.model_json_schema(), SAID, required=True),
)
async def put_role(
    services: Held, by: Administrator, role: Name, says: Annotated[Says, Depends(model(Says))]
) -> Role:
    """Say what a role of your tenant may do where, or which groups have a built-in one, in place
    of what was said before.

    It never has more rights than you, and holds for the next request of whoever has it.
    """
    wanted = _wanted(role, says)
    own = await said_of(services.stores, by.tenant, by.roles)
    if not grantable(by, "user", [role], {**own, role: wanted}):
        raise Refused("role.rights", f"You cannot give people the rights of {role[:80]!r}.")
    kept = await asyncio.to_thread(services.stores.roles.put, by.tenant, wanted, by=by.id)
    return Role.of(role, kept)


@router.delete("/{role}", status_code=204, responses=answers("role.missing"))
async def delete_role(services: Held, by: Administrator, role: Name) -> None:
    """Say nothing of a role any more. A name of yours still decides on the approvals that policies
    ask it for; a built-in role is what it always was, of no group."""
    if len(role) > 100 or not await asyncio.to_thread(
        services.stores.roles.remove, by.tenant, role
    ):
        raise _missing(role)


def _wanted(role: str, says: Says) -> OwnRole:
    """Refused: role.name, role.built-in, role.action, role.rights."""
    if role in ROLES and (
        says.actions or says.solutions is not None or says.environments is not None
    ):
        message = f"What {role} may do is the same for everybody; only its groups are yours to say."
        raise Refused("role.built-in", message)
    if role in NEVER_BY_GROUP:
        raise Refused("role.rights", f"No group has the role {role}.")
    unknown = sorted(set(says.actions) - TENANT)
    if unknown:
        message = f"No tenant grants {unknown[0][:80]!r}, only {', '.join(sorted(TENANT))}."
        raise Refused("role.action", message, pointer="/actions")
    try:
        return _Named.model_validate({"name": role, **says.model_dump()})
    except ValidationError:
        message = "Names of roles are up to 100 letters, digits, and . _ @ + - behind the first."
        raise Refused("role.name", message) from None


class _Named(OwnRole):
    name: str = Field(pattern=NAME)


def _said(services: Services, tenant: str, role: str) -> RoleRecord | None:
    return services.stores.roles.get(tenant, role) if len(role) <= 100 else None


def _missing(role: str) -> Refused:
    return Refused("role.missing", f"Nothing is said of a role {role[:80]!r}.")


def _listed(values: tuple[str, ...] | None) -> list[str] | None:
    return None if values is None else list(values)
