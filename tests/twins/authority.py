"""An authority that issues access tokens after checking who asks, and a site that wants them."""

import base64
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey, RSAKey

from tests.twins.web import Answer, Asked

__all__ = ["CLIENT", "SECRET", "Authority"]

CLIENT = "workflow-runtime"
SECRET = "authority-client-secret-0123456789"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"


@dataclass
class Authority:
    """OAuth 2 and OpenID Connect at one host: `site` answers for it."""

    host: str
    lasts: int = 3600
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048))
    issued: list[dict[str, Any]] = field(default_factory=list)
    """Each request for a token that was granted."""
    good: set[str] = field(default_factory=set)
    """Tokens that the protected site takes."""

    @property
    def issuer(self) -> str:
        return f"https://{self.host}"

    def forget(self) -> None:
        """Revoke every token there is."""
        self.good.clear()

    def site(self, asked: Asked) -> Answer:
        """Tokens at `/oauth2/token` and `/connect/token`, metadata, `/protected`."""
        if asked.path == "/.well-known/openid-configuration":
            endpoint = f"{self.issuer}/connect/token"
            return Answer(body={"issuer": self.issuer, "token_endpoint": endpoint})
        if asked.path in ("/oauth2/token", "/connect/token"):
            return self._token(asked)
        scheme, _, token = asked.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or token not in self.good:
            return Answer(401, headers={"www-authenticate": "Bearer"})
        return Answer(body={"welcome": CLIENT, "path": asked.path})

    def _token(self, asked: Asked) -> Answer:
        form = asked.form
        if not self._proven(asked, form):
            return Answer(401, {"error": "invalid_client"})
        if not _granted(form):
            return Answer(400, {"error": "invalid_grant"})
        self.issued.append(form)
        claims = {"iss": self.issuer, "sub": CLIENT, "n": len(self.issued)}
        token = jwt.encode({"alg": "RS256"}, claims, self.key)
        self.good.add(token)
        told = {"access_token": token, "token_type": "Bearer", "expires_in": self.lasts}
        return Answer(body=told)

    def _proven(self, asked: Asked, form: dict[str, Any]) -> bool:
        header = asked.headers.get("authorization", "")
        if header.startswith("Basic "):
            pair = base64.b64decode(header[6:]).decode().split(":")
            return [unquote_plus(one) for one in pair] == [CLIENT, SECRET]
        if form.get("client_assertion_type") == ASSERTION:
            return self._asserted(asked, form["client_assertion"])
        return (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)

    def _asserted(self, asked: Asked, assertion: str) -> bool:
        for key, algorithm in ((OctKey.import_key(SECRET), "HS256"), (self.key, "RS256")):
            try:
                claims = jwt.decode(assertion, key, algorithms=[algorithm]).claims
            except JoseError:
                continue
            return bool(claims["sub"] == CLIENT and claims["aud"] == self.issuer + asked.path)
        return False


def _granted(form: dict[str, Any]) -> bool:
    grant = form.get("grant_type")
    if grant == "password":
        return (form.get("username"), form.get("password")) == ("ada", "ada-password")
    if grant == "refresh_token":
        return form.get("refresh_token") == "a-refresh-token"
    if grant == EXCHANGE:
        return form.get("subject_token") == "a-subject-token"
    return grant == "client_credentials"
