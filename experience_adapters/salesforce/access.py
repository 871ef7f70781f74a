"""Whose org at Salesforce, and the tokens it gives."""

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from experience_adapters.exchange import accepts
from experience_adapters.json_api import Over, at, document, text_at
from public_works.authorization.tokens import Tokens
from public_works.egress import Egress
from symphainy.definition.authentication import OAuth2
from symphainy.delivery import SendResult
from symphainy.errors import Refused, Unavailable, Unsure
from symphainy.json import Json, digest

__all__ = ["endpoint_of", "token"]

_PATH = "/services/oauth2/token"
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_LASTS = 180
"""Seconds, the most that Salesforce takes of an assertion."""
_GOOD = 300.0
"""Seconds that a token is used for: Salesforce does not say how long it is good."""
_LOGIN = "https://login.salesforce.com"
# An adapter is made for each delivery; a token is good for many.
_TOKENS: "WeakKeyDictionary[Egress, Tokens]" = WeakKeyDictionary()
_SIGNED: "WeakKeyDictionary[Egress, dict[str, tuple[str, float]]]" = WeakKeyDictionary()


def endpoint_of(secret: Json, settings: Mapping[str, Json]) -> str:
    """The address of the org. Refused("secret.missing") where nobody says it."""
    found = settings.get("endpoint") or text_at(secret, "instanceUrl")
    if not isinstance(found, str):
        message = "Neither the binding's `endpoint` nor the secret's `instanceUrl` says the org."
        raise Refused("secret.missing", message)
    return found.rstrip("/")


async def token(egress: Egress, tenant: str, secret: Json, endpoint: str, *, fresh: bool) -> str:
    """A token for the org; asking for it is no write. Raises Over where Salesforce gives none."""
    given = text_at(secret, "accessToken")
    if given is not None:
        return given
    client = text_at(secret, "clientId")
    if client is None:
        raise Refused("secret.missing", "The secret has no `clientId`.")
    forbidden = accepts(egress, endpoint)
    if forbidden is not None:
        raise forbidden
    try:
        if text_at(secret, "privateKey") is not None:
            return await _signed(egress, tenant, secret, endpoint, fresh=fresh)
        asked = _credentials(client, text_at(secret, "clientSecret"), endpoint)
        tokens = _TOKENS.setdefault(egress, Tokens(egress))
        return await tokens.token(tenant, asked, fresh=fresh)
    except Refused as error:
        if not error.code.startswith("authentication."):
            raise
        raise Over(
            SendResult(outcome="rejected", code="delivery.credentials", detail=error.message)
        ) from error


def _credentials(client: str, secret: str | None, endpoint: str) -> OAuth2:
    if secret is None:
        message = "The secret has neither `clientSecret` nor `privateKey`."
        raise Refused("secret.missing", message)
    written: dict[str, Any] = {
        "authority": endpoint,
        "grant": "client_credentials",
        "endpoints": {"token": _PATH},
        "client": {"id": client, "secret": secret, "authentication": "client_secret_post"},
    }
    return OAuth2.model_validate(written)


async def _signed(egress: Egress, tenant: str, secret: Json, endpoint: str, *, fresh: bool) -> str:
    """The token that an assertion signed with the app's key is worth."""
    kept, name = _SIGNED.setdefault(egress, {}), digest([tenant, endpoint, secret])
    value, until = kept.get(name, ("", 0.0))
    if until > time.monotonic() and not fresh:
        return value
    form = {"grant_type": _GRANT, "assertion": _assertion(secret)}
    try:
        answer = await egress.request(
            "POST",
            endpoint + _PATH,
            headers={"content-type": "application/x-www-form-urlencoded"},
            content=urlencode(form).encode(),
            timeout=15.0,
        )
    except Unsure as error:
        raise Unavailable("authentication.authority", error.message) from error
    told = document(answer)
    found = text_at(told, "access_token")
    if answer.status >= 500 or answer.status == 429:
        raise Unavailable("authentication.authority", f"Salesforce answered {answer.status}.")
    if answer.status != 200 or found is None:
        reason = str(at(told, "error") or answer.status)[:60]
        raise Refused("authentication.token", f"Salesforce gave no token: {reason}.")
    kept[name] = found, time.monotonic() + _GOOD
    return found


def _assertion(secret: Json) -> str:
    claims = {
        "iss": text_at(secret, "clientId"),
        "sub": text_at(secret, "username"),
        "aud": text_at(secret, "loginUrl") or _LOGIN,
        "exp": int(time.time()) + _LASTS,
    }
    try:
        key = RSAKey.import_key(text_at(secret, "privateKey") or "")
        return jwt.encode({"alg": "RS256"}, claims, key)
    except (ValueError, TypeError, JoseError):
        message = "The secret's `privateKey` is no RSA key in PEM."
        raise Refused("authentication.properties", message) from None
