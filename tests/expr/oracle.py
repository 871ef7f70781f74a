"""The C jq, in a process of its own that may hang, grow or abort.

`python -m tests.expr.oracle` is that process: a line of `[program, input]` in, a line of
`{"values": [...]}` out, with `error` where it ended in one and `refused` where it does not compile.
"""

import json
import resource
import select
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.expr.observe import MOST

ROOT = Path(__file__).resolve().parents[2]
MEMORY = 1 << 30
PATIENCE = 10.0


class Oracle:
    """Asks the C jq; starts it again when it has died or been silent for too long."""

    def __enter__(self) -> "Oracle":
        self._start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._stop()

    def ask(self, program: str, data: Any) -> dict[str, Any] | None:
        """What jq makes of it, None when it gave no answer."""
        stdin, stdout = self._child.stdin, self._child.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps([program, json.dumps(data)]) + "\n")
        stdin.flush()
        ready, _, _ = select.select([stdout], [], [], PATIENCE)
        line = stdout.readline() if ready else ""
        if not line:
            self._stop()
            self._start()
            return None
        found: dict[str, Any] = json.loads(line)
        return found

    def _start(self) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-m", "tests.expr.oracle"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def _stop(self) -> None:
        self._child.kill()
        self._child.communicate()


def answer(program: str, text: str) -> dict[str, Any]:
    import jq

    try:
        compiled = jq.compile(program)
    except ValueError as error:
        return {"refused": str(error)}
    values: list[Any] = []
    try:
        for value in compiled.input_text(text):
            values.append(value)
            if len(values) > MOST:
                break
    except ValueError as error:
        return {"values": values, "error": str(error)}
    return {"values": values}


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for line in sys.stdin:
        program, text = json.loads(line)
        print(json.dumps(answer(program, text)), flush=True)


if __name__ == "__main__":
    main()
