"""Access tokens of OAuth 2 authorities: asked for, checked, and kept while they are good."""

import json
import re
import time
from base64 import b64encode, urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote_plus, urlencode

from public_works.authorization.clients import proof
from public_works.egress import Egress, EgressResponse
from symphainy.definition.authentication import OAuth2, OpenIdConnect
from symphainy.errors import Refused, Unavailable, Unsure
from symphainy.json import Json, canonical, digest_of

__all__ = ["Tokens"]

LASTS = 300.0
"""Seconds a token is kept of which the authority does not say how long it is good."""
SPARE = 10.0
"""Seconds before its end from which on a token is not used any more."""
MANY = 10_000
DISCOVERY = "/.well-known/openid-configuration"
BUSY = 429
BROKEN = 500
UNTOLD = re.compile(r"[^A-Za-z0-9_.-]")


@dataclass(frozen=True, slots=True)
class Token:
    value: str
    until: float


class Tokens:
    """Tokens by tenant and by what they were asked for with."""

    def __init__(self, egress: Egress) -> None:
        self._egress = egress
        self._kept: dict[tuple[str, str], Token] = {}

    async def token(self, tenant: str, given: OpenIdConnect, *, fresh: bool = False) -> str:
        """A token that is good now; `fresh` asks for one even if one is kept.

        Raises Refused (`authentication.token`, `authentication.grant`, `egress.…`) and
        Unavailable (`authentication.authority`): asking for a token changes nothing, so it may
        always be asked again.
        """
        key = (tenant, digest_of(canonical([type(given).__name__, given.model_dump(mode="json")])))
        kept = self._kept.get(key)
        if kept is not None and kept.until > time.monotonic() and not fresh:
            return kept.value
        token = await self._asked(given)
        if len(self._kept) >= MANY:
            self._kept.clear()
        self._kept[key] = token
        return token.value

    async def _asked(self, given: OpenIdConnect) -> Token:
        endpoint = await self._endpoint(given)
        form = {**_grant(given), **proof(given.client, endpoint, int(time.time()))}
        headers = {"accept": "application/json"}
        client = given.client
        if client and client.authentication == "client_secret_basic" and client.id:
            pair = f"{quote_plus(client.id)}:{quote_plus(client.secret or '')}"
            headers["authorization"] = "Basic " + b64encode(pair.encode()).decode()
        encoding = given.request.encoding if given.request else "application/x-www-form-urlencoded"
        headers["content-type"] = encoding
        answer = await self._ask("POST", endpoint, headers, _encoded(form, encoding))
        return _token(given, answer)

    async def _endpoint(self, given: OpenIdConnect) -> str:
        authority = given.authority.rstrip("/")
        if isinstance(given, OAuth2):
            path = given.endpoints.token if given.endpoints else "/oauth2/token"
            return path if "://" in path else f"{authority}/{path.lstrip('/')}"
        url = authority if authority.endswith(DISCOVERY) else authority + DISCOVERY
        told = _json(await self._ask("GET", url, {"accept": "application/json"}, None))
        endpoint = told.get("token_endpoint")
        if not isinstance(endpoint, str):
            raise Refused("authentication.token", f"{url[:200]} tells no token endpoint.")
        return endpoint

    async def _ask(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes | None
    ) -> EgressResponse:
        try:
            answer = await self._egress.request(
                method, url, headers=headers, content=content, timeout=15.0
            )
        except Unsure as silent:
            raise Unavailable("authentication.authority", silent.message) from None
        if answer.status == BUSY or answer.status >= BROKEN:
            message = f"The authority answered {answer.status}."
            raise Unavailable("authentication.authority", message)
        return answer


def _grant(given: OpenIdConnect) -> dict[str, Json]:
    form: dict[str, Json] = {"grant_type": given.grant}
    if given.scopes:
        form["scope"] = " ".join(given.scopes)
    if given.audiences:
        form["audience"] = list(given.audiences)
    if given.grant == "password":
        form |= {"username": given.username, "password": given.password}
    elif given.grant == "refresh_token":
        form["refresh_token"] = given.subject.token if given.subject else None
    elif given.grant == "authorization_code":
        message = "The grant authorization_code needs a person in front of a browser."
        raise Refused("authentication.grant", message)
    else:
        for role, one in (("subject", given.subject), ("actor", given.actor)):
            if one is not None:
                form |= {f"{role}_token": one.token, f"{role}_token_type": one.type}
    return {name: value for name, value in form.items() if value is not None}


def _encoded(form: Mapping[str, Json], encoding: str) -> bytes:
    if encoding == "application/json":
        return json.dumps(form).encode()
    return urlencode(form, doseq=True).encode()


def _token(given: OpenIdConnect, answer: EgressResponse) -> Token:
    told = _json(answer)
    if answer.status >= 300:
        reason = UNTOLD.sub("", str(told.get("error", "")))[:60]
        message = f"The authority gave no token: {answer.status} {reason}".rstrip() + "."
        raise Refused("authentication.token", message)
    value, kind = told.get("access_token"), told.get("token_type", "Bearer")
    if not isinstance(value, str) or not value or str(kind).lower() != "bearer":
        raise Refused("authentication.token", "The authority gave no bearer token.")
    if given.issuers and _issuer(value) not in given.issuers:
        message = "The token is of an issuer that `issuers` does not list."
        raise Refused("authentication.token", message)
    lasts = told.get("expires_in")
    seconds = float(lasts) if isinstance(lasts, int | float) else LASTS
    return Token(value, time.monotonic() + max(0.0, seconds - SPARE))


def _json(answer: EgressResponse) -> dict[str, Json]:
    try:
        told = json.loads(answer.content)
    except ValueError:
        told = None
    return told if isinstance(told, dict) else {}


def _issuer(token: str) -> str | None:
    """Who issued a token, if it tells; whether that is true is for its audience to verify."""
    try:
        claims = json.loads(urlsafe_b64decode(token.split(".")[1] + "=="))
    except (IndexError, ValueError):
        return None
    return claims.get("iss") if isinstance(claims, dict) else None
