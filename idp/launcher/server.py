"""The embedded Temporal server as a command."""

import shutil
import sys
from pathlib import Path

__all__ = ["binary", "command"]

DYNAMIC = {
    "matching.enableFairness": "true",
    "frontend.WorkflowTimeSkippingEnabled": "true",
    "history.transferProcessorMaxPollRPS": "100",
    "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute": "2",
}
PRAGMAS = ("journal_mode=wal", "synchronous=normal")


def binary() -> Path | None:
    """The `temporal` of this environment, or else of the PATH."""
    beside = Path(sys.executable).parent / "temporal"
    found = str(beside) if beside.exists() else shutil.which("temporal")
    return Path(found) if found else None


def command(
    temporal: Path, home: Path, port: int, ui_port: int, namespace: str, codec: str
) -> list[str]:
    """The server over the file `temporal.db` in `home`, with that namespace besides `default`; its
    UI asks `codec` for payloads."""
    told = [str(temporal), "server", "start-dev", "--ip", "127.0.0.1", "--log-level", "warn"]
    told += ["--port", str(port), "--ui-port", str(ui_port), "--ui-disable-news-fetch"]
    told += ["--namespace", namespace]
    told += ["--ui-codec-endpoint", codec]
    told += ["--db-filename", str(home / "temporal.db")]
    for pragma in PRAGMAS:
        told += ["--sqlite-pragma", pragma]
    for key, value in DYNAMIC.items():
        told += ["--dynamic-config-value", f"{key}={value}"]
    return told
