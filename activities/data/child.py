"""The process that runs jq: started for one program, with nothing but what it reads on stdin.

It imports nothing of ours. The answer is a line of JSON for every value; how it ended is the
exit code, with the message on stdout where there is one.
"""

import contextlib
import json
import resource
import sys
from typing import Any

DONE, REFUSED, FAILED, TOO_LARGE = 0, 3, 4, 5


def main() -> int:
    import jq

    asked: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
    confine(asked["memory"], asked["seconds"])
    try:
        program = jq.compile(asked["program"], args=asked["variables"])
    except ValueError as error:
        return answer(REFUSED, str(error))
    try:
        return give(program.input_text(sys.stdin.buffer.read().decode()), asked["bytes"])
    except ValueError as error:
        return answer(FAILED, str(error))


def confine(memory: int, seconds: int) -> None:
    """No more memory, time, files or processes than these; there is no way back."""
    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 3),
        (resource.RLIMIT_NPROC, 0),
    ):
        # macOS knows some of them by name only; the parent's timeout holds there too
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))


def give(values: Any, most: int) -> int:
    lines: list[bytes] = []
    size = 0
    for value in values:
        line = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        size += len(line)
        if size > most:
            return TOO_LARGE
        lines.append(line)
    sys.stdout.buffer.write(b"".join(lines))
    sys.stdout.buffer.flush()
    return DONE


def answer(code: int, message: str) -> int:
    sys.stdout.buffer.write(message[:2000].encode("utf-8", "replace"))
    sys.stdout.buffer.flush()
    return code


if __name__ == "__main__":
    sys.exit(main())
