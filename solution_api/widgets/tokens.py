"""Tokens of widgets: what a page may do for one customer, for five minutes."""

import hmac
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, get_args
from uuid import uuid4

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from pydantic import BaseModel, ConfigDict, ValidationError

from symphainy.errors import Refused
from symphainy.session import Address

__all__ = ["LIFE", "SCOPES", "Scope", "WidgetToken", "WidgetTokens"]

Scope = Literal["chat", "status", "preferences", "form"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
LIFE = timedelta(minutes=5)
LONGEST = 8192
ALGORITHM = "HS256"


class WidgetToken(BaseModel):
    """Who looks at a page, where that page is, and what it may do for them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tenant: str
    session: str
    """Id of the session; whose it is, with which solution, and where it runs, is in it."""
    origin: str
    scopes: tuple[Scope, ...]
    runs: tuple[str, ...] = ()
    """Runs that may be looked at beside the customer's own."""
    intents: tuple[str, ...] = ()
    """What forms may submit."""
    approvals: tuple[str, ...] = ()
    """What may be decided."""
    expires: datetime | None = None
    """When it ends; set by `redeem`."""
    roles: tuple[str, ...] = ()
    """What the one who decides is; never more than whoever bought the token."""

    @property
    def address(self) -> Address:
        """The session."""
        return Address.of(self.session)


class WidgetTokens:
    """Issues and checks tokens; `secret` is the installation's pepper."""

    def __init__(self, secret: bytes) -> None:
        # Derived, so that a token's signature is never also another thing's.
        self._key = OctKey.import_key(hmac.digest(secret, b"symphainy.widget.v1", "sha256"))

    def issue(self, token: WidgetToken, *, now: datetime | None = None) -> tuple[str, datetime]:
        """`token` as a JWT, and when it expires."""
        issued = now or datetime.now(UTC)
        expires = issued + LIFE
        claims = {
            "iss": "symphainy",
            "aud": "widget",
            "sub": token.session,
            "jti": uuid4().hex,
            "iat": int(issued.timestamp()),
            "exp": int(expires.timestamp()),
            "origin": token.origin,
            "scope": " ".join(token.scopes),
            "sym": token.model_dump(
                mode="json", exclude={"session", "origin", "scopes", "expires"}
            ),
        }
        return jwt.encode({"alg": ALGORITHM}, claims, self._key), expires

    def redeem(self, text: str, origin: str | None, *, now: datetime | None = None) -> WidgetToken:
        """The token, shown by a page of `origin`.

        Refused: widget.token, widget.expired, widget.origin.
        """
        claims = self._claims(text)
        if claims.get("origin") != origin:
            told = f"The token is for pages of {claims.get('origin')}, this one is of {origin}."
            raise Refused("widget.origin", told)
        if int(claims["exp"]) <= (now or datetime.now(UTC)).timestamp():
            raise Refused("widget.expired", "The token's five minutes are over.")
        try:
            return WidgetToken.model_validate(
                {
                    **claims["sym"],
                    "session": claims["sub"],
                    "origin": origin,
                    "scopes": claims["scope"].split(),
                    "expires": datetime.fromtimestamp(claims["exp"], UTC),
                }
            )
        except ValidationError:
            raise Refused("widget.token", "The token is of another version.") from None

    def _claims(self, text: str) -> dict[str, Any]:
        unknown = Refused("widget.token", "The token is not one of this installation.")
        if len(text) > LONGEST:
            raise unknown
        try:
            found = jwt.decode(text, self._key, algorithms=[ALGORITHM])
        except (JoseError, ValueError):
            raise unknown from None
        if (found.claims.get("iss"), found.claims.get("aud")) != ("symphainy", "widget"):
            raise unknown
        return dict(found.claims)
