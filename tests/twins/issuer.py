"""An OpenID provider that publishes keys, rotates them, signs what it is told to, and fails."""

import time
from dataclasses import dataclass, field
from threading import Event
from typing import Any

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
            about = {"issuer": self.calls or self.issuer, "jwks_uri": f"https://{self.host}/keys"}
            return Answer(body=about)
        if asked.path == "/keys":
            published = {"keys": [one.as_dict(private=False) for one in self.keys]}
            return Answer(body=published if self.jwks is None else self.jwks)
        return Answer(404)

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
