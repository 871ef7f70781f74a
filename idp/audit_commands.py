"""The commands of `symphainy audit`; what they need is imported when they are called."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from public_works import Settings

__all__ = ["audit"]

Home = Annotated[
    Path | None, typer.Option(help="Folder of everything kept here; .symphainy by default.")
]

audit = typer.Typer(help="Show that the audit log is as it was written.", no_args_is_help=True)


@audit.command("verify")
def _verify(
    tenant: Annotated[str | None, typer.Option(help="Only of this tenant.")] = None,
    export: Annotated[
        Path | None, typer.Option(help="An exported log, instead of the database.", dir_okay=False)
    ] = None,
    key: Annotated[
        list[Path] | None,
        typer.Option(help="A public key that checkpoints are checked with; by default the home's."),
    ] = None,
    checkpoint: Annotated[
        Path | None, typer.Option(help="Checkpoints that were kept elsewhere.", dir_okay=False)
    ] = None,
    home: Home = None,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> int:
    """Follow the chain; exit 1 and name the first broken record if it was touched."""
    from idp.audit import verify

    return verify(
        _settings(home),
        tenant=tenant,
        file=export,
        keys=key or [],
        against=checkpoint,
        as_json=json,
    )


@audit.command("checkpoint")
def _checkpoint(
    tenant: Annotated[str | None, typer.Option(help="By default the embedded one.")] = None,
    home: Home = None,
) -> int:
    """Sign where the chain stands now and print it, to be kept where nobody rewrites it."""
    from idp.audit import checkpoint

    return checkpoint(_settings(home), tenant)


@audit.command("key")
def _key(home: Home = None) -> int:
    """Print the public key that checkpoints are checked with."""
    from idp.audit import key

    return key(_settings(home))


def _settings(home: Path | None) -> "Settings":
    from public_works import Settings

    return Settings() if home is None else Settings(home=home)
