"""What an OpenID provider publishes: where its keys are, and which they are."""

import json
from typing import Any
from urllib.parse import urlsplit

from public_works.egress import Egress, EgressResponse
from symphainy.errors import Refused, Unavailable, Unsure

__all__ = ["published"]

WELL_KNOWN = "/.well-known/openid-configuration"
OK = 200


async def published(egress: Egress, issuer: str, patience: float) -> list[dict[str, Any]]:
    """The keys of `issuer` as it publishes them now; each answer may take `patience` seconds.

    Unavailable `issuer.unavailable`, whatever it is that cannot be had: a token may be good, and
    nobody can tell.
    """
    about = await _document(egress, issuer, patience, issuer.rstrip("/") + WELL_KNOWN)
    # OpenID Connect Discovery 1.0, section 4.3; without it one provider could speak for another.
    if about.get("issuer") != issuer:
        raise _down(issuer, "its metadata is of another issuer")
    place = about.get("jwks_uri")
    if not isinstance(place, str):
        raise _down(issuer, "its metadata names no keys")
    found = (await _document(egress, issuer, patience, place)).get("keys")
    if not isinstance(found, list):
        raise _down(issuer, "its keys are none")
    return [one for one in found if isinstance(one, dict)]


async def _document(egress: Egress, issuer: str, patience: float, url: str) -> dict[str, Any]:
    if urlsplit(url).scheme != "https" and not egress.listed(url):
        raise _down(issuer, "it is not asked over https")
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


async def _asked(egress: Egress, issuer: str, patience: float, url: str) -> EgressResponse:
    try:
        return await egress.request(
            "GET", url, headers={"accept": "application/json"}, timeout=patience
        )
    except (Refused, Unavailable, Unsure) as error:
        raise _down(issuer, error.message) from None


def _down(issuer: str, why: str) -> Unavailable:
    return Unavailable("issuer.unavailable", f"The keys of {issuer[:200]} cannot be had: {why}")
