"""The commands of `symphainy issuer`; they import what they need when they are called."""

from enum import StrEnum
from typing import Annotated

import typer

__all__ = ["issuers"]

issuers = typer.Typer(
    help="The identity providers whose access tokens are believed: list, add and remove them.",
    no_args_is_help=True,
)
IssuerName = Annotated[str, typer.Argument(help="What it is called here.")]
TokenAge = Annotated[
    int | None,
    typer.Option(
        metavar="SECONDS", help="How long its tokens may be good for; a day unless it is said."
    ),
]
Client = Annotated[
    str | None,
    typer.Option(
        metavar="CLIENT",
        help="The `client_id` by which people sign in at pages; without it they do not.",
    ),
]
ClientSecret = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="The name of the secret that proves that client: `oidc-…`, in the vault.",
    ),
]
Scopes = Annotated[
    list[str] | None,
    typer.Option(metavar="SCOPE", help="Asked for besides `openid`; may be given again."),
]
BetterRoles = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ROLE",
        help="A role that takes a sign-in of `--acr`, `--amr`, `--max-age`; may be given again.",
    ),
]
Acr = Annotated[
    list[str] | None,
    typer.Option(metavar="VALUE", help="One of these is `acr`, or one of `--amr` in `amr`."),
]
Amr = Annotated[
    list[str] | None,
    typer.Option(metavar="VALUE", help="One of these is in `amr`, such as `mfa`."),
]
Fresh = Annotated[
    int | None,
    typer.Option(
        metavar="SECONDS", help="How long ago somebody signed in for these roles at most."
    ),
]


class People(StrEnum):
    """Which of its users come in."""

    known = "known"
    provisioned = "provisioned"
    strangers = "strangers"


@issuers.command("add")
def add_issuer(
    id: IssuerName,
    issuer: Annotated[str, typer.Argument(help="Its URL, exactly as in `iss`.")],
    audience: Annotated[str, typer.Option(help="What tokens for this platform have in `aud`.")],
    claim: Annotated[str, typer.Option(help="The claim whose values give roles.")] = "groups",
    role: Annotated[
        list[str] | None,
        typer.Option(metavar="VALUE=ROLE", help="A role for a value of it; may be given again."),
    ] = None,
    client: Annotated[
        list[str] | None,
        typer.Option(metavar="CLIENT=ROLE", help="A role of a service; may be given again."),
    ] = None,
    agent: Annotated[
        list[str] | None,
        typer.Option(metavar="AGENT=ROLE", help="A role of an agent; may be given again."),
    ] = None,
    environment: Annotated[str, typer.Option(help="Where its tokens are good.")] = "all",
    people: Annotated[People, typer.Option(help="Which of its users come in.")] = People.known,
    max_token_age: TokenAge = None,
    step_up: BetterRoles = None,
    acr: Acr = None,
    amr: Amr = None,
    max_age: Fresh = None,
    sign_in: Client = None,
    sign_in_secret: ClientSecret = None,
    sign_in_scope: Scopes = None,
) -> int:
    """Trust an identity provider, in place of all that was said of it before."""
    from idp.issuer import add, better, entered, mapped
    from public_works import Settings

    said: dict[str, object] = {
        "issuer": issuer,
        "audience": audience,
        "environment": environment,
        "roles": {"claim": claim, "values": mapped(role)} if role else None,
        "clients": mapped(client or ()),
        "agents": mapped(agent or ()),
        "people": people.value,
        "step_up": better(step_up or (), acr or (), amr or (), max_age),
        "sign_in": entered(sign_in, sign_in_secret, sign_in_scope or ()),
    }
    if max_token_age is not None:
        said["max_token_age"] = max_token_age
    return add(Settings(), id, said)


@issuers.command("list")
def list_issuers(json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> int:
    """List the identity providers that are trusted."""
    from idp.issuer import listed
    from public_works import Settings

    return listed(Settings(), as_json=json)


@issuers.command("remove")
def remove_issuer(id: IssuerName) -> int:
    """Believe no token of an identity provider any more."""
    from idp.issuer import remove
    from public_works import Settings

    return remove(Settings(), id)
