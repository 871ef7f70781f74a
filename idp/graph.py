"""`symphainy graph`: the flow of a definition, or how a run of it stands, as Mermaid."""

import sys
from pathlib import Path

from idp import told
from idp.check import checked
from idp.client import Platform, part

__all__ = ["graph", "graph_of_run"]


def graph(file: Path) -> int:
    """0 if the definition can be drawn, else 2 with the findings on stderr."""
    found = checked(file)
    if found.mermaid is None:
        told.findings(file, found.findings, sys.stderr)
        return 2
    sys.stdout.write(found.mermaid)
    return 0


def graph_of_run(platform: Platform, run: str) -> int:
    """0; every task of the run in the colour of how it stands."""
    sys.stdout.write(platform.get(f"/v1/runs/{part(run)}/graph")["mermaid"])
    return 0
