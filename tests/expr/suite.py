"""The test files of jq itself, read and run.

They are not in this repository: they are looked for in the folder that `SYMPHAINY_JQ_TESTS`
names, and in `shared/jq` beside the repository. `python -m tests.expr.suite` prints the figure
and every case that differs.
"""

import os
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from symphainy import expr
from symphainy.expr import jsonread
from symphainy.expr.errors import EvaluationError
from symphainy.expr.meter import Meter
from tests.expr.observe import Observed, observe, same

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "jq"
ROOM = expr.Limits(steps=5_000_000)
ENDLESS = expr.Limits(steps=10**9, string=10**8)


def folder() -> Path | None:
    """Where the files are on this machine."""
    named = os.environ.get("SYMPHAINY_JQ_TESTS")
    places = [Path(named)] if named else []
    return next((p for p in [*places, BESIDE] if any(p.glob("*.test"))), None)


@dataclass(frozen=True, slots=True)
class Case:
    """A program with its input and what it yields; `refuses` where it must not compile."""

    place: str
    program: str
    given: str = ""
    yields: tuple[str, ...] = ()
    refuses: bool = False


def cases(path: Path) -> Iterator[Case]:
    """The cases of a file: blank lines apart, `#` starts a comment, `%%FAIL` a refusal."""
    block: list[str] = []
    start = 0
    for number, line in enumerate([*path.read_text("utf-8").split("\n"), ""], 1):
        if line.strip() and not line.lstrip().startswith("#"):
            start = start if block else number
            block.append(line)
        elif not line.strip() and block:
            yield _case(f"{path.stem}:{start}", block)
            block = []


def _case(place: str, block: list[str]) -> Case:
    if block[0].startswith("%%FAIL"):
        return Case(place, block[1], refuses=True)
    return Case(place, block[0], block[1], tuple(block[2:]))


# Which cases cannot agree, by what the engine says of them; `docs/expressions.md` has the reasons.
_BOUNDS = {
    "a value nests deeper": "depth",
    "a string would be longer": "string length",
}
_SOURCES = {
    "have_decnum": "decimal digits",
    "$n+0": "decimal digits",
    r"\\b": "Unicode word boundary",
}


class Verdict(NamedTuple):
    case: Case
    agrees: bool
    why: str


def run(case: Case) -> Verdict:
    """Whether the engine does what the case says, and else the class of the difference."""
    seen = observe(case.program, value(case.given) if case.given else None, ROOM)
    if case.refuses:
        return Verdict(case, seen.refused is not None, "" if seen.refused else "accepted")
    if seen.refused is not None:
        return Verdict(case, False, _refusal(seen))
    wanted = [value(text) for text in case.yields]
    agrees = len(seen.values) == len(wanted) and all(map(same, seen.values, wanted))
    return Verdict(case, agrees, "" if agrees else _difference(case, seen))


def _refusal(seen: Observed) -> str:
    shown = seen.refused or ""
    if "look-around" in shown:
        return "look-around"
    return f"refused {shown.split(' ')[0]}" if seen.code == "expression.forbidden" else shown


def _difference(case: Case, seen: Observed) -> str:
    for start, name in _BOUNDS.items():
        if (seen.bound or "").startswith(start):
            return name
    return next((name for part, name in _SOURCES.items() if part in case.program), "unexplained")


def value(text: str) -> Any:
    """The value of a line, which may be what jq takes beside JSON."""
    try:
        return jsonread.loads(Meter(ENDLESS, None), text)
    except EvaluationError:
        # a case about reading itself; what no reader takes is an input like any other
        return text


def main() -> None:
    where = folder()
    if where is None:
        sys.exit("no *.test files: set SYMPHAINY_JQ_TESTS to the folder tests/ of jq's source")
    verdicts = [run(case) for path in sorted(where.glob("*.test")) for case in cases(path)]
    good = sum(v.agrees for v in verdicts)
    print(f"{good} of {len(verdicts)} agree ({100 * good / len(verdicts):.1f} %)")
    for why, count in Counter(v.why for v in verdicts if not v.agrees).most_common():
        print(f"{count:4} {why}: {' '.join(v.case.place for v in verdicts if v.why == why)}")
    for verdict in verdicts:
        if verdict.why in ("unexplained", "accepted"):
            print(verdict.case, observe(verdict.case.program, value(verdict.case.given), ROOM))


if __name__ == "__main__":
    main()
