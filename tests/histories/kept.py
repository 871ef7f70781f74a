"""The recorded histories as files, and everything their replay needs."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHistory

from symphainy.json import Json

__all__ = ["FOLDER", "Entry", "Kept"]

FOLDER = Path(__file__).parent / "recorded"


@dataclass(frozen=True)
class Entry:
    """One history: a run that went on in fresh histories has several."""

    name: str
    workflow: str
    """Temporal's workflow id; activities and children are named after it."""
    plan: str
    """Digest; empty for a run that never had one."""
    events: int


class Kept:
    """The folder `recorded`; it answers for the definitions' store where plans are read."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder

    def entries(self) -> list[Entry]:
        """What was recorded, in the order of the names."""
        return [Entry(**one) for one in self._read("manifest.json")["histories"]]

    def keys(self) -> list[bytes]:
        """The public keys, as PEM, that the runs' contexts were signed with."""
        return [key.encode() for key in self._read("manifest.json")["keys"]]

    def history(self, entry: Entry) -> WorkflowHistory:
        """The history of `entry`."""
        text = (self._folder / f"{entry.name}.json").read_text()
        return WorkflowHistory.from_json(entry.workflow, text)

    def plan(self, plan_digest: str) -> dict[str, Json] | None:
        """The plan's JSON, or None."""
        found: dict[str, Json] | None = self._read("plans.json").get(plan_digest)
        return found

    def write(
        self,
        histories: Iterable[tuple[Entry, str]],
        plans: Mapping[str, dict[str, Json]],
        keys: Iterable[bytes],
    ) -> None:
        """Keep these instead of whatever was kept before."""
        self._folder.mkdir(exist_ok=True)
        for old in self._folder.glob("*.json"):
            old.unlink()
        entries = []
        for entry, text in sorted(histories, key=lambda one: one[0].name):
            entries.append(asdict(entry))
            self._write(f"{entry.name}.json", json.loads(text))
        signed = [key.decode() for key in keys]
        self._write("manifest.json", {"histories": entries, "keys": signed})
        self._write("plans.json", dict(plans))

    def _read(self, name: str) -> Any:
        return json.loads((self._folder / name).read_text())

    def _write(self, name: str, content: Any) -> None:
        text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False)
        (self._folder / name).write_text(text + "\n")
