"""The golden corpus: what each expression yields and what it costs.

`python -m tests.expr.corpus` prints what this interpreter makes of each case; with `--write` it
brings the golden file up to date after a deliberate change of the language or its costs.
"""

import json
import sys
from pathlib import Path
from typing import Any

from symphainy import expr

GOLDEN = Path(__file__).parent / "corpus.json"
NOW = 1_700_000_000.5


def load() -> dict[str, Any]:
    """Documents by name, variables, and cases with their golden outcome."""
    golden: dict[str, Any] = json.loads(GOLDEN.read_text("utf-8"))
    return golden


def observe(case: dict[str, Any], documents: dict[str, Any], variables: Any) -> dict[str, Any]:
    """What the case yields here: `values` and `steps`, or `values` empty, `error` and `code`."""
    program = expr.compile(case["program"], variables)
    data = documents[case["input"]]
    try:
        values, steps = expr.outputs(program, data, variables, now=NOW)
    except expr.EvaluationError as error:
        return {"values": [], "error": error.message, "code": error.code}
    return {"values": values, "steps": steps}


def observe_all(golden: dict[str, Any], cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [observe(case, golden["documents"], golden["variables"]) for case in cases]


def outcome(case: dict[str, Any]) -> dict[str, Any]:
    """The golden part of a case."""
    return {key: case[key] for key in ("values", "steps", "error", "code") if key in case}


def main() -> None:
    if "--write" in sys.argv:
        golden = load()
        seen = observe_all(golden, golden["cases"])
        golden["cases"] = [
            {"program": case["program"], "input": case["input"], **new}
            for case, new in zip(golden["cases"], seen, strict=True)
        ]
        GOLDEN.write_text(json.dumps(golden, indent=1) + "\n", "utf-8")
        return
    golden = load()
    found: list[dict[str, Any] | None] = []
    for case in golden["cases"]:
        try:
            found.append(observe(case, golden["documents"], golden["variables"]))
        except ModuleNotFoundError:
            # patterns need RE2, which a bare interpreter has not
            found.append(None)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
