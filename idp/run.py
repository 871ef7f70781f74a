"""`symphainy run`: a definition tried out, its output on stdout and nothing else."""

import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from idp import told
from idp.client import Answer, Platform, Problem, Unreachable, part
from idp.document_file import DocumentFile, read, value
from idp.private import private

__all__ = ["ENVIRONMENT", "run"]

T = TypeVar("T")

ENVIRONMENT = "sandbox"
PATIENCE = 60.0
UNAVAILABLE = 503
ENDED = frozenset({"completed", "faulted", "cancelled", "terminated"})


def run(file: Path, given: str | None) -> int:
    """0 completed, 1 faulted, 2 refused before it ran."""
    try:
        payload = None if given is None else value(given)
    except ValueError as error:
        sys.stderr.write(f"--input is neither a file nor JSON: {error}\n")
        return 2
    document = read(file)
    try:
        with _platform() as platform:
            return _run(platform, document, payload)
    except Problem as error:
        told.refusal(file, error)
        return 2
    except Unreachable as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _platform() -> AbstractContextManager[Platform]:
    """The platform of this folder, or one for this run."""
    found = Platform.here()
    return private() if found is None else nullcontext(found)


def _run(platform: Platform, document: DocumentFile, payload: Any) -> int:
    name, version = document.name, document.trial
    if name is None or version is None:
        return _check(platform, document)
    headers = {"Content-Type": document.media_type}
    address = f"/v1/solutions/{part(name)}/versions/{part(version)}"
    kept = _insist(
        lambda: platform.ask("PUT", address, document.content, headers),
        PATIENCE if platform.heals else 0.0,
    )
    told.findings(document.path, kept.body["findings"], sys.stderr)
    intent = f"/v1/solutions/{part(name)}/intents/{part(document.intent)}"
    query = f"?environment={ENVIRONMENT}&version={quote(version, safe='')}"
    wish = {"Prefer": "wait=60", "Idempotency-Key": os.urandom(16).hex()}

    def begin() -> Answer:
        platform.post(f"{address}/deploy", {"environment": ENVIRONMENT})
        return platform.post(intent + query, payload, wish)

    taken = _insist(begin)
    try:
        return _told(_over(platform, taken.body))
    except (Unreachable, Problem) as error:
        sys.stderr.write(f"{error}; the run {taken.body['run']} goes on\n")
        return 1


def _insist(ask: Callable[[], T], patience: float = PATIENCE) -> T:
    """What `ask` gives, though the platform may be silent for a while."""
    until = time.monotonic() + patience
    while True:
        try:
            return ask()
        except (Unreachable, Problem) as error:
            if not _passes(error) or time.monotonic() > until:
                raise
            time.sleep(0.2)


def _passes(error: Unreachable | Problem) -> bool:
    """Whether the same may go well in a moment."""
    if isinstance(error, Unreachable) or error.status == UNAVAILABLE:
        return True
    # Somebody tries another version of the solution out at this very moment.
    return error.document.get("code") == "solution.not-deployed"


def _check(platform: Platform, document: DocumentFile) -> int:
    """What is wrong with a document that does not even say its name."""
    headers = {"Content-Type": document.media_type}
    answer = platform.ask("POST", "/v1/definitions/check", document.content, headers)
    told.findings(document.path, answer.body["problems"], sys.stderr)
    return 2


def _over(platform: Platform, outcome: dict[str, Any]) -> dict[str, Any]:
    """The run once it is over."""
    address = f"/v1/runs/{quote(outcome['run'], safe=':@+=,~')}"
    while outcome.get("status") not in ENDED:
        with suppress(Unreachable):
            for _ in platform.events(f"{address}/events"):
                pass
        outcome = _insist(lambda: platform.get(address))
    return outcome


def _told(outcome: dict[str, Any]) -> int:
    if outcome["status"] == "completed":
        sys.stdout.write(json.dumps(outcome.get("output"), indent=2, ensure_ascii=False) + "\n")
        return 0
    problem = outcome.get("problem") or {
        "code": f"run.{outcome['status']}",
        "title": f"The run was {outcome['status']}",
    }
    told.problem({**problem, "run": outcome["run"]})
    return 1
