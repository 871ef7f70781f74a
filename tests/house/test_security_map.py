"""The map of OWASP ASVS is whole, and what it names is there."""

import ast
import functools
import re
from collections import Counter
from typing import Any

import pytest
import yaml

from tests.house.house import ROOT, text, tracked

MAP = "docs/security/asvs.yaml"
SAID: dict[str, Any] = yaml.safe_load(text(MAP))
REQUIREMENTS: dict[str, dict[str, Any]] = SAID["requirements"]
TELLS = {"met": "what", "open": "missing", "not-applicable": "reason"}

# Of ASVS 5.0.0: how many requirements of level 1 and 2 (of V8, V9 and V16 also 3) there are, by
# chapter, and by level.
CHAPTERS = {
    **{"V1": 27, "V2": 11, "V3": 19, "V4": 10, "V5": 9, "V6": 35, "V7": 18, "V8": 13, "V9": 7},
    **{"V10": 29, "V11": 14, "V12": 9, "V13": 13, "V14": 9, "V15": 13, "V16": 17, "V17": 7},
}
LEVELS = {1: 70, 2: 183, 3: 7}


@functools.cache
def functions(path: str) -> frozenset[str]:
    """The tests of a module, read and not run."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(one.name for one in tree.body if isinstance(one, kinds))


def cited(kind: str) -> list[str]:
    return sorted({one for said in REQUIREMENTS.values() for one in said.get(kind, ())})


def test_every_requirement_is_there_once() -> None:
    written = re.findall(r"^  (V\d+\.\d+\.\d+):$", text(MAP), re.MULTILINE)
    parts = [tuple(int(part) for part in one[1:].split(".")) for one in written]

    assert Counter(written) == Counter([*REQUIREMENTS])
    assert parts == sorted(set(parts))
    assert Counter(one.partition(".")[0] for one in REQUIREMENTS) == CHAPTERS
    assert Counter(one["level"] for one in REQUIREMENTS.values()) == LEVELS
    assert {id: one["requirements"] for id, one in SAID["chapters"].items()} == CHAPTERS


def test_no_requirement_in_the_middle_is_left_out() -> None:
    deep = {id for id, one in REQUIREMENTS.items() if one["level"] == 3}

    assert {one.partition(".")[0] for one in deep} <= {"V8", "V9", "V16"}
    # These chapters are wanted whole, so their numbers have no gaps.
    for chapter in ("V8", "V9", "V16"):
        mine = [one.split(".")[1:] for one in REQUIREMENTS if one.startswith(f"{chapter}.")]
        for section, size in Counter(section for section, _ in mine).items():
            numbers = [int(number) for one, number in mine if one == section]
            assert numbers == [*range(1, size + 1)], f"{chapter}.{section}"


@pytest.mark.parametrize("id", REQUIREMENTS)
def test_a_requirement_says_how_it_stands(id: str) -> None:
    said = REQUIREMENTS[id]

    assert said["status"] in TELLS
    assert said[TELLS[said["status"]]].strip()
    assert {*said} <= {"level", "status", TELLS[said["status"]], "tests", "evidence"}
    shown = bool(said.get("tests") or said.get("evidence"))
    assert shown or said["status"] != "met", "what is met is shown by something"
    assert not shown or said["status"] != "not-applicable"


@pytest.mark.parametrize("node", cited("tests"))
def test_a_test_that_is_cited_exists(node: str) -> None:
    path, _, name = node.partition("::")

    assert name.startswith("test_")
    assert name in functions(path)


def test_a_file_that_is_cited_exists() -> None:
    assert [one for one in cited("evidence") if not (ROOT / one).is_file()] == []


def test_every_case_of_abuse_tries_some_requirement() -> None:
    modules = [one for one in tracked() if re.match(r"tests/abuse/test_\d\d_", one)]
    numbers = {int(one.removeprefix("tests/abuse/test_")[:2]) for one in modules}

    assert numbers <= SAID["abuse"].keys()
    assert [*SAID["abuse"]] == [*range(1, 26)]
    for tried in SAID["abuse"].values():
        assert tried
        assert all(REQUIREMENTS[one]["status"] != "not-applicable" for one in tried)
