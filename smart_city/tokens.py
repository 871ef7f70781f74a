"""Rules on access tokens after RFC 9068: whom one is about, and what it lets them do."""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any, Literal, NamedTuple

from smart_city.scope import EVERYWHERE, Scope
from smart_city.trust import Marker, RoleClaim, TrustedIssuer
from symphainy.errors import Refused

__all__ = [
    "ALGORITHMS",
    "SCOPES",
    "SKEW",
    "Bearer",
    "Head",
    "head",
    "looks_like_one",
    "named",
    "read",
]

ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}
    | {"ES256", "ES384", "ES512", "EdDSA", "Ed25519"}
)
"""Asymmetric all of them: a public key is no secret to be keyed with."""
KINDS = frozenset({"at+jwt", "application/at+jwt"})
OFFERED_KEYS = frozenset({"jku", "jwk", "x5u", "x5c"})
"""Headers by which a token would bring the key that it is to be believed by."""
LONGEST = 16 * 1024
SKEW = 30
"""Seconds that clocks may differ by."""
SHAPE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
OPAQUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.|-]{0,79}")
PREFIX = "symphainy:"
SCOPES = ("read", "write", "solution:<name>", "endpoint:<experience>", "environment:<name>")
"""What stands behind `symphainy:` in the scope of a token."""


class Head(NamedTuple):
    """What a token says of itself before anybody has reason to believe it."""

    algorithm: str
    kid: str | None
    issuer: str
    audience: tuple[str, ...]


class Bearer(NamedTuple):
    """What a verified token says of whoever shows it."""

    kind: Literal["user", "service", "agent"]
    subject: str
    """Whom it is about: a user, a service, or an agent that acts by itself."""
    agent: str | None
    """Who acts for the subject."""
    roles: frozenset[str]
    """Of the subject."""
    agent_roles: frozenset[str]
    environment: str
    scope: Scope
    person: str | None = None
    """What SCIM may know the subject by, if that is a person."""


def looks_like_one(text: str) -> bool:
    """Whether `text` has the form of a signed token."""
    return SHAPE.fullmatch(text) is not None


def head(text: str) -> Head:
    """What the token `text` says of itself. Refused `token.malformed`, `token.kind`."""
    if len(text) > LONGEST or not looks_like_one(text):
        raise _malformed("it is not a signed token of at most 16 KiB")
    first, second, _ = text.split(".")
    said, claims = _object(first), _object(second)
    algorithm, kid = said.get("alg"), said.get("kid")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise Refused("token.kind", "The token is not signed with one of the algorithms allowed.")
    kind = said.get("typ")
    if not isinstance(kind, str) or kind.lower() not in KINDS:
        message = "The token is no access token after RFC 9068: its `typ` is not at+jwt."
        raise Refused("token.kind", message)
    brought = sorted(OFFERED_KEYS & said.keys())
    if brought or "crit" in said or said.get("b64", True) is not True:
        raise Refused("token.kind", f"The token's header has {(brought or ['crit'])[0]!r}.")
    if kid is not None and not isinstance(kid, str):
        raise _malformed("its `kid` is no text")
    return Head(algorithm, kid, _text(claims, "iss"), _audience(claims))


def read(claims: Mapping[str, Any], trusted: TrustedIssuer, *, now: float) -> Bearer:
    """What the claims of a token say whose signature was verified with a key of that issuer.

    Refused: token.claims, token.issuer, token.audience, token.expired, token.agent, token.scope.
    """
    if _text(claims, "iss") != trusted.issuer:
        raise Refused("token.issuer", "The token is of another issuer than its key.")
    if trusted.audience not in _audience(claims):
        raise Refused("token.audience", "The token is meant for somebody else.")
    _timely(claims, now)
    _required(claims, trusted)
    subject, client = _text(claims, "sub"), _text(claims, "client_id")
    roles = _roles(claims, trusted.roles)
    agent = _agent(claims, trusted, client)
    if agent is not None and agent not in trusted.agents:
        raise Refused("token.agent", "The tenant knows no such agent.")
    environment, scope = _limits(claims, trusted)
    own = frozenset(trusted.agents.get(agent or "", ()))
    if agent == subject and "act" not in claims:
        return Bearer("agent", subject, None, roles | own, own, environment, scope)
    person = _person(claims, trusted)
    if agent is not None:
        return Bearer("agent", subject, agent, roles, own, environment, scope, person)
    if subject == client or _marked(claims, trusted.service):
        mine = roles | frozenset(trusted.clients.get(client, ()))
        return Bearer("service", subject, None, mine, frozenset(), environment, scope)
    return Bearer("user", subject, None, roles, frozenset(), environment, scope, person)


def named(provider: str, subject: str) -> str:
    """The id of a principal whom nobody but that provider knows: opaque, no personal data."""
    opaque = OPAQUE.fullmatch(subject) is not None
    digest = hashlib.sha256(subject.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{provider}:{subject if opaque else digest[:32]}"


def _timely(claims: Mapping[str, Any], now: float) -> None:
    expires, issued = _number(claims, "exp"), _number(claims, "iat")
    if now >= expires + SKEW:
        raise Refused("token.expired", "The token has expired.")
    begins = _number(claims, "nbf") if "nbf" in claims else issued
    if max(begins, issued) > now + SKEW:
        raise Refused("token.expired", "The token is not good yet.")


def _required(claims: Mapping[str, Any], trusted: TrustedIssuer) -> None:
    for claim, value in trusted.require.items():
        if value not in _values(claims, claim):
            raise Refused("token.claims", f"The token's {claim!r} is not what the tenant asks for.")


def _person(claims: Mapping[str, Any], trusted: TrustedIssuer) -> str | None:
    if trusted.people == "strangers":
        return None
    found = sorted(_values(claims, trusted.person))
    if len(found) != 1 and trusted.person != "sub":
        raise Refused("token.claims", f"The token has no {trusted.person!r}.")
    return found[0] if found else None


def _agent(claims: Mapping[str, Any], trusted: TrustedIssuer, client: str) -> str | None:
    """Who acts, if it is somebody else than whom the token is about, or an agent."""
    if "act" in claims:
        acting = claims["act"]
        # Whoever acted before, deeper in the object, has no say after RFC 8693.
        return _text(acting if isinstance(acting, dict) else {}, "sub")
    return client if _marked(claims, trusted.agent) else None


def _marked(claims: Mapping[str, Any], marker: Marker | None) -> bool:
    return marker is not None and not _values(claims, marker.claim).isdisjoint(marker.values)


def _roles(claims: Mapping[str, Any], mapped: RoleClaim | None) -> frozenset[str]:
    if mapped is None:
        return frozenset()
    found = _values(claims, mapped.claim)
    return frozenset(role for value in found for role in mapped.values.get(value, ()))


def _values(claims: Mapping[str, Any], name: str) -> frozenset[str]:
    """The texts in a claim, which is a text or a list of them; a dot goes into an object."""
    found: Any = claims.get(name)
    if found is None:
        found = claims
        for part in name.split("."):
            found = found.get(part) if isinstance(found, dict) else None
    every: Iterable[Any] = found if isinstance(found, list) else (found,)
    return frozenset(one for one in every if isinstance(one, str))


def _limits(claims: Mapping[str, Any], trusted: TrustedIssuer) -> tuple[str, Scope]:
    given = claims.get("scope", "")
    if not isinstance(given, str):
        raise Refused("token.scope", "The token's `scope` is no text.")
    asked = [one.removeprefix(PREFIX) for one in given.split() if one.startswith(PREFIX)]
    parts = [one.partition(":") for one in asked]
    known = {"solution", "endpoint", "environment"}
    for name, colon, value in parts:
        plain = name in ("read", "write") and not colon
        if not plain and not (name in known and value):
            raise Refused("token.scope", f"The token's scope has {PREFIX + name!r}, which is none.")
    scope = Scope(
        solutions=_limited(parts, "solution"),
        endpoints=_limited(parts, "endpoint"),
        read_only="read" in asked and "write" not in asked,
    )
    return _environment(trusted, _limited(parts, "environment") or ()), scope


def _limited(parts: Iterable[tuple[str, str, str]], name: str) -> tuple[str, ...] | None:
    return tuple(value for one, _, value in parts if one == name)[:100] or None


def _environment(trusted: TrustedIssuer, asked: tuple[str, ...]) -> str:
    """Where a token is good: a scope narrows what is said of the issuer, and never widens it."""
    every = {*asked, trusted.environment} - {EVERYWHERE}
    if len(every) > 1:
        raise Refused("token.scope", "The token is for other environments than its issuer.")
    return every.pop() if every else EVERYWHERE


def _audience(claims: Mapping[str, Any]) -> tuple[str, ...]:
    found = claims.get("aud")
    every = found if isinstance(found, list) else [found]
    return tuple(one for one in every if isinstance(one, str))


def _text(claims: Mapping[str, Any], name: str) -> str:
    found = claims.get(name)
    if not isinstance(found, str) or not 0 < len(found) <= 500:
        raise Refused("token.claims", f"The token has no {name!r}.")
    return found


def _number(claims: Mapping[str, Any], name: str) -> float:
    found = claims.get(name)
    # JSON as Python reads it has infinity, which would never expire.
    if isinstance(found, bool) or not isinstance(found, int | float) or not isfinite(found):
        raise Refused("token.claims", f"The token has no {name!r}.")
    return found


def _object(part: str) -> dict[str, Any]:
    try:
        raw = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
        found = json.loads(raw)
    except (binascii.Error, ValueError, RecursionError):
        raise _malformed("it cannot be read") from None
    if not isinstance(found, dict):
        raise _malformed("it cannot be read")
    return found


def _malformed(why: str) -> Refused:
    return Refused("token.malformed", f"This is no access token: {why}.")
