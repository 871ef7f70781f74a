"""Signing somebody in: the authorization code flow of OpenID Connect, with PKCE."""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from public_works.egress import Egress, EgressResponse
from public_works.oidc.discovery import metadata, place
from symphainy.errors import Refused, Unavailable, Unsure

__all__ = ["Door", "asked_for", "door", "redeemed"]

OK = 200
LONGEST = 16 * 1024


class Door(NamedTuple):
    """Where a provider signs people in, and how a client asks it."""

    issuer: str
    authorization: str
    token: str
    basic: bool
    """Whether a client proves itself in a header; else in the form."""
    names_itself: bool
    """Whether its answers have `iss`, after RFC 9207."""


async def door(egress: Egress, issuer: str, patience: float) -> Door:
    """The way in at `issuer`, as it says now. Unavailable `issuer.unavailable`."""
    about = await metadata(egress, issuer, patience)
    ways = about.get("token_endpoint_auth_methods_supported")
    return Door(
        issuer,
        place(egress, issuer, about, "authorization_endpoint"),
        place(egress, issuer, about, "token_endpoint"),
        # OpenID Connect Discovery: without a list it is client_secret_basic.
        not isinstance(ways, list) or "client_secret_basic" in ways,
        about.get("authorization_response_iss_parameter_supported") is True,
    )


def asked_for(there: Door, verifier: str, asked: Mapping[str, str]) -> str:
    """The address that a browser goes to, which binds the code to whoever has `verifier`."""
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    query = urlencode(
        {
            **asked,
            "response_type": "code",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        },
        quote_via=quote,
    )
    return f"{there.authorization}{'&' if urlsplit(there.authorization).query else '?'}{query}"


async def redeemed(
    egress: Egress,
    there: Door,
    patience: float,
    *,
    code: str,
    verifier: str,
    redirect: str,
    client: str,
    secret: str | None,
) -> str:
    """The ID token that a provider gives for `code`, which nobody has verified yet.

    Refused `issuer.sign-in`, Unavailable `issuer.unavailable`.
    """
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect,
        "code_verifier": verifier,
    }
    headers = {
        "accept": "application/json",
        "content-type": "application/x-www-form-urlencoded",
    }
    if secret is not None and there.basic:
        headers["authorization"] = _basic(client, secret)
    else:
        form |= {"client_id": client} | ({"client_secret": secret} if secret is not None else {})
    content = urlencode(form).encode()
    try:
        answer = await egress.request(
            "POST", there.token, headers=headers, content=content, timeout=patience
        )
    except (Refused, Unavailable, Unsure) as error:
        message = f"{there.issuer[:200]} cannot be asked: {error.message}"
        raise Unavailable("issuer.unavailable", message) from None
    return _token(there, answer)


def _basic(client: str, secret: str) -> str:
    # RFC 6749, section 2.3.1: both are form-encoded first.
    pair = f"{quote(client, safe='')}:{quote(secret, safe='')}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


def _token(there: Door, answer: EgressResponse) -> str:
    try:
        found: Any = json.loads(answer.content)
    except (ValueError, RecursionError):
        found = None
    token = found.get("id_token") if isinstance(found, dict) and answer.status == OK else None
    if not isinstance(token, str) or len(token) > LONGEST:
        message = f"{there.issuer[:200]} gave no ID token, but {answer.status}."
        raise Refused("issuer.sign-in", message)
    return token
