"""The commands of `symphainy pool`; they import what they need when they are called."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["pool"]

pool = typer.Typer(
    help="Worker pools of a client's own, which get no key of the platform.", no_args_is_help=True
)
Queue = Annotated[str, typer.Option(help="The task queue that the pool serves, and its name.")]


@pool.command("keys")
def pool_keys(
    tenant: Annotated[str, typer.Option(help="Whose runs it works for.")],
    queue: Queue,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")],
    days: Annotated[
        int, typer.Option(min=0, max=3650, help="Keys replaced so long ago are in it still.")
    ] = 30,
) -> int:
    """Write the file that such a pool starts with: the tenant's data keys, public keys of
    grants."""
    from idp.pool import keys_for

    return keys_for(tenant, queue, output, days)


@pool.command("offer")
def offer() -> int:
    """Print what a pool of this environment would serve, for `accept`."""
    from idp.pool import offered

    return offered()


@pool.command("accept")
def accept(
    file: Annotated[Path, typer.Argument(help="What `offer` printed.", exists=True)],
    queue: Queue,
) -> int:
    """Let definitions call what a pool offers."""
    from idp.pool import accepted

    return accepted(file, queue)
