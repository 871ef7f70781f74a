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
) -> int:
    """Trust an identity provider, in place of what was said of it before."""
    from idp.issuer import add, mapped
    from public_works import Settings

    said = {
        "issuer": issuer,
        "audience": audience,
        "environment": environment,
        "roles": {"claim": claim, "values": mapped(role)} if role else None,
        "clients": mapped(client or ()),
        "agents": mapped(agent or ()),
        "people": people.value,
    }
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
