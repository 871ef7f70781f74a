"""`symphainy deploy`: a definition kept under its version, and made what an environment runs."""

import sys
from pathlib import Path

from idp import told
from idp.client import Platform, Problem, part
from idp.document_file import read

__all__ = ["deploy"]


def deploy(platform: Platform, file: Path, environment: str | None) -> int:
    """0 if it is deployed, 2 if the definition is refused."""
    document = read(file)
    name, version = document.name or "?", document.version or "?"
    address = f"/v1/solutions/{part(name)}/versions/{part(version)}"
    headers = {"Content-Type": document.media_type}
    try:
        kept = platform.ask("PUT", address, document.content, headers)
    except Problem as error:
        told.refusal(file, error)
        return 2
    told.findings(file, kept.body["findings"], sys.stderr)
    where = {} if environment is None else {"environment": environment}
    done = platform.post(f"{address}/deploy", where).body
    sys.stdout.write(f"{done['solution']} {done['version']} runs in {done['environment']}\n")
    return 0
