"""`symphainy run`: a definition tried out, its output on stdout and nothing else."""

import json
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import quote

from idp import told
from idp.client import Platform, Problem, Unreachable, part
from idp.document_file import DocumentFile, read, value
from idp.private import private

__all__ = ["ENVIRONMENT", "run"]

ENVIRONMENT = "sandbox"
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
    kept = platform.ask("PUT", address, document.content, headers)
    told.findings(document.path, kept.body["findings"], sys.stderr)
    platform.post(f"{address}/deploy", {"environment": ENVIRONMENT})
    intent = f"/v1/solutions/{part(name)}/intents/{part(document.intent)}"
    query = f"?environment={ENVIRONMENT}&version={quote(version, safe='')}"
    return _told(_over(platform, platform.post(intent + query, payload, Prefer="wait=60").body))


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
        for _ in platform.events(f"{address}/events"):
            pass
        outcome = platform.get(address)
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
