"""Rules on access tokens after RFC 9068: whom one is about, and what it lets them do."""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

from smart_city.claims import audience, text, timely, values
from smart_city.scope import EVERYWHERE, Scope
from smart_city.step_up import signed_in_well
from smart_city.trust import Marker, RoleClaim, TrustedIssuer
from symphainy.errors import Refused

__all__ = [
    "ALGORITHMS",
    "SCOPES",
    "Bearer",
    "Head",
    "head",
    "looks_like_one",
    "named",
    "person_of",
    "read",
    "required",
    "roles_of",
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
SHAPE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
DIGEST = re.compile(r"[0-9a-f]{32}")
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
    strong: bool = True
    """Whether the subject signed in as the tenant asks for where more than a password is needed."""


def looks_like_one(shown: str) -> bool:
    """Whether `shown` has the form of a signed token."""
    return SHAPE.fullmatch(shown) is not None


def head(shown: str, kinds: frozenset[str] = KINDS) -> Head:
    """What the token `shown` says of itself. Refused `token.malformed`, `token.kind`."""
    if len(shown) > LONGEST or not looks_like_one(shown):
        raise _malformed("it is not a signed token of at most 16 KiB")
    first, second, _ = shown.split(".")
    said, claims = _object(first), _object(second)
    algorithm, kid = said.get("alg"), said.get("kid")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise Refused("token.kind", "The token is not signed with one of the algorithms allowed.")
    kind = said.get("typ", "")
    if not isinstance(kind, str) or kind.lower() not in kinds:
        message = f"The token's `typ` is not {' or '.join(sorted(filter(None, kinds)))}."
        raise Refused("token.kind", message)
    brought = sorted(OFFERED_KEYS & said.keys())
    if brought or "crit" in said or said.get("b64", True) is not True:
        raise Refused("token.kind", f"The token's header has {(brought or ['crit'])[0]!r}.")
    if kid is not None and not isinstance(kid, str):
        raise _malformed("its `kid` is no text")
    return Head(algorithm, kid, text(claims, "iss"), audience(claims))


def read(claims: Mapping[str, Any], trusted: TrustedIssuer, *, now: float) -> Bearer:
    """What the claims of a token say whose signature was verified with a key of that issuer.

    Refused: token.claims, token.issuer, token.audience, token.expired, token.lifetime,
    token.agent, token.scope.
    """
    if text(claims, "iss") != trusted.issuer:
        raise Refused("token.issuer", "The token is of another issuer than its key.")
    if trusted.audience not in audience(claims):
        raise Refused("token.audience", "The token is meant for somebody else.")
    timely(claims, now, trusted.max_token_age)
    required(claims, trusted)
    subject, client = text(claims, "sub"), text(claims, "client_id")
    roles = roles_of(claims, trusted.roles)
    agent = _agent(claims, trusted, client)
    if agent is not None and agent not in trusted.agents:
        raise Refused("token.agent", "The tenant knows no such agent.")
    environment, scope = _limits(claims, trusted)
    own = frozenset(trusted.agents.get(agent or "", ()))
    if agent == subject and "act" not in claims:
        return Bearer("agent", subject, None, roles | own, own, environment, scope)
    if agent is None and (subject == client or _marked(claims, trusted.service)):
        mine = roles | frozenset(trusted.clients.get(client, ()))
        return Bearer("service", subject, None, mine, frozenset(), environment, scope)
    strong, person = signed_in_well(claims, trusted.step_up, now=now), person_of(claims, trusted)
    kind: Literal["user", "agent"] = "user" if agent is None else "agent"
    return Bearer(kind, subject, agent, roles, own, environment, scope, person, strong)


def named(provider: str, subject: str) -> str:
    """The id of a principal whom nobody but that provider knows: opaque, no personal data."""
    # What looks like a digest is digested, or one could call oneself by that of somebody else.
    opaque = OPAQUE.fullmatch(subject) and not DIGEST.fullmatch(subject)
    digest = hashlib.sha256(subject.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{provider}:{subject if opaque else digest[:32]}"


def required(claims: Mapping[str, Any], trusted: TrustedIssuer) -> None:
    """Return if the token says what the tenant requires. Refused `token.claims`."""
    for claim, value in trusted.require.items():
        if value not in values(claims, claim):
            raise Refused("token.claims", f"The token's {claim!r} is not what the tenant asks for.")


def person_of(claims: Mapping[str, Any], trusted: TrustedIssuer) -> str | None:
    """What SCIM may know whom a token is about by. Refused `token.claims`."""
    if trusted.people == "strangers":
        return None
    # Some providers write it as a text.
    if trusted.person == "email" and claims.get("email_verified", True) not in (True, "true"):
        raise Refused("token.claims", "The provider does not vouch for the token's 'email'.")
    found = sorted(values(claims, trusted.person))
    if len(found) != 1 and trusted.person != "sub":
        raise Refused("token.claims", f"The token has no {trusted.person!r}.")
    return found[0] if found else None


def _agent(claims: Mapping[str, Any], trusted: TrustedIssuer, client: str) -> str | None:
    """Who acts, if it is somebody else than whom the token is about, or an agent."""
    if "act" in claims:
        acting = claims["act"]
        # Whoever acted before, deeper in the object, has no say after RFC 8693.
        return text(acting if isinstance(acting, dict) else {}, "sub")
    return client if _marked(claims, trusted.agent) else None


def _marked(claims: Mapping[str, Any], marker: Marker | None) -> bool:
    return marker is not None and not values(claims, marker.claim).isdisjoint(marker.values)


def roles_of(claims: Mapping[str, Any], mapped: RoleClaim | None) -> frozenset[str]:
    """The roles that a claim gives."""
    if mapped is None:
        return frozenset()
    found = values(claims, mapped.claim)
    return frozenset(role for value in found for role in mapped.values.get(value, ()))


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
