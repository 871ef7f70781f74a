"""The house as data: its rooms, its files, its configuration."""

import ast
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ROOMS: list[str] = PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]


@cache
def tracked() -> tuple[str, ...]:
    """Every file that is or would be committed, by its path from the root."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    paths = {path for path in listed.stdout.split("\0") if path}
    return tuple(sorted(path for path in paths if (ROOT / path).is_file()))


def python(*folders: str) -> Iterator[str]:
    """The Python files under `folders`."""
    for path in tracked():
        if path.endswith(".py") and path.split("/")[0] in folders:
            yield path


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def tree(path: str) -> ast.Module:
    return ast.parse(text(path))


def docstring(path: str) -> str:
    """The first line of a module's docstring."""
    return (ast.get_docstring(tree(path)) or "").partition("\n")[0]
