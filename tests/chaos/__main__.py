"""`python -m tests.chaos`: plays the scene; the last line on stdout is the verdict, as JSON."""

import argparse
import asyncio
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.chaos.scene import play

__all__ = ["main"]


def main() -> int:
    """1 if anything was lost, sent twice, or shown otherwise than it is."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--intents", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where everything is kept, to be looked at")
    given = parser.parse_args()
    if given.folder is not None:
        given.folder.mkdir(parents=True)
        return _play(given.folder, given.intents, given.seed)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        return _play(Path(folder), given.intents, given.seed)


def _play(folder: Path, intents: int, seed: int) -> int:
    found = asyncio.run(play(folder, intents, seed, _tell))
    print(json.dumps(asdict(found)), flush=True)
    honest = found.unknown_shown == found.unknown_true
    return 0 if (found.lost, found.duplicates) == (0, 0) and honest else 1


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
