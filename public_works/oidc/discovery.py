"""What an OpenID provider publishes: where its doors are, and which keys are its own."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from public_works.egress import Egress, EgressResponse
from symphainy.errors import Refused, Unavailable, Unsure

__all__ = ["metadata", "place", "published"]

WELL_KNOWN = "/.well-known/openid-configuration"
OK = 200


async def metadata(egress: Egress, issuer: str, patience: float) -> dict[str, Any]:
    """What `issuer` says of itself; its answer may take `patience` seconds.

    Unavailable `issuer.unavailable`.
    """
    about = await _document(egress, issuer, patience, issuer.rstrip("/") + WELL_KNOWN)
    # OpenID Connect Discovery 1.0, section 4.3; without it one provider could speak for another.
    if about.get("issuer") != issuer:
        raise _down(issuer, "its metadata is of another issuer")
    return about


def place(egress: Egress, issuer: str, about: Mapping[str, Any], name: str) -> str:
    """The address that metadata give under `name`. Unavailable `issuer.unavailable`."""
    found = about.get(name)
    if not isinstance(found, str):
        raise _down(issuer, f"its metadata names no {name}")
    _reached_safely(egress, issuer, found)
    return found


async def published(egress: Egress, issuer: str, patience: float) -> list[dict[str, Any]]:
    """The keys of `issuer` as it publishes them now; each answer may take `patience` seconds.

    Unavailable `issuer.unavailable`, whatever it is that cannot be had: a token may be good, and
    nobody can tell.
    """
    about = await metadata(egress, issuer, patience)
    where = place(egress, issuer, about, "jwks_uri")
    found = (await _document(egress, issuer, patience, where)).get("keys")
    if not isinstance(found, list):
        raise _down(issuer, "its keys are none")
    return [one for one in found if isinstance(one, dict)]


async def _document(egress: Egress, issuer: str, patience: float, url: str) -> dict[str, Any]:
    _reached_safely(egress, issuer, url)
    answer = await _asked(egress, issuer, patience, url)
    if answer.status != OK:
        raise _down(issuer, f"it answered {answer.status}")
    try:
        found = json.loads(answer.content)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise _down(issuer, "it did not answer with a JSON object")
    return found


def _reached_safely(egress: Egress, issuer: str, url: str) -> None:
    try:
        safe = urlsplit(url).scheme == "https" or egress.listed(url)
    except ValueError:
        safe = False
    if not safe:
        raise _down(issuer, "it is not asked over https")


async def _asked(egress: Egress, issuer: str, patience: float, url: str) -> EgressResponse:
    try:
        return await egress.request(
            "GET", url, headers={"accept": "application/json"}, timeout=patience
        )
    except (Refused, Unavailable, Unsure) as error:
        raise _down(issuer, error.message) from None


def _down(issuer: str, why: str) -> Unavailable:
    return Unavailable("issuer.unavailable", f"The keys of {issuer[:200]} cannot be had: {why}")
