"""What is committed: nothing of one machine or one registry, and everything a project needs."""

import re
from importlib.metadata import distribution

from tests.house.house import PYPROJECT, ROOT, python, text, tracked

BINARY = (".png", ".ico", ".woff2", ".gz", ".db")

# Assembled, so that this file does not find itself.
HOSTS = re.compile(
    "|".join(["py" + r"pi\.org", "python" + "hosted", "npm" + r"js\.(org|com)", "/opt/" + "pypi"])
)
PLACES = re.compile(r"(?<![\w.~-])/(" + "|".join(["wo" + "rk", "ro" + "ot", "fa" + "rm"]) + r")/\w")


def test_no_file_names_a_registry_or_a_place_of_one_machine() -> None:
    files = {path: text(path) for path in tracked() if not path.endswith(BINARY)}

    assert [path for path, content in files.items() if HOSTS.search(content)] == []
    assert [path for path, content in files.items() if PLACES.search(content)] == []


def test_the_changelog_has_a_place_for_what_is_not_released() -> None:
    headings = re.findall(r"^## (.+)$", text("CHANGELOG.md"), re.MULTILINE)

    assert headings[0] == "[Unreleased]"


def test_the_pythons_that_are_promised_are_named() -> None:
    pythons = [
        one.rpartition(" ")[2]
        for one in PYPROJECT["project"]["classifiers"]
        if re.search(r":: 3\.\d+$", one)
    ]

    assert PYPROJECT["project"]["requires-python"] == ">=3.11,<3.14"
    assert pythons == ["3.11", "3.12", "3.13"]


def test_the_licence_is_the_apache_licence() -> None:
    assert PYPROJECT["project"]["license"] == "Apache-2.0"
    assert "Apache License\n                           Version 2.0" in text("LICENSE")


def test_what_is_installed_offers_what_the_configuration_says() -> None:
    groups = PYPROJECT["project"]["entry-points"]
    ours = distribution("symphainy").entry_points

    for group, wanted in groups.items():
        assert {one.name: one.value for one in ours.select(group=group)} == wanted


def test_pytest_runs_every_folder_of_tests() -> None:
    folders = {
        "/".join(path.split("/")[:2])
        for path in python("tests")
        if path.rpartition("/")[2].startswith("test_")
    }

    assert {*PYPROJECT["tool"]["pytest"]["ini_options"]["testpaths"]} == folders


def test_what_ci_calls_can_be_called() -> None:
    for path in (".ci/run", ".ci/check"):
        assert (ROOT / path).stat().st_mode & 0o111


def test_every_dependency_has_a_row_in_its_decision() -> None:
    row = re.compile(r"^\| `([\w-]+)`", re.MULTILINE)
    wanted = {re.split(r"[\[<>=;]", one)[0] for one in PYPROJECT["project"]["dependencies"]}

    shipped = text("docs/decisions/0002-dependencies.md").split("To build and test")[0]

    assert {*row.findall(shipped)} == wanted
