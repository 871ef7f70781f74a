"""The commands of `symphainy events` and `symphainy dead-letters`; what they need is imported when
they are called."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from idp.client import Platform

__all__ = ["dead_letters", "events"]

events = typer.Typer(help="Events as they come, and from before.", no_args_is_help=True)
dead_letters = typer.Typer(help="Events that nobody took.", no_args_is_help=True)

Environment = Annotated[str | None, typer.Option(help="By default the platform's own.")]
Letters = Annotated[
    list[str] | None, typer.Argument(help="Letters, as `symphainy dead-letters list` shows them.")
]
All = Annotated[bool, typer.Option("--all", help="All that there are.")]


@events.command("tail")
def tail(
    type: Annotated[
        list[str] | None, typer.Option(help="Only these; `com.acme.*` is all that begin so.")
    ] = None,
    cursor: Annotated[
        str | None, typer.Option(help="Those behind this place; without it those to come.")
    ] = None,
    environment: Environment = None,
    follow: Annotated[
        bool, typer.Option("--follow/--no-follow", help="Whether to wait for more.")
    ] = True,
) -> int:
    """Print events as lines of JSON, each with its place `seq`, until Ctrl-C."""
    from idp.events import tail as told

    return told(_platform(), type or [], cursor, environment, follow=follow)


@events.command("replay")
def replay(
    webhook: Annotated[str, typer.Argument(help="The endpoint's name.")],
    since: Annotated[
        str | None, typer.Option(help="Those that came then or later, such as 2026-11-22T09:30Z.")
    ] = None,
    cursor: Annotated[str | None, typer.Option(help="Those behind this place.")] = None,
) -> int:
    """Send an endpoint again what it wants, each event under the id that it had."""
    from idp.events import replay as again

    if (since is None) is (cursor is None):
        raise typer.BadParameter("say --since or --cursor")
    return again(_platform(), webhook, since, cursor)


@dead_letters.command("list")
def list_letters(
    json: Annotated[bool, typer.Option("--json", help="As JSON, events and all.")] = False,
) -> int:
    """List what was given up, newest first, and why."""
    from idp.events import letters

    return letters(_platform(), as_json=json)


@dead_letters.command("resend")
def resend(letter: Letters = None, every: All = False) -> int:
    """Try letters again from the start, under the same ids."""
    return _each("resend", letter, every)


@dead_letters.command("discard")
def discard(letter: Letters = None, every: All = False) -> int:
    """Leave letters be; they are listed no more."""
    return _each("discard", letter, every)


def _each(act: str, letters: list[str] | None, every: bool) -> int:
    from idp.events import each

    if bool(letters) is every:
        raise typer.BadParameter("name letters, or say --all")
    return each(_platform(), act, letters or [])


def _platform() -> "Platform":
    from idp.client import Platform, Unreachable

    found = Platform.here()
    if found is None:
        raise Unreachable("no platform is up in this folder: `symphainy up`, or set SYMPHAINY_URL")
    return found
