"""How to authenticate: by name, or by one scheme with its properties or a secret's name."""

from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import AfterValidator, Discriminator, Tag

from symphainy.definition.checks import exactly_one
from symphainy.definition.model import TAG, Maybe, Model, Names, Text
from symphainy.definition.uri import Uri

__all__ = [
    "Authentication",
    "AuthenticationPolicy",
    "AuthenticationRule",
    "Bearer",
    "OAuth2",
    "OAuth2Client",
    "OAuth2Endpoints",
    "OAuth2Request",
    "OAuth2Token",
    "OpenIdConnect",
    "Password",
    "Scheme",
    "SecretReference",
    "UseAuthentication",
]

P = TypeVar("P")
SECRET, PROPERTIES = f"{TAG}secret", f"{TAG}properties"


class SecretReference(Model):
    """The name of a secret that holds the properties."""

    use: Text


class Password(Model):
    """Properties of the schemes `basic` and `digest`."""

    username: str
    password: str


class Bearer(Model):
    token: str


class OAuth2Client(Model):
    id: Maybe[str] = None
    secret: Maybe[str] = None
    assertion: Maybe[str] = None
    authentication: Literal[
        "client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"
    ] = "client_secret_post"


class OAuth2Request(Model):
    lenient: ClassVar[bool] = True

    encoding: Literal["application/x-www-form-urlencoded", "application/json"] = (
        "application/x-www-form-urlencoded"
    )


class OAuth2Token(Model):
    token: str
    type: str


class OAuth2Endpoints(Model):
    """Paths relative to the authority."""

    lenient: ClassVar[bool] = True

    token: str = "/oauth2/token"  # noqa: S105  a path
    revocation: str = "/oauth2/revoke"
    introspection: str = "/oauth2/introspect"


class OpenIdConnect(Model):
    """Properties that `oauth2` and `oidc` share."""

    authority: Uri
    grant: Literal[
        "authorization_code",
        "client_credentials",
        "password",
        "refresh_token",
        "urn:ietf:params:oauth:grant-type:token-exchange",
    ]
    client: Maybe[OAuth2Client] = None
    request: Maybe[OAuth2Request] = None
    issuers: Names = ()
    scopes: Names = ()
    audiences: Names = ()
    username: Maybe[str] = None
    password: Maybe[str] = None
    subject: Maybe[OAuth2Token] = None
    actor: Maybe[OAuth2Token] = None


class OAuth2(OpenIdConnect):
    endpoints: Maybe[OAuth2Endpoints] = None


def _by_secret(value: Any) -> str:
    if isinstance(value, SecretReference):
        return SECRET
    return SECRET if isinstance(value, dict) and "use" in value else PROPERTIES


Scheme = Annotated[
    Annotated[P, Tag(PROPERTIES)] | Annotated[SecretReference, Tag(SECRET)],
    Discriminator(_by_secret),
]


class AuthenticationPolicy(Model):
    """Exactly one scheme."""

    lenient: ClassVar[bool] = True

    basic: Maybe[Scheme[Password]] = None
    bearer: Maybe[Scheme[Bearer]] = None
    digest: Maybe[Scheme[Password]] = None
    oauth2: Maybe[Scheme[OAuth2]] = None
    oidc: Maybe[Scheme[OpenIdConnect]] = None


class UseAuthentication(AuthenticationPolicy):
    """Exactly one scheme, or the name of a policy in `use.authentications`."""

    lenient: ClassVar[bool] = False

    use: Maybe[Text] = None


SCHEMES = ("basic", "bearer", "digest", "oauth2", "oidc")
AuthenticationRule = Annotated[AuthenticationPolicy, AfterValidator(exactly_one(*SCHEMES))]
Authentication = Annotated[UseAuthentication, AfterValidator(exactly_one("use", *SCHEMES))]
