"""`symphainy deploy` and `submit`: a definition kept under its version, and what is to become of
it."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from idp import told
from idp.client import Platform, Problem, part
from idp.document_file import DocumentFile, read

__all__ = ["deploy", "submit"]

UNREGISTERED = 2


def deploy(
    platform: Platform,
    file: Path,
    environment: str | None,
    *,
    glass: str | None = None,
    why: str = "",
) -> int:
    """0 if it is deployed, 2 if the definition is refused or may not run there."""
    address = _kept(platform, file)
    if address is None:
        return UNREGISTERED
    asked = {"environment": environment, "break_glass": glass, "why": why or None}
    body = {name: one for name, one in asked.items() if one is not None}
    done = _asked(platform, f"{address}/deploy", body)
    if done is None:
        return 2
    sys.stdout.write(f"{done['solution']} {done['version']} runs in {done['environment']}\n")
    if done.get("glass"):
        sys.stderr.write(
            f"Glass was broken: somebody else has to review it, `POST /v1/break-glass/"
            f"{done['glass']}/review`.\n"
        )
    return 0


def submit(platform: Platform, file: Path, note: str, runs: Sequence[str] = ()) -> int:
    """0 if it waits for approval, 2 if the definition is refused."""
    address = _kept(platform, file)
    if address is None:
        return UNREGISTERED
    done = _asked(platform, f"{address}/submit", {"note": note, "runs": [*runs]})
    if done is None:
        return 2
    name = f"{done['solution']} {done['version']}"
    if done["stage"] == "approved":
        sys.stdout.write(f"{name} is approved already\n")
        return 0
    given = len(done["review"]["approvals"])
    sys.stdout.write(f"{name} is submitted; {given} of {done['needed']} approvals\n")
    sys.stdout.write(f"It can be approved by {done['who']}.\n")
    return 0


def _kept(platform: Platform, file: Path) -> str | None:
    """The address of the version, registered; None if the definition is refused."""
    document = read(file)
    name, version = document.name or "?", document.version or "?"
    address = f"/v1/solutions/{part(name)}/versions/{part(version)}"
    headers = {"Content-Type": document.media_type}
    try:
        kept = platform.ask("PUT", address, document.content, headers)
    except Problem as error:
        # Whoever deploys need not be one who registers.
        if error.document.get("code") == "api.forbidden" and _is_there(platform, address, document):
            return address
        told.refusal(file, error)
        return None
    told.findings(file, kept.body["findings"], sys.stderr)
    return address


def _is_there(platform: Platform, address: str, document: DocumentFile) -> bool:
    """Whether exactly this text is registered already."""
    try:
        found = platform.get(address)
    except Problem:
        return False
    return bool(found["digest"] == document.digest)


def _asked(platform: Platform, address: str, body: dict[str, Any]) -> dict[str, Any] | None:
    """What the platform answers; None if it refuses, which is told in words."""
    try:
        found: dict[str, Any] = platform.post(address, body).body
    except Problem as error:
        told.refused(error)
        return None
    return found
