"""How long a definition takes from its text to its plan, by how many tasks it has.

    .venv/bin/python benchmarks/compile.py [--rounds 15] [--profile]

A third of the tasks call a capability with expressions, a third set data, a third decide by a
condition. Every size is done in every round, in turns; what is printed is the fastest of each, as
whatever else the machine does only ever adds. The CPU of this process is counted, not the clock.
"""

import argparse
import cProfile
import gc
import pstats
import time
from collections.abc import Iterator

from symphainy.catalog import CapabilitySpec, Catalog
from symphainy.definition import read
from symphainy.document import load
from workflows.compiler import compile

SIZES = (10, 100, 1_000)
NUMBER = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
CATALOG = Catalog(
    capabilities=(
        CapabilitySpec(
            name="benchmark.noop",
            version="1.0.0",
            effect="none",
            summary="Nothing.",
            description="Nothing.",
            takes=NUMBER,
            gives=NUMBER,
        ),
    )
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--profile", action="store_true", help="where the largest one's time goes")
    asked = parser.parse_args()
    texts = {size: text_of(size) for size in SIZES}
    if asked.profile:
        _profile(texts[SIZES[-1]])
        return
    _print(measure(texts, asked.rounds))


def text_of(size: int) -> str:
    """A definition with that many tasks."""
    head = "document: {dsl: 1.0.3, namespace: benchmark, name: long, version: 1.0.0}\ndo:\n"
    return head + "".join(_tasks(size))


def measure(texts: dict[int, str], rounds: int) -> dict[int, tuple[float, float]]:
    """By size: milliseconds of reading the text, and of all from text to plan."""
    found = {size: (float("inf"), float("inf")) for size in texts}
    for _ in range(rounds):
        for size, text in texts.items():
            reading, whole = _once(text)
            found[size] = (min(found[size][0], reading), min(found[size][1], whole))
    return found


def _once(text: str) -> tuple[float, float]:
    gc.collect()
    begun = time.process_time()
    read(load(text, None))
    between = time.process_time()
    compile(text, CATALOG)
    return (between - begun) * 1_000, (time.process_time() - between) * 1_000


def _tasks(size: int) -> Iterator[str]:
    for n in range(size):
        match n % 3:
            case 0:
                yield f'  - call{n}: {{call: benchmark.noop, with: {{n: "${{ .n + {n} }}"}}}}\n'
            case 1:
                yield f'  - set{n}: {{set: {{n: "${{ .n * {n} }}", kept: "${{ .n }}"}}}}\n'
            case _:
                yield f'  - if{n}: {{if: "${{ .n > {n} }}", set: {{n: {n}}}}}\n'


def _print(found: dict[int, tuple[float, float]]) -> None:
    smallest = found[SIZES[0]][1] / SIZES[0]
    print("tasks   reading   to a plan   a task   against the smallest")
    for size, (reading, whole) in found.items():
        each = whole / size
        print(
            f"{size:>5} {reading:7.1f} ms {whole:8.1f} ms {each * 1_000:6.0f} us"
            f" {each / smallest:10.2f}"
        )


def _profile(text: str) -> None:
    compile(text, CATALOG)
    profile = cProfile.Profile()
    profile.runcall(compile, text, CATALOG)
    pstats.Stats(profile).sort_stats("cumulative").print_stats(45)


if __name__ == "__main__":
    main()
