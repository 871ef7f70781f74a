"""The commands of `symphainy key`; they import what they need when they are called."""

from enum import StrEnum
from typing import Annotated

import typer

__all__ = ["keys"]

keys = typer.Typer(
    help="The API keys of this installation: list, issue, rotate and revoke them.",
    invoke_without_command=True,
)
KeyName = Annotated[str, typer.Option(help="Whose key: an opaque id, no personal data.")]
KeyRole = Annotated[list[str], typer.Option(help="A role; may be given again.")]
KeyId = Annotated[str, typer.Argument(help="The key's id, the third part of its text.")]


class Kind(StrEnum):
    """What acts with a key."""

    user = "user"
    service = "service"
    agent = "agent"


@keys.callback()
def key(
    context: typer.Context,
    name: Annotated[str, typer.Option(help="The same as `issue --name`.")] = "",
    role: Annotated[list[str] | None, typer.Option(help="The same as `issue --role`.")] = None,
) -> int:
    """The API keys of this installation: list, issue, rotate and revoke them."""
    if context.invoked_subcommand is not None:
        return 0
    if not name or not role:
        raise typer.BadParameter("say list, issue, rotate or revoke, or give --name and --role")
    return issue_key(name, role)


@keys.command("issue")
def issue_key(
    name: KeyName,
    role: KeyRole,
    kind: Annotated[Kind, typer.Option(help="What acts with it.")] = Kind.user,
    environment: Annotated[
        str | None, typer.Option(help="Where it is good, or all; by default the platform's own.")
    ] = None,
    days: Annotated[
        int | None, typer.Option(min=1, max=366, help="Until it expires; 90 by default.")
    ] = None,
    solution: Annotated[
        list[str] | None, typer.Option(help="Only for this; may be given again.")
    ] = None,
    endpoint: Annotated[
        list[str] | None, typer.Option(help="Only for this experience on the channel api.")
    ] = None,
    read_only: Annotated[bool, typer.Option(help="It changes nothing.")] = False,
    network: Annotated[
        list[str] | None, typer.Option(help="Only from this network, such as 192.0.2.0/24.")
    ] = None,
    on_behalf_of: Annotated[
        str | None, typer.Option(help="Of an agent: the user for whom it acts.")
    ] = None,
) -> int:
    """Issue a key and print it once."""
    if (kind is Kind.agent) != (on_behalf_of is not None):
        raise typer.BadParameter("an agent, and only an agent, has --on-behalf-of USER")
    from idp.key import Wanted, issue
    from public_works import Settings

    wanted = Wanted(
        name=name,
        roles=role,
        kind=kind.value,
        environment=environment,
        days=days,
        solutions=solution or (),
        endpoints=endpoint or (),
        read_only=read_only,
        networks=network or (),
        on_behalf_of=on_behalf_of,
    )
    return issue(Settings(), wanted)


@keys.command("list")
def list_keys(json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> int:
    """List the keys that are good, and where those of the ready users lie."""
    from idp.key import listed
    from public_works import Settings

    return listed(Settings(), as_json=json)


@keys.command("rotate")
def rotate_key(
    key: KeyId,
    hours: Annotated[int, typer.Option(min=0, max=720, help="How long both are good.")] = 24,
) -> int:
    """Issue a key in the place of one and print it once."""
    from datetime import timedelta

    from idp.key import rotate
    from public_works import Settings

    return rotate(Settings(), key, timedelta(hours=hours))


@keys.command("revoke")
def revoke_key(key: KeyId) -> int:
    """End a key at once."""
    from idp.key import revoke
    from public_works import Settings

    return revoke(Settings(), key)


@keys.command("link")
def link() -> int:
    """Print a link that opens the outbox without a key: once, and within ten minutes."""
    from idp.key import link_to
    from public_works import Settings

    return link_to(Settings())
