"""Codes: each is declared once and used, and none is used without being declared."""

import ast
import re
from collections.abc import Iterator

from symphainy.codes import CODES
from tests.house.house import ROOMS, python, tree

ENDINGS = {"Refused", "Unavailable", "Unsure"}
SHAPE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\.[a-z][a-z0-9]*(-[a-z0-9]+)*")
SOURCES = [path for path in python(*ROOMS) if not path.startswith("symphainy/codes/")]


def constants(path: str) -> Iterator[str]:
    """Every text that could be a code, and the beginnings of those put together."""
    for one in ast.walk(tree(path)):
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield one.value


def raised(path: str) -> Iterator[str]:
    """The codes that the three endings are raised with."""
    for one in ast.walk(tree(path)):
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id in ENDINGS:
            first = one.args[0] if one.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def test_what_is_raised_is_declared() -> None:
    wrong = {path: {*raised(path)} - CODES.keys() for path in SOURCES}

    assert {path: codes for path, codes in wrong.items() if codes} == {}


def test_a_code_is_lower_case_dotted_words_and_tells_what_to_do() -> None:
    for one in CODES.values():
        assert SHAPE.fullmatch(one.code), one.code
        assert one.title[:1].isupper() or one.title.startswith("`"), one.code
        assert not one.title.endswith("."), one.code
        assert one.fix.endswith("."), one.code
        assert 400 <= one.status <= 599, one.code


def test_a_code_that_is_declared_is_used() -> None:
    used = {constant for path in SOURCES for constant in constants(path)}
    # Some are put together: profile. and the field at fault, or context and .forged.
    parts = {one for one in used if one.count(".") == 1 and "." in (one[:1], one[-1:])}

    idle = {
        code
        for code in CODES.keys() - used
        if parts.isdisjoint((code.partition(".")[0] + ".", "." + code.partition(".")[2]))
    }

    assert idle == set()
