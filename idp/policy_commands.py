"""The commands of `symphainy policy`; they import what they need when they are called."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["policy"]

policy = typer.Typer(
    help="What layers say: show, set and try policies, explain what holds.",
    no_args_is_help=True,
)
Written = Annotated[
    Path, typer.Argument(help="YAML or JSON with `policies`; a definition too.", dir_okay=False)
]
Json = Annotated[bool, typer.Option("--json", help="As JSON.")]


class Layer(StrEnum):
    """Who says it."""

    platform = "platform"
    tenant = "tenant"
    solution = "solution"


class Settable(StrEnum):
    """Layers that are set by themselves."""

    platform = "platform"
    tenant = "tenant"


@policy.command("list")
def list_policies(json: Json = False) -> int:
    """Show what platform and tenant say now."""
    from idp.policy import shown

    return shown(as_json=json)


@policy.command("set")
def set_policies(
    file: Written,
    layer: Annotated[Settable, typer.Option(help="Whose say it is.")] = Settable.tenant,
    note: Annotated[str, typer.Option(help="Why, for whoever reads the versions.")] = "",
) -> int:
    """Let what a file says hold from now on, in place of all the layer said before."""
    from idp.policy import put

    return put(file, layer.value, note)


@policy.command("test")
def try_policies(
    file: Written,
    facts: Annotated[
        Path, typer.Option(help="Cases: steps, facts, what is expected.", dir_okay=False)
    ],
    layer: Annotated[Layer, typer.Option(help="Whose say it is.")] = Layer.solution,
    json: Json = False,
) -> int:
    """Say what would be decided; exit 1 if a case expected something else, 2 if one is none."""
    from idp.policy import tested

    return tested(file, facts, layer.value, as_json=json)


@policy.command("replay")
def replay_policies(
    file: Written,
    since: Annotated[str, typer.Option(help="How far back.")] = "P7D",
    layer: Annotated[Layer, typer.Option(help="Whose say it would be.")] = Layer.tenant,
    solution: Annotated[str | None, typer.Option(help="Only its decisions.")] = None,
    json: Json = False,
) -> int:
    """Say what decisions that were made would be, if a layer said what a file says."""
    from idp.policy import replayed

    return replayed(file, since, layer.value, solution, as_json=json)


@policy.command("explain")
def explain_policies(
    file: Annotated[Path, typer.Argument(help="A definition, YAML or JSON.", dir_okay=False)],
    task: Annotated[str | None, typer.Option(help="Only of this: its name.")] = None,
    json: Json = False,
) -> int:
    """Say which policies are about which task, whose they are and what they say."""
    from idp.policy import explained

    return explained(file, task, as_json=json)
