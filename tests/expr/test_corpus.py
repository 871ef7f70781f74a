import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.expr import corpus

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = corpus.load()
EXPECTED = [corpus.outcome(case) for case in GOLDEN["cases"]]


def exact(outcomes: Any) -> str:
    """JSON text tells 1 from 1.0 and true from 1, which `==` does not."""
    return json.dumps(outcomes, indent=0)


def below(frames: int, run: Callable[[], Any]) -> Any:
    return run() if frames == 0 else below(frames - 1, run)


def interpreters() -> list[str]:
    """Other Pythons of the supported versions, on the path or where pyenv keeps its own."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    found = [str(p) for p in sorted(root.glob("versions/3.1[123].*/bin/python"))]
    if not found:
        found = [p for v in ("3.11", "3.12", "3.13") if (p := shutil.which(f"python{v}"))]
    here = Path(sys.executable).resolve()
    return [p for p in found if Path(p).resolve() != here]


def test_the_corpus_is_broad() -> None:
    assert len(GOLDEN["cases"]) >= 150


def test_every_expression_yields_its_golden_values_and_steps() -> None:
    seen = corpus.observe_all(GOLDEN, GOLDEN["cases"])
    assert exact(seen) == exact(EXPECTED)


@pytest.mark.parametrize("frames", [300, 800])
def test_values_and_steps_do_not_depend_on_the_callers_stack(frames: int) -> None:
    seen = below(frames, lambda: corpus.observe_all(GOLDEN, GOLDEN["cases"]))
    assert exact(seen) == exact(EXPECTED)


@pytest.mark.parametrize("python", interpreters() or ["none"])
def test_another_python_agrees_on_values_and_steps(python: str) -> None:
    if python == "none":
        pytest.skip("no other supported Python on the path or in pyenv")
    command = [python, "-m", "tests.expr.corpus"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    if run.returncode:
        pytest.skip(f"{python} cannot run the engine: {run.stderr[-200:]}")
    seen = json.loads(run.stdout)
    pairs = [(s, e) for s, e in zip(seen, EXPECTED, strict=True) if s is not None]
    assert len(pairs) >= 400
    assert exact([s for s, _ in pairs]) == exact([e for _, e in pairs])
