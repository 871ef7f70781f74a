"""Reading what a token claims, whoever signed it."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeGuard

from symphainy.errors import Refused

__all__ = ["SKEW", "audience", "moment", "number", "text", "timely", "values"]

SKEW = 30
"""Seconds that clocks may differ by."""
MOST = 1e15
"""Seconds: no moment is later, and no integer so large that it is no float."""
Claims = Mapping[str, Any]


def text(claims: Claims, name: str) -> str:
    """A claim that has to be some text. Refused `token.claims`."""
    found = claims.get(name)
    if not isinstance(found, str) or not 0 < len(found) <= 500:
        raise Refused("token.claims", f"The token has no {name!r}.")
    return found


def number(claims: Claims, name: str) -> float:
    """A claim that has to be a number. Refused `token.claims`."""
    found: Any = claims.get(name)
    if not moment(found):
        raise Refused("token.claims", f"The token has no {name!r}.")
    return found


def moment(said: Any) -> TypeGuard[int | float]:
    """Whether it is a number that can be a moment."""
    # JSON as Python reads it has infinity, which would never expire.
    return isinstance(said, int | float) and not isinstance(said, bool) and -MOST < said < MOST


def values(claims: Claims, name: str) -> frozenset[str]:
    """The texts in a claim, which is a text or a list of them; a dot goes into an object."""
    found: Any = claims.get(name)
    if found is None:
        found = claims
        for part in name.split("."):
            found = found.get(part) if isinstance(found, dict) else None
    every: Iterable[Any] = found if isinstance(found, list) else (found,)
    return frozenset(one for one in every if isinstance(one, str))


def audience(claims: Claims) -> tuple[str, ...]:
    """Whom a token is meant for."""
    found = claims.get("aud")
    every = found if isinstance(found, list) else [found]
    return tuple(one for one in every if isinstance(one, str))


def timely(claims: Claims, now: float, longest: float) -> None:
    """Return if the token is good now, and never for more than `longest` seconds.

    Refused: token.claims, token.expired, token.lifetime.
    """
    expires, issued = number(claims, "exp"), number(claims, "iat")
    if now >= expires + SKEW:
        raise Refused("token.expired", "The token has expired.")
    begins = number(claims, "nbf") if "nbf" in claims else issued
    if max(begins, issued) > now + SKEW:
        raise Refused("token.expired", "The token is not good yet.")
    if expires - issued > longest:
        message = f"The token is good for more than the {longest:g} seconds that the tenant allows."
        raise Refused("token.lifetime", message)
