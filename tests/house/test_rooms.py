"""The rooms: each says what it is for, and what it shows to others."""

import ast
import re
from importlib import import_module

import pytest

from tests.house.house import ROOMS, ROOT, docstring, python, text, tree

PACKAGES = [path for path in python(*ROOMS) if path.endswith("/__init__.py")]


def sentences() -> dict[str, str]:
    """What README says of each room, by its name."""
    rows = re.findall(r"^\| `(\w+)/` \| (.+?) \|$", text("README.md"), re.MULTILINE)
    return {room: sentence for room, sentence in rows if room in ROOMS}


def test_readme_shows_every_room_from_the_top_floor_down() -> None:
    assert [*sentences()] == ROOMS


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_the_sentence_that_readme_says_of_it(room: str) -> None:
    assert docstring(f"{room}/__init__.py") == sentences()[room]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_typed(room: str) -> None:
    assert (ROOT / room / "py.typed").is_file()


def test_every_package_has_a_sentence() -> None:
    assert [path for path in PACKAGES if not docstring(path).endswith(".")] == []


@pytest.mark.parametrize("path", PACKAGES)
def test_a_package_shows_what_its_all_says_and_nothing_else(path: str) -> None:
    package = import_module(path.removesuffix("/__init__.py").replace("/", "."))
    imports = [one for one in tree(path).body if isinstance(one, ast.Import | ast.ImportFrom)]
    names = getattr(package, "__all__", None)

    assert names is not None or not imports, "it imports names and has no __all__"
    assert [name for name in names or () if getattr(package, name, None) is None] == []
    assert len(names or ()) == len(set(names or ()))


def test_no_module_has_a_name_that_says_nothing() -> None:
    words = {"utils", "util", "helpers", "helper", "manager", "misc", "common"}
    modules = {path: {*path.removesuffix(".py").split("/")} for path in python(*ROOMS)}

    assert [path for path, names in modules.items() if names & words] == []
