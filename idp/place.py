"""Where the platform of this folder is: its home, its URLs, the key that its commands use.

Read by every command at its start, so nothing here imports more than the standard library.
"""

import json
import os
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

__all__ = ["Running", "forget", "home", "key", "key_file", "record", "running"]


@dataclass(frozen=True, slots=True)
class Running:
    """A platform that is up, as its `up.json` says."""

    pid: int
    api: str
    temporal: str
    namespace: str
    ui: str | None = None
    pids: dict[str, int] = field(default_factory=dict)


def home() -> Path:
    """The folder that everything is kept in."""
    return Path(os.environ.get("SYMPHAINY_HOME") or ".symphainy").absolute()


def record(home: Path, running: Running) -> None:
    """Let the commands of this folder find the platform."""
    draft = home / ".up.json"
    draft.write_text(json.dumps(asdict(running), indent=2) + "\n")
    draft.replace(home / "up.json")


def forget(home: Path) -> None:
    """The platform is down."""
    (home / "up.json").unlink(missing_ok=True)


def running(home: Path) -> Running | None:
    """The platform of `home`, or None if its launcher is not alive."""
    try:
        found: Any = json.loads((home / "up.json").read_text())
        known = Running(**{one.name: found[one.name] for one in fields(Running)})
        os.kill(known.pid, 0)
    except PermissionError:
        return known
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return known


def key_file(home: Path) -> Path:
    """The key of the running platform's own commands: short-lived, never the printed one."""
    return home / "session-key"


def key(url: str, local: Running | None) -> str | None:
    """The API key to present at `url`; the session's own only ever goes to this machine's API."""
    given = os.environ.get("SYMPHAINY_API_KEY")
    if given:
        return given
    if local is None or urlsplit(local.api).netloc != urlsplit(url).netloc:
        return None
    try:
        return key_file(home()).read_text().strip()
    except OSError:
        return None
