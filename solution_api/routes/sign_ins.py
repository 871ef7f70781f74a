"""Sign-ins: the browsers in which people of the tenant are signed in, and ending that."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import AwareDatetime, Field

from solution_api.auth import Administrator, Held
from solution_api.openapi import answers, example
from solution_api.views import Page, View
from symphainy.errors import Refused
from symphainy.json import Json

__all__ = ["router"]

router = APIRouter(prefix="/v1/sign-ins", tags=["Issuers"])

SHOWN: dict[str, Json] = {
    "id": "0123456789abcdef",
    "issuer": "corp",
    "key": None,
    "principal": "corp:ada",
    "created": "2026-11-22T09:30:00Z",
    "seen": "2026-11-22T10:00:00Z",
    "expires": "2026-11-22T17:30:00Z",
}
Id = Annotated[
    str, Path(description="The sign-in's id.", examples=["0123456789abcdef"], max_length=200)
]


class Shown(View):
    """A browser in which somebody is signed in."""

    id: str
    issuer: str = Field(
        description="By which issuer, as the tenant calls it; empty for a key, or the link that "
        "the platform printed."
    )
    key: str | None = Field(description="The id of the API key it was bought with.")
    principal: str = Field(description="Who: the id of a person, or what the issuer knows them by.")
    created: AwareDatetime
    seen: AwareDatetime = Field(description="When it came last, to the minute.")
    expires: AwareDatetime = Field(description="When they sign in anew at the latest.")


@router.get("", responses={**example({"items": [SHOWN], "cursor": None}), **answers()})
async def list_sign_ins(services: Held, by: Administrator) -> Page[Shown]:
    """Every browser in which somebody of the tenant is signed in, newest first.

    People see their own, and end them, at `/sign-in`.
    """
    found = await asyncio.to_thread(services.stores.sign_ins.list, by.tenant)
    return Page(items=[Shown.model_validate(one) for one in found], cursor=None)


@router.delete("/{sign_in}", status_code=204, responses=answers("sign-in.missing"))
async def end_sign_in(services: Held, by: Administrator, sign_in: Id) -> None:
    """Sign a browser out at once."""
    if not await asyncio.to_thread(services.stores.sign_ins.end, by.tenant, sign_in):
        raise Refused("sign-in.missing", f"Nobody is signed in as {sign_in[:80]!r}.")
