"""The commands of `symphainy role`; they import what they need when they are called."""

from typing import Annotated

import typer

__all__ = ["role"]

role = typer.Typer(
    help="What each role may do where, and which groups have it.", no_args_is_help=True
)
Name = Annotated[str, typer.Argument(help="The role's name.")]


@role.command("list")
def list_roles(
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> int:
    """Show the built-in roles, and those of which the tenant says something."""
    from idp.role import listed

    return listed(as_json=json)


@role.command("set")
def set_role(
    name: Name,
    may: Annotated[list[str] | None, typer.Option(help="An action, such as read; several.")] = None,
    group: Annotated[list[str] | None, typer.Option(help="A group that has it; several.")] = None,
    solution: Annotated[list[str] | None, typer.Option(help="Only there; several.")] = None,
    environment: Annotated[list[str] | None, typer.Option(help="Only there; several.")] = None,
) -> int:
    """Say what a role may do where and who has it, in place of what was said before."""
    from idp.role import put

    return put(name, may or [], group or [], solution, environment)


@role.command("remove")
def remove_role(name: Name) -> int:
    """Say nothing of a role any more."""
    from idp.role import removed

    return removed(name)
