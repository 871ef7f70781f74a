"""How an OAuth 2 client proves to its authority that it is itself."""

from uuid import uuid4

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OctKey, OKPKey, RSAKey

from symphainy.definition.authentication import OAuth2Client
from symphainy.errors import Refused
from symphainy.json import Json

__all__ = ["proof"]

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LASTS = 60


def proof(client: OAuth2Client | None, endpoint: str, now: int) -> dict[str, Json]:
    """The members of a token request that name and prove the client.

    Of `client_secret_basic` there are none: its proof is a header. Raises Refused
    (`authentication.properties`).
    """
    if client is None or client.id is None:
        return {}
    if client.authentication == "none":
        return {"client_id": client.id}
    if client.authentication == "client_secret_basic":
        return {}
    if client.authentication == "client_secret_post":
        return {"client_id": client.id, "client_secret": client.secret}
    return {
        "client_id": client.id,
        "client_assertion_type": ASSERTION,
        "client_assertion": client.assertion or _assertion(client, endpoint, now),
    }


def _assertion(client: OAuth2Client, endpoint: str, now: int) -> str:
    """RFC 7523, section 2.2."""
    claims = {
        "iss": client.id,
        "sub": client.id,
        "aud": endpoint,
        "iat": now,
        "exp": now + LASTS,
        "jti": str(uuid4()),
    }
    try:
        key, algorithm = _key(client)
        return jwt.encode({"alg": algorithm}, claims, key, algorithms=[algorithm])
    except (ValueError, TypeError, JoseError):
        message = f"`client` cannot sign for {client.authentication}: its secret is no such key."
        raise Refused("authentication.properties", message) from None


def _key(client: OAuth2Client) -> tuple[Key, str]:
    secret = client.secret or ""
    if client.authentication == "client_secret_jwt":
        return OctKey.import_key(secret), "HS256"
    for kind, algorithm in ((RSAKey, "RS256"), (ECKey, "ES256"), (OKPKey, "EdDSA")):
        try:
            return kind.import_key(secret), algorithm
        except (ValueError, TypeError, JoseError):
            continue
    raise ValueError("no private key")
