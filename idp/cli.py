"""The command line; commands import what they need when they are called, so that it is quick."""

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from idp.audit_commands import audit
from idp.codec_commands import codec
from idp.event_commands import dead_letters, events
from idp.issuer_commands import issuers
from idp.key_commands import keys
from idp.lifecycle_commands import lifecycle
from idp.policy_commands import policy
from idp.pool_commands import pool
from idp.role_commands import role

if TYPE_CHECKING:
    from idp.client import Platform
    from public_works import Settings

__all__ = ["main"]

app = typer.Typer(
    name="symphainy",
    help="Design, check, run and govern solutions.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    result_callback=sys.exit,
)

File = Annotated[Path, typer.Argument(help="A definition, YAML or JSON.", dir_okay=False)]
Home = Annotated[
    Path | None, typer.Option(help="Folder of everything kept here; .symphainy by default.")
]
ApiPort = Annotated[int | None, typer.Option(help="Port of the API; 0 picks a free one.")]
TemporalPort = Annotated[int | None, typer.Option(help="Port of Temporal; 0 picks a free one.")]
UiPort = Annotated[int | None, typer.Option(help="Port of Temporal's UI; 0 picks a free one.")]


class Status(StrEnum):
    """How runs stand."""

    running = "running"
    completed = "completed"
    faulted = "faulted"
    cancelled = "cancelled"
    terminated = "terminated"


class LineageForm(StrEnum):
    """How lineage is told."""

    graph = "graph"
    openlineage = "openlineage"
    prov = "prov"


def main() -> NoReturn:
    """Run one command and leave with its exit code."""
    _leave(_run())


@app.command()
def up(
    home: Home = None,
    api_port: ApiPort = None,
    temporal_port: TemporalPort = None,
    ui_port: UiPort = None,
) -> int:
    """Start everything: Temporal with its UI, workers, the API. Ctrl-C stops it."""
    from idp.launcher.command import up as start

    return start(_settings(home, api_port, temporal_port, ui_port))


@app.command()
def demo(
    home: Home = None,
    api_port: ApiPort = None,
    temporal_port: TemporalPort = None,
    ui_port: UiPort = None,
    once: Annotated[bool, typer.Option(help="End after the first results.")] = False,
) -> int:
    """Start everything and watch three customers being reminded of an invoice."""
    from idp.demo import demo as show

    return show(_settings(home, api_port, temporal_port, ui_port), once=once)


@app.command()
def check(
    file: File, json: Annotated[bool, typer.Option("--json", help="Findings as JSON.")] = False
) -> int:
    """Say what is wrong with a definition; exit 2 if it cannot run."""
    from idp.check import check as checked

    return checked(file, as_json=json)


@app.command()
def preview(
    file: File,
    template: Annotated[str, typer.Option(help="Its name.")],
    data: Annotated[
        str | None,
        typer.Option(help="What it is filled with; by default its sample.", metavar="FILE|JSON"),
    ] = None,
    customer: Annotated[
        str | None, typer.Option(help="Whom it is for.", metavar="FILE|JSON")
    ] = None,
    experience: Annotated[
        str | None, typer.Option(help="Where several have such a template.")
    ] = None,
    channel: Annotated[str | None, typer.Option(help="By default that of its experience.")] = None,
    locale: Annotated[str | None, typer.Option(help="Of the reader, such as de-AT.")] = None,
    zone: Annotated[str | None, typer.Option(help="Of the reader, such as Europe/Vienna.")] = None,
    html: Annotated[Path | None, typer.Option(help="A file to write the HTML to.")] = None,
    json: Annotated[bool, typer.Option("--json", help="All of it as JSON.")] = False,
) -> int:
    """Show what a template says to a reader. Nothing is sent."""
    from idp.preview import asked_of
    from idp.preview import preview as shown

    try:
        asked = asked_of(
            template=template,
            data=data,
            customer=customer,
            experience=experience,
            channel=channel,
            locale=locale,
            zone=zone,
        )
    except ValueError as error:
        raise typer.BadParameter(f"neither a file nor JSON: {error}") from error
    return shown(file, asked, html=html, as_json=json)


@app.command()
def graph(
    file: Annotated[
        Path | None, typer.Argument(help="A definition, YAML or JSON.", dir_okay=False)
    ] = None,
    run: Annotated[str | None, typer.Option(help="A run, to show how its tasks stand.")] = None,
) -> int:
    """Print the flow of a definition, or of a run, as Mermaid."""
    from idp.graph import graph as drawn
    from idp.graph import graph_of_run

    if run is not None:
        return graph_of_run(_platform(), run)
    if file is None:
        raise typer.BadParameter("name a definition, or a run with --run")
    return drawn(file)


@app.command()
def run(
    file: File,
    input: Annotated[str | None, typer.Option(help="A file, or JSON.", metavar="FILE|JSON")] = None,
) -> int:
    """Run a definition in the sandbox and print its output as JSON.

    Exit 0 completed; 1 faulted, with the problem on stderr; 2 refused, with the findings there.
    """
    from idp.run import run as ran

    return ran(file, input)


app.add_typer(lifecycle)


@app.command()
def runs(
    solution: Annotated[str | None, typer.Option(help="Only of this, `namespace.name`.")] = None,
    status: Annotated[Status | None, typer.Option(help="Only those that stand so.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> int:
    """List runs, those under way first."""
    from idp.runs import runs as listed

    return listed(_platform(), solution, status.value if status else None, limit, as_json=json)


@app.command()
def forget(
    customer: Annotated[str, typer.Argument(help="Your id of the customer.")],
    reason: Annotated[str, typer.Option(help="Why; it is on record for ever.")],
) -> int:
    """Forget an end customer, for good: who they are, what was said, and the runs for them."""
    from idp.forget import forget as forgotten

    return forgotten(_platform(), customer, reason)


@app.command()
def migrate(
    what: Annotated[
        str, typer.Argument(help="A run as `symphainy runs` lists it, or a solution: all its runs.")
    ],
    environment: Annotated[
        str, typer.Option(help="Whose runs, if a solution is named.")
    ] = "production",
) -> int:
    """Let runs under way go on by the version their environment runs now."""
    from idp.migrate import migrate as migrated

    return migrated(_platform(), what, environment)


@app.command()
def lineage(
    run: Annotated[str, typer.Argument(help="The run, as `symphainy runs` lists it.")],
    format: Annotated[
        LineageForm | None, typer.Option(help="As JSON: our own graph, or a form of others.")
    ] = None,
) -> int:
    """Tell what led to a run and everything in it, and what they led to."""
    from idp.lineage import lineage as traced

    return traced(_platform(), run, format.value if format else None)


@app.command()
def trace(
    run: Annotated[str, typer.Argument(help="The run, as `symphainy runs` lists it.")],
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> int:
    """Show what a run did, and how long each part of it took."""
    from idp.trace import trace as traced

    return traced(_platform(), run, as_json=json)


@app.command()
def alarms(
    over: Annotated[bool, typer.Option("--over", help="Those that are gone too.")] = False,
    acknowledge: Annotated[
        str | None, typer.Option(help="Say of the one with this id that you look into it.")
    ] = None,
    note: Annotated[str | None, typer.Option(help="What to say with it.")] = None,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> int:
    """List what wants a person to look, and what to do about it; exit 1 if something does."""
    from idp.alarms import acknowledge as acknowledged
    from idp.alarms import alarms as listed

    if acknowledge is not None:
        return acknowledged(_platform(), acknowledge, note)
    return listed(_platform(), over=over, as_json=json)


@app.command()
def worker(
    pool: Annotated[str, typer.Option(help="Name under which the pool publishes.")] = "platform",
) -> int:
    """Serve as a worker pool until SIGTERM."""
    from idp.serve import worker as serve

    serve(_settings(), pool)
    return 0


@app.command()
def api() -> int:
    """Serve the API until SIGTERM."""
    from idp.serve import api as serve

    serve(_settings())
    return 0


new = typer.Typer(
    help="Begin an adapter, a capability or a solution that runs as it is written.",
    no_args_is_help=True,
)
app.add_typer(new, name="new")
Into = Annotated[Path, typer.Option(help="Where the folder is made.", file_okay=False)]


@new.command("adapter")
def new_adapter(
    name: Annotated[str, typer.Argument(help="What definitions call it, such as pigeon-post.")],
    channel: Annotated[
        str, typer.Option(help="email, sms, voice, chat, crm, ticket, webhook, api")
    ],
    into: Into = Path(),
) -> int:
    """Write a package with an adapter, a twin of its provider, and tests that pass."""
    from idp.new import begin

    return begin("adapter", name, into, channel)


@new.command("capability")
def new_capability(
    name: Annotated[str, typer.Argument(help="`realm.capability`, such as billing.score.")],
    into: Into = Path(),
) -> int:
    """Write a package with a capability, and tests that pass."""
    from idp.new import begin

    return begin("capability", name, into)


@new.command("solution")
def new_solution(
    name: Annotated[str, typer.Argument(help="`namespace.name`, or a name.")],
    into: Into = Path(),
) -> int:
    """Write a definition that sends a mail in two languages, and an input for it."""
    from idp.new import begin

    return begin("solution", name, into)


@app.command()
def doctor(home: Home = None) -> int:
    """Say what is missing, and what to do about it; exit 1 if something is."""
    from idp.doctor import doctor as examine

    return examine(_settings(home))


app.add_typer(keys, name="key")
app.add_typer(issuers, name="issuer")
app.add_typer(pool, name="pool")
app.add_typer(audit, name="audit")
app.add_typer(policy, name="policy")
app.add_typer(codec, name="codec")
app.add_typer(events, name="events")
app.add_typer(dead_letters, name="dead-letters")
app.add_typer(role, name="role")


def _run() -> int:
    try:
        app()
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 0
    except _expected() as error:
        sys.stderr.write(f"symphainy: {error}\n")
        return 1
    return 0


def _expected() -> tuple[type[Exception], ...]:
    """What commands end with that needs no traceback; looked up only when something is raised."""
    from idp.client import Problem, Unreachable
    from symphainy.errors import Ending

    return Ending, Problem, Unreachable, OSError


def _leave(code: int) -> NoReturn:
    sys.stdout.flush()
    sys.stderr.flush()
    if "temporalio" in sys.modules:
        # Its runtime's threads abort the interpreter's own way out (temporalio/sdk-python#300).
        os._exit(code)
    sys.exit(code)


def _platform() -> "Platform":
    from idp.client import Platform, Unreachable

    found = Platform.here()
    if found is None:
        raise Unreachable("no platform is up in this folder: `symphainy up`, or set SYMPHAINY_URL")
    return found


def _settings(
    home: Path | None = None,
    api_port: int | None = None,
    temporal_port: int | None = None,
    ui_port: int | None = None,
) -> "Settings":
    """What the environment says, and what the command line says over it."""
    from public_works import Settings

    given = {
        "home": home,
        "api_port": api_port,
        "temporal_port": temporal_port,
        "temporal_ui_port": ui_port,
    }
    return Settings(**{name: one for name, one in given.items() if one is not None})


if __name__ == "__main__":
    main()
