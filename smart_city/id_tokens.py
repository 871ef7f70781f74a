"""Rules on ID tokens after OpenID Connect: who signed in, as a client of ours is told."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from smart_city.claims import audience, text, timely
from smart_city.tokens import person_of, required, roles_of
from smart_city.trust import TrustedIssuer
from symphainy.errors import Refused

__all__ = ["KINDS", "Arrival", "arrival"]

KINDS = frozenset({"", "jwt"})
"""What `typ` is; most providers say nothing."""
LONGEST = 366 * 86_400
"""Seconds: the token is looked at once, and how long a sign-in lasts is ours to say."""
HOW = ("acr", "amr", "auth_time")


class Arrival(NamedTuple):
    """Who signed in, and how."""

    subject: str
    person: str | None
    """What SCIM may know them by."""
    roles: frozenset[str]
    how: Mapping[str, Any]


def arrival(
    claims: Mapping[str, Any], trusted: TrustedIssuer, *, nonce: str, now: float
) -> Arrival:
    """What the claims of an ID token say whose signature was verified with a key of that issuer,
    and that was asked for with `nonce`.

    Refused: token.claims, token.issuer, token.audience, token.expired, token.nonce, token.agent.
    """
    client = trusted.sign_in.client if trusted.sign_in else ""
    if text(claims, "iss") != trusted.issuer:
        raise Refused("token.issuer", "The token is of another issuer than its key.")
    meant = audience(claims)
    party = claims.get("azp", client if meant == (client,) else None)
    if client not in meant or party != client:
        raise Refused("token.audience", "The token is meant for another client.")
    timely(claims, now, LONGEST)
    if claims.get("nonce") != nonce:
        raise Refused("token.nonce", "The token answers another question than this browser's.")
    required(claims, trusted)
    if "act" in claims:
        raise Refused("token.agent", "Only people sign in at pages.")
    how = MappingProxyType({name: claims[name] for name in HOW if name in claims})
    roles = roles_of(claims, trusted.roles)
    return Arrival(text(claims, "sub"), person_of(claims, trusted), roles, how)
