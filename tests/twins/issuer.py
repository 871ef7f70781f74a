"""An OpenID provider that publishes keys, rotates them, signs what it is told to, and fails."""

import base64
import hashlib
import json
import secrets
import time
from dataclasses import dataclass, field
from threading import Event
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

from tests.twins.web import Answer, Asked

__all__ = ["AUDIENCE", "IssuerTwin", "key"]

AUDIENCE = "https://symphainy.acme.example"
Key = RSAKey | ECKey | OKPKey


def key(kid: str, kind: str = "EC") -> Key:
    """A private key of that name."""
    if kind == "RSA":
        return RSAKey.generate_key(2048, {"kid": kid})
    if kind == "OKP":
        return OKPKey.generate_key("Ed25519", {"kid": kid})
    return ECKey.generate_key("P-256", {"kid": kid})


@dataclass
class IssuerTwin:
    """One provider at one host: `site` answers for it."""

    host: str
    keys: list[Key] = field(default_factory=lambda: [key("one")])
    """Published all of them; tokens are signed with the last."""
    calls: Any = None
    """Its issuer as its metadata has it, if that is not true."""
    jwks: Any = None
    """What it publishes in place of its keys."""
    status: int = 200
    """Of all answers; 0 is hanging up."""
    silent: Event | None = None
    """No answer comes before this is set."""
    asked: list[str] = field(default_factory=list)
    clients: dict[str, str | None] = field(default_factory=dict)
    """Who may ask it to sign people in, and their secrets."""
    says: dict[str, Any] = field(default_factory=dict)
    """What its metadata say besides."""
    spoilt: dict[str, Any] = field(default_factory=dict)
    """What its ID tokens say in place of the truth."""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    """Codes it gave out, and what each was asked for with; each is good once."""

    @property
    def issuer(self) -> str:
        return f"https://{self.host}/realms/acme"

    def site(self, asked: Asked) -> Answer:
        """Metadata below the issuer, and keys."""
        self.asked.append(asked.path)
        if self.silent is not None:
            self.silent.wait(30)
        if self.status != 200:
            return Answer(self.status)
        if asked.path == "/realms/acme/.well-known/openid-configuration":
            here = f"https://{self.host}"
            about = {
                "issuer": self.calls or self.issuer,
                "jwks_uri": f"{here}/keys",
                "authorization_endpoint": f"{here}/authorize?prompt=login",
                "token_endpoint": f"{here}/token",
                **self.says,
            }
            return Answer(body=about)
        if asked.path == "/token":
            return self._redeems(asked)
        if asked.path == "/keys":
            published = {"keys": [one.as_dict(private=False) for one in self.keys]}
            return Answer(body=published if self.jwks is None else self.jwks)
        return Answer(404)

    def signs_in(self, url: str, **claims: Any) -> str:
        """Where it sends a browser back to that came to `url`, once somebody signed in."""
        query = dict(parse_qsl(urlsplit(url).query))
        if (query["response_type"], query["code_challenge_method"]) != ("code", "S256"):
            raise ValueError("only codes are given, and only to who proves to have asked")
        code = secrets.token_hex(8)
        self.codes[code] = {**query, "claims": json.dumps(claims)}
        back = urlencode({"code": code, "state": query["state"], "iss": self.issuer})
        return f"{query['redirect_uri']}?{back}"

    def _redeems(self, asked: Asked) -> Answer:
        form, known = asked.form, self.codes.pop(asked.form.get("code", ""), None)
        if known is None or asked.method != "POST" or not self._is_client(asked, known):
            return Answer(400, {"error": "invalid_grant"})
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        proof = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (proof, form["redirect_uri"]) != (known["code_challenge"], known["redirect_uri"]):
            return Answer(400, {"error": "invalid_grant"})
        claims = {"aud": known["client_id"], "nonce": known["nonce"]}
        said = {**claims, **json.loads(known["claims"]), **self.spoilt}
        token = self.token(header={"typ": None}, drop=("client_id",), **said)
        return Answer(body={"id_token": token, "access_token": "opaque", "token_type": "Bearer"})

    def _is_client(self, asked: Asked, known: dict[str, str]) -> bool:
        client, form = known["client_id"], asked.form
        kind, _, pair = asked.headers.get("authorization", "").partition(" ")
        if kind == "Basic":
            id, _, secret = base64.b64decode(pair).decode().partition(":")
            shown: tuple[str, str | None] = unquote(id), unquote(secret)
        else:
            shown = form.get("client_id", ""), form.get("client_secret")
        return client in self.clients and shown == (client, self.clients[client])

    def token(
        self,
        *,
        header: dict[str, Any] | None = None,
        signed: Key | None = None,
        drop: tuple[str, ...] = (),
        **claims: Any,
    ) -> str:
        """An access token after RFC 9068 for ada; `claims` replace what it says otherwise."""
        now = int(time.time())
        said = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "sub": "ada",
            "client_id": "console",
            "iat": now,
            "exp": now + 300,
            "jti": "t-1",
            "groups": ["operators"],
            **claims,
        }
        signing = signed or self.keys[-1]
        algorithm = {"EC": "ES256", "RSA": "RS256", "OKP": "Ed25519"}[signing.key_type]
        head = {"alg": algorithm, "typ": "at+jwt", "kid": signing.kid, **(header or {})}
        kept = {name: value for name, value in said.items() if name not in drop}
        wanted = {name: value for name, value in head.items() if value is not None}
        text: str = jwt.encode(wanted, kept, signing, algorithms=[wanted["alg"]])
        return text
