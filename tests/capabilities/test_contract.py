"""What holds for every installed capability."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from pydantic import ValidationError

from activities import Registry
from symphainy.capability import Call, Capability
from symphainy.codes import CODES

ROOT = Path(__file__).parent.parent.parent
ROOMS = ("activities", "experience_adapters", "symphainy/template")
ENDINGS = {"Refused", "Unavailable", "Unsure", "Flaw", "TemplateError"}
NAME = re.compile(r"[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*")
VERSION = re.compile(r"\d+\.\d+\.\d+")
# Starting a run takes a Temporal server; tests that have one start runs.
WITHOUT_EXAMPLES = {"solution.start"}

Served = Capability[Any, Any]
every = pytest.mark.parametrize("one", list(Registry.installed()), ids=lambda one: one.spec.name)


def test_every_realm_is_installed() -> None:
    registry = Registry.installed()

    assert {one.name for one in registry.specs} >= {
        "content.render",
        "data.transform",
        "insights.score",
        "journey.profile",
        "solution.start",
    }
    assert registry.problems == []


@every
def test_it_says_what_it_does(one: Served) -> None:
    assert NAME.fullmatch(one.spec.name)
    assert VERSION.fullmatch(one.spec.version)
    assert one.spec.summary.endswith(".")
    assert one.spec.timeout_seconds > 0


@every
def test_its_schemas_are_schemas_of_objects(one: Served) -> None:
    for schema in (one.spec.takes, one.spec.gives):
        jsonschema_rs.meta.validate(schema)
        assert schema["type"] == "object"


@every
def test_an_unknown_argument_is_refused(one: Served) -> None:
    with pytest.raises(ValidationError) as caught:
        one.takes.model_validate({"unheard": 1})

    assert ("extra_forbidden", ("unheard",)) in [
        (error["type"], error["loc"]) for error in caught.value.errors()
    ]
    assert one.spec.takes["additionalProperties"] is False


@every
async def test_its_examples_give_what_they_say(one: Served, call: Call) -> None:
    for example in one.spec.examples:
        jsonschema_rs.validate(one.spec.takes, example.takes)
        jsonschema_rs.validate(one.spec.gives, example.gives)
        gives = await one(call, one.takes.model_validate(example.takes))
        assert gives.model_dump(mode="json") == example.gives, example.title
    assert one.spec.examples or one.spec.name in WITHOUT_EXAMPLES


@every
async def test_asked_again_it_answers_the_same(one: Served, call: Call) -> None:
    for example in one.spec.examples:
        first = await one(call, one.takes.model_validate(example.takes))
        assert await one(call, one.takes.model_validate(example.takes)) == first


@pytest.mark.parametrize("room", ROOMS)
def test_every_code_it_can_end_with_is_registered(room: str) -> None:
    codes = set(_codes(ROOT / room))

    assert codes
    assert codes <= set(CODES)


def _codes(folder: Path) -> Iterator[str]:
    """The codes that endings are made with, as far as they are written out."""
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ENDINGS:
                code = node.args[0]
                if isinstance(code, ast.Constant):
                    yield str(code.value)
