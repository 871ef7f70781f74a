"""Small on purpose: nothing grows past what one sitting can hold."""

import ast
import re

from tests.house.house import ROOMS, python, text, tree

LINES_OF_A_MODULE = 400
LINES_OF_A_FUNCTION = 60
MOCKS_PER_TEST = 0.05

# A migration lists the columns as they were on its day; it is written once and never read again.
MIGRATIONS = "public_works/migrations/versions/"
CODE = [path for path in python(*ROOMS, "docs", "benchmarks") if not path.startswith(MIGRATIONS)]

# Assembled, so that this file does not count itself.
MOCKS = re.compile(
    "|".join(["unittest" + r"\.mock", r"Magic" + "Mock", "monkeypatch" + r"\.set[ai]"])
)


def test_a_module_fits_on_a_few_screens() -> None:
    lines = {path: len(text(path).splitlines()) for path in CODE}

    assert {path: many for path, many in lines.items() if many > LINES_OF_A_MODULE} == {}


def test_a_function_fits_on_one_screen() -> None:
    lines = {
        f"{path}:{one.name}": (one.end_lineno or 0) - one.lineno + 1
        for path in CODE
        for one in ast.walk(tree(path))
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
    }

    assert {name: many for name, many in lines.items() if many > LINES_OF_A_FUNCTION} == {}


def test_tests_hardly_ever_mock() -> None:
    sources = [text(path) for path in python("tests")]
    tests = sum(len(re.findall(r"^ *(?:async )?def test_", one, re.MULTILINE)) for one in sources)
    mocks = sum(len(MOCKS.findall(one)) for one in sources)

    assert mocks / tests < MOCKS_PER_TEST
