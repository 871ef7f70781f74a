"""What codes mean; open to everybody, since problems point here."""

from typing import Annotated

from fastapi import APIRouter, Path

from solution_api.openapi import answers
from solution_api.views import CodePage, Page
from symphainy.codes import CODES
from symphainy.errors import Refused

__all__ = ["router"]

router = APIRouter(prefix="/v1/codes", tags=["Platform"])


@router.get("", responses=answers(keyed=False))
async def list_codes() -> Page[CodePage]:
    """Every code that the platform can answer with."""
    return Page(items=[CodePage.model_validate(CODES[name]) for name in sorted(CODES)], cursor=None)


@router.get("/{code}", responses=answers("code.unknown", keyed=False))
async def get_code(
    code: Annotated[str, Path(examples=["solution.version-taken"])],
) -> CodePage:
    """What a code means and what to do about it."""
    known = CODES.get(code)
    if known is None:
        raise Refused("code.unknown", f"There is no code {code[:80]!r}.")
    return CodePage.model_validate(known)
