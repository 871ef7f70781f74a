"""What a tenant says of an identity provider whose tokens it trusts."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from smart_city.scope import EVERYWHERE
from smart_city.step_up import StepUp

__all__ = ["SLUG", "Marker", "RoleClaim", "SignInBy", "TrustedIssuer"]

SLUG = r"^[a-z0-9][a-z0-9-]{0,39}$"
PRINTED = re.compile(r"[\x21-\x7e]{1,300}")
MOST = 200
Role = Annotated[str, Field(min_length=1, max_length=100)]
Claim = Annotated[str, Field(min_length=1, max_length=200)]
Value = Annotated[str, Field(min_length=1, max_length=300)]
Roles = Annotated[tuple[Role, ...], Field(max_length=20)]
NOTHING: Mapping[str, tuple[str, ...]] = MappingProxyType({})


class Said(BaseModel):
    """Part of what is said of an issuer."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class RoleClaim(Said):
    """Which values of a claim give which roles."""

    claim: Claim = Field(
        description="A claim by its name; a dot goes into an object, as in `realm_access.roles`."
    )
    values: dict[Value, Roles] = Field(
        max_length=MOST, description="The roles that each value of the claim gives."
    )


class Marker(Said):
    """How tokens of a kind are told from others: a claim has one of these values."""

    claim: Claim
    values: Annotated[tuple[Value, ...], Field(min_length=1, max_length=MOST)]


class SignInBy(Said):
    """The client by which people sign in at the platform's pages."""

    client: Value = Field(
        description="Its `client_id`. It is registered with `/sign-in/return` as redirect URI."
    )
    secret: str | None = Field(
        None,
        # Its value goes to the provider, so that no other secret can be sent there.
        pattern=r"^oidc-[A-Za-z0-9_.-]{1,100}(@[A-Za-z0-9-]{1,64})?$",
        description="The name of the tenant's secret that proves it, which begins with `oidc-`; "
        "without it the client is a public one.",
    )
    scopes: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[\x21\x23-\x5b\x5d-\x7e]{1,100}$")], ...],
        Field(max_length=20, description="Asked for besides `openid`, such as `profile`."),
    ] = ()


class TrustedIssuer(Said):
    """An OpenID provider: whose tokens they are, and what they let their holders do."""

    issuer: str = Field(
        description="Its identifier, exactly as tokens have it in `iss`; "
        "`/.well-known/openid-configuration` is below it.",
        examples=["https://login.example.com/realms/acme"],
    )
    audience: str = Field(
        description="What tokens for this platform have in `aud`.",
        examples=["https://symphainy.example.com"],
    )
    environment: str = Field(
        EVERYWHERE,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,62}$",
        description="Where its tokens are good; `all` is everywhere.",
    )
    roles: RoleClaim | None = Field(None, description="The roles of whom a token is about.")
    clients: dict[Value, Roles] = Field(
        {},
        max_length=MOST,
        description="Roles of services by their `client_id`, besides those of `roles`.",
    )
    agents: dict[Value, Roles] = Field(
        {},
        max_length=MOST,
        description="Agents that may act for people, by the `sub` in `act` or their `client_id`, "
        "and their own roles. They act with what both they and the person may do.",
    )
    agent: Marker | None = Field(
        None, description="Tokens of agents that have no `act`, where there are such."
    )
    service: Marker | None = Field(
        None,
        description="Tokens of services, besides those whose `sub` is their `client_id`.",
    )
    require: dict[Claim, Value] = Field(
        {},
        max_length=20,
        description="What other claims have to be, where several customers share the issuer.",
    )
    person: Claim = Field(
        "sub",
        description="The claim that has the id, externalId or userName of people as SCIM tells it.",
    )
    people: Literal["known", "provisioned", "strangers"] = Field(
        "known",
        description="`known`: whom SCIM tells of is that person, and others come in too. "
        "`provisioned`: nobody else comes in. `strangers`: none of its users is a person of SCIM.",
    )
    max_token_age: int = Field(
        86_400,
        ge=60,
        le=366 * 86_400,
        description="Seconds that a token may be good for, from `iat` to `exp`; what the provider "
        "takes back is not known here before then. One that is good for longer is refused.",
    )
    step_up: StepUp | None = Field(
        None, description="Roles that people only have who signed in as it says."
    )
    sign_in: SignInBy | None = Field(
        None, description="How people sign in at the platform's pages; else they do not."
    )

    @field_validator("issuer")
    @classmethod
    def _address(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            reached = parts.scheme in ("https", "http") and bool(parts.hostname)
            plain = reached and not (parts.username or parts.password or set(value) & {"?", "#"})
        except ValueError:
            plain = False
        if not plain or not PRINTED.fullmatch(value):
            raise ValueError("an issuer is an https URL without query, fragment and credentials")
        return value

    @field_validator("audience")
    @classmethod
    def _named(cls, value: str) -> str:
        if not PRINTED.fullmatch(value):
            raise ValueError("an audience has 1 to 300 visible ASCII characters")
        return value

    @property
    def granted(self) -> tuple[tuple[str, str], ...]:
        """Every role that it lets somebody have, with the kind of principal."""
        mapped = [
            role for some in (self.roles.values if self.roles else {}).values() for role in some
        ]
        found = [("user", role) for role in mapped]
        found += [("service", role) for some in self.clients.values() for role in some]
        found += [("agent", role) for some in self.agents.values() for role in some]
        return tuple(dict.fromkeys(found))
