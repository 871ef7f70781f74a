"""Write the pages that are made from the code, or with --check say which are out of date."""

import sys

from docs.generator import differences, write

__all__ = ["main"]


def main(arguments: list[str]) -> int:
    """0 if all is as it should be; with --check nothing is written."""
    if "--check" not in arguments:
        sys.stdout.writelines(f"docs/{path}\n" for path in write())
        return 0
    stale = differences()
    sys.stdout.writelines(f"docs/{path} is not what the code says now\n" for path in stale)
    if stale:
        sys.stdout.write("run `make docs` and commit what it writes\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
