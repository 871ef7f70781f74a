"""How long an editor waits: check, completion and hover on a definition of 300 lines."""

import statistics
import sys
import time
from collections.abc import Callable

from docs.generator.plugins import catalog
from workflows.compiler import check
from workflows.language import complete, hover

ROUNDS = 50
HEAD = "document: {dsl: 1.0.3, namespace: acme, name: long, version: 1.0.0}\ndo:\n"
TASK = """\
  - profile{0}:
      call: journey.profile
      with: {{customer: "${{ $workflow.input.customer{0} }}"}}
"""


def main() -> None:
    """Print medians in milliseconds: what passes on the clock, and what it costs the processor."""
    known = catalog()
    text = HEAD + "".join(TASK.format(i) for i in range(99))
    lines = text.count("\n")
    asked: dict[str, Callable[[], object]] = {
        "check": lambda: check(text, known),
        "completion of a name": lambda: complete(
            f"{text}  - z:\n      call: ", lines + 2, 13, known
        ),
        "completion in the middle": lambda: complete(text, lines // 2, 12, known),
        "hover": lambda: hover(text, lines // 2, 10, known),
    }
    for name, ask in asked.items():
        took = [_milliseconds(ask) for _ in range(ROUNDS)]
        passed, cost = (statistics.median(one) for one in zip(*took, strict=True))
        sys.stdout.write(f"{name:26} {lines} lines: {passed:6.1f} ms, processor {cost:6.1f} ms\n")


def _milliseconds(ask: Callable[[], object]) -> tuple[float, float]:
    passed, cost = time.perf_counter(), time.process_time()
    ask()
    return (time.perf_counter() - passed) * 1_000, (time.process_time() - cost) * 1_000


if __name__ == "__main__":
    main()
