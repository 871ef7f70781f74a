"""The commands of the life of versions; they import what they need when they are called."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from idp.client import Platform

__all__ = ["lifecycle"]

lifecycle = typer.Typer()

Name = Annotated[str, typer.Argument(help="`namespace.name` of the solution.")]
Version = Annotated[str, typer.Argument(help="The version, such as 1.0.0.")]
Why = Annotated[str, typer.Option(help="Kept in the history.")]
Json = Annotated[bool, typer.Option("--json", help="As JSON.")]


@lifecycle.command()
def deploy(
    file: Annotated[Path, typer.Argument(help="A definition, YAML or JSON.", dir_okay=False)],
    environment: Annotated[str | None, typer.Option(help="By default the platform's own.")] = None,
    break_glass: Annotated[
        str | None,
        typer.Option(help="Why it cannot wait for approval; it raises an alarm.", metavar="REASON"),
    ] = None,
    why: Why = "",
) -> int:
    """Register a definition under its version and make it what an environment runs."""
    from idp.deploy import deploy as deployed

    return deployed(_platform(), file, environment, glass=break_glass, why=why)


@lifecycle.command()
def submit(
    file: Annotated[Path, typer.Argument(help="A definition, YAML or JSON.", dir_okay=False)],
    note: Annotated[str, typer.Option(help="What it is about.")] = "",
    run: Annotated[
        list[str] | None,
        typer.Option(help="A run by this version in `sandbox`, as evidence; more than one may be."),
    ] = None,
) -> int:
    """Register a definition under its version and lay it before those who approve."""
    from idp.deploy import submit as submitted

    return submitted(_platform(), file, note, run or ())


@lifecycle.command()
def reviews(json: Json = False) -> int:
    """List what waits for approval, and what was deployed past it."""
    from idp.lifecycle import reviews as listed

    return listed(_platform(), as_json=json)


@lifecycle.command()
def approve(
    name: Name,
    version: Version,
    note: Annotated[str, typer.Option(help="Kept with the approval.")] = "",
) -> int:
    """Show what lies before you, and approve exactly that."""
    from idp.lifecycle import approve as approved

    return approved(_platform(), name, version, note)


@lifecycle.command()
def reject(
    name: Name,
    version: Version,
    reason: Annotated[str, typer.Option(help="What has to change.")],
) -> int:
    """Ask for changes: the version is a draft again."""
    from idp.lifecycle import reject as rejected

    return rejected(_platform(), name, version, reason)


@lifecycle.command()
def withdraw(
    name: Name,
    version: Version,
    reason: Annotated[str, typer.Option(help="Kept with the review.")] = "",
) -> int:
    """Take back what you wrote or submitted: the version is a draft again."""
    from idp.lifecycle import withdraw as withdrawn

    return withdrawn(_platform(), name, version, reason)


@lifecycle.command()
def comment(
    name: Name,
    version: Version,
    text: Annotated[str, typer.Argument(help="What you have to say.")],
    task: Annotated[
        str | None, typer.Option(help="The task it is about, such as /do/0/hello.")
    ] = None,
) -> int:
    """Say something about a version, without deciding anything."""
    from idp.lifecycle import comment as commented

    return commented(_platform(), name, version, text, task)


@lifecycle.command()
def promote(
    name: Name,
    version: Version,
    source: Annotated[
        str | None, typer.Option("--from", help="By default the last that runs it.")
    ] = None,
    target: Annotated[str | None, typer.Option("--to", help="By default the next.")] = None,
    why: Why = "",
) -> int:
    """Let a later environment run what ran in an earlier one."""
    from idp.lifecycle import promote as promoted

    return promoted(_platform(), name, version, source, target, why)


@lifecycle.command()
def rollback(
    name: Name,
    environment: Annotated[str | None, typer.Option(help="By default the platform's own.")] = None,
    version: Annotated[
        str | None, typer.Option("--to", help="By default what ran before.", metavar="VERSION")
    ] = None,
    why: Why = "",
) -> int:
    """Let an environment run again what it ran before."""
    from idp.lifecycle import rollback as rolled

    return rolled(_platform(), name, environment, version, why)


@lifecycle.command()
def drift(
    name: Name,
    source: Annotated[str | None, typer.Option("--from", help="Only from this one.")] = None,
    target: Annotated[str | None, typer.Option("--to", help="Only to this one.")] = None,
    json: Json = False,
) -> int:
    """Say what environments run, and in what they differ; exit 1 if they do."""
    from idp.lifecycle import drift as drifted

    return drifted(_platform(), name, source, target, as_json=json)


@lifecycle.command()
def diff(
    name: Name,
    before: Annotated[str, typer.Argument(help="A version.")],
    after: Annotated[str, typer.Argument(help="Another one.")],
    json: Json = False,
) -> int:
    """Say what one version does in another way than the other; exit 1 if it does."""
    from idp.lifecycle import diff as differing

    return differing(_platform(), name, before, after, as_json=json)


def _platform() -> "Platform":
    from idp.client import Platform, Unreachable

    found = Platform.here()
    if found is None:
        raise Unreachable("no platform is up in this folder: `symphainy up`, or set SYMPHAINY_URL")
    return found
