"""The floors hold, and each contract breaks where it should."""

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.house.house import PYPROJECT, ROOMS, ROOT

CONTRACTS: list[dict] = PYPROJECT["tool"]["importlinter"]["contracts"]
BROKEN = [
    ("floors", "symphainy/up.py", "import public_works.up"),
    ("floors", "temporal/aside.py", "import experience_adapters"),
    ("floors", "workers/aside.py", "import solution_api"),
    ("pure rooms", "smart_city/call.py", "import socket"),
    ("pure rooms", "symphainy/nap.py", "from time import sleep"),
    ("pure rooms", "smart_city/run.py", "import temporalio.workflow"),
    ("pure compiler", "workflows/compiler/run.py", "import temporalio.workflow"),
    ("pure compiler", "workflows/compiler/start.py", "import temporal"),
    ("deterministic workflows", "workflows/interpreter/dice.py", "import random"),
    ("deterministic workflows", "workflows/interpreter/fetch.py", "import httpx2"),
    ("deterministic workflows", "workflows/interpreter/look.py", "import public_works"),
    ("one SQL room", "temporal/rows.py", "from sqlmodel import Session"),
    ("one SQL room", "solution_api/rows.py", "import sqlite3"),
    ("adapters apart", "experience_adapters/smtp/borrow.py", "import experience_adapters.sandbox"),
    ("realms apart", "activities/journey/borrow.py", "import activities.insights"),
    ("the API reads the catalog", "solution_api/serve.py", "import activities.content"),
    ("the API reads the catalog", "solution_api/send.py", "import experience_adapters.smtp"),
]


def contract(beginning: str) -> str:
    """The whole name of the contract that begins like this."""
    (name,) = (one["name"] for one in CONTRACTS if one["name"].startswith(beginning))
    return str(name)


def spoken_of() -> set[str]:
    """The modules of ours that the contracts name."""
    keys = ("modules", "source_modules", "forbidden_modules")
    named = {module for one in CONTRACTS for key in keys for module in one.get(key, ())}
    return {*ROOMS, *(module for module in named if module.split(".")[0] in ROOMS)}


class Linted(NamedTuple):
    """What lint-imports says of a folder."""

    code: int
    broken: list[str]
    told: str


def lint(folder: Path) -> Linted:
    program = Path(sys.executable).with_name("lint-imports")
    command = [program, "--no-cache", "--no-logo"]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    said = {}
    for line in ran.stdout.splitlines():
        name, _, state = line.rpartition(" ")
        if state in ("KEPT", "BROKEN"):
            said[name] = state
    assert [*said] == [one["name"] for one in CONTRACTS], ran.stdout + ran.stderr
    broken = [name for name, state in said.items() if state == "BROKEN"]
    return Linted(ran.returncode, broken, ran.stdout)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A house of the same rooms and contracts with nothing in it."""
    for module in sorted(spoken_of()):
        package = tmp_path / module.replace(".", "/")
        package.mkdir()
        (package / "__init__.py").touch()
    (tmp_path / "public_works/up.py").touch()
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    return tmp_path


def test_this_house_keeps_every_contract() -> None:
    linted = lint(ROOT)

    assert (linted.code, linted.broken) == (0, []), linted.told


def test_an_empty_house_keeps_every_contract(model: Path) -> None:
    linted = lint(model)

    assert (linted.code, linted.broken) == (0, []), linted.told


@pytest.mark.parametrize(("broken", "file", "line"), BROKEN)
def test_an_import_breaks_the_contract_that_forbids_it(
    model: Path, broken: str, file: str, line: str
) -> None:
    (model / file).write_text(f"{line}\n")

    linted = lint(model)

    assert (linted.code, linted.broken) == (1, [contract(broken)]), linted.told


def test_every_contract_has_an_example_that_breaks_it() -> None:
    shown = {contract(broken) for broken, _, _ in BROKEN}

    assert shown == {one["name"] for one in CONTRACTS}


def test_every_room_is_on_a_floor() -> None:
    (floors,) = (one["layers"] for one in CONTRACTS if one["type"] == "layers")
    placed = [room for floor in floors for room in floor.split(" | ")]

    assert sorted(placed) == sorted(ROOMS)
    assert sorted(PYPROJECT["tool"]["importlinter"]["root_packages"]) == sorted(ROOMS)


@pytest.mark.parametrize(
    ("beginning", "group"),
    [("adapters apart", "symphainy.adapters"), ("realms apart", "symphainy.capabilities")],
)
def test_everything_that_plugs_in_is_kept_apart(beginning: str, group: str) -> None:
    (apart,) = (one["modules"] for one in CONTRACTS if one["name"].startswith(beginning))
    plugs = PYPROJECT["project"]["entry-points"][group].values()

    assert sorted(apart) == sorted(plug.partition(":")[0] for plug in plugs)
