"""Names as they stand in addresses."""

from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Header, Path, Query

from symphainy.errors import Refused
from temporal.addresses import OURS

__all__ = [
    "ENVIRONMENT",
    "Cursor",
    "Environment",
    "LastEventId",
    "Limit",
    "Name",
    "RunId",
    "Version",
    "normal_run",
    "run_path",
]

ENVIRONMENT = r"^[A-Za-z0-9][A-Za-z0-9-]{0,62}$"
KEY = "-._~@+=,%"
LONGEST_RUN = 400

Name = Annotated[
    str, Path(description="`namespace.name` of the solution.", examples=["acme.welcome"])
]
Version = Annotated[
    str, Path(description="Semantic version; build metadata may be added.", examples=["1.0.0"])
]
Limit = Annotated[int, Query(ge=1, le=200, description="How many at most.", examples=[50])]
Cursor = Annotated[
    str | None,
    Query(max_length=4096, description="`cursor` of the answer before, to go on behind it."),
]
LastEventId = Annotated[
    str | None,
    Header(
        alias="Last-Event-ID",
        max_length=4096,
        description="As `cursor`; what browsers send on reconnecting.",
    ),
]
Environment = Annotated[str | None, Query(pattern=ENVIRONMENT, examples=["production"])]


async def _run(
    run: Annotated[
        str,
        Path(
            description="Id of the run, percent-encoded.",
            examples=["acme.welcome:c-17"],
        ),
    ],
) -> str:
    solution, colon, key = run.partition(":")
    named = solution.isascii() and solution.replace("-", "").replace(".", "").isalnum()
    if not colon or not key or not named or len(run) > LONGEST_RUN:
        raise Refused("run.unknown", f"There is no run {run[:80]!r}.")
    return normal_run(run)


def normal_run(run: str) -> str:
    """`run` with what a client that forgot to encode the id sent, `%2F` where it has it, put
    back."""
    solution, _, key = run.partition(":")
    safe = f"{KEY}:" if key.startswith(OURS) else KEY
    return f"{solution}:{quote(key, safe=safe, errors='replace')}"


RunId = Annotated[str, Depends(_run)]


def run_path(run: str) -> str:
    """The address of a run."""
    return f"/v1/runs/{quote(run, safe=':@+=,~')}"
