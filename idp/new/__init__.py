"""`symphainy new`: packages and definitions to begin with, that run as they are written."""

import sys
from pathlib import Path

__all__ = ["begin"]

NEXT = {
    "adapter": "Run pytest there, then make the twin and the adapter speak as the vendor does.",
    "capability": "Run pytest there, then let it do what it is called for.",
    "solution": "Its first lines say how to check, look at and run it.",
}


def begin(kind: str, name: str, into: Path, channel: str = "") -> int:
    """0 with the files written and named; 2 with the reason if nothing was written."""
    from idp.new.writing import Unwritable, adapter, capability, solution

    try:
        if kind == "adapter":
            files = adapter(name, channel, into)
        else:
            files = (capability if kind == "capability" else solution)(name, into)
    except Unwritable as error:
        sys.stderr.write(f"symphainy: {error}\n")
        return 2
    sys.stdout.write("".join(f"{one}\n" for one in files))
    sys.stdout.write(f"{NEXT[kind]}\n")
    return 0
