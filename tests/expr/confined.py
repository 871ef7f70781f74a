"""The hostile programs under 256 MB more memory than the process began with.

Prints each that ran out of it; nothing when all ended at a bound of their own.
"""

import resource
from pathlib import Path

from symphainy import expr
from tests.expr.test_hostile import PATTERNS, SPENT

ROOM = 256 << 20


def main() -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + ROOM
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    for source, data in [*SPENT, *PATTERNS]:
        try:
            expr.outputs(expr.compile(source), data)
        except expr.EvaluationError:
            continue
        except MemoryError:
            print(source)


if __name__ == "__main__":
    main()
