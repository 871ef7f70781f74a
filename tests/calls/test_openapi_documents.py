"""Documents that others wrote: whatever they say, the compiler answers with findings."""

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from symphainy.catalog import Catalog
from symphainy.resource import Resource
from tests.calls.world import DESCRIBED
from tests.twins.petstore import SWAGGER
from workflows.compiler import Compiled, check

ADDRESS = "https://shop.example/api.json"
STRANGE: list[Any] = [
    None, 1, True, "", "x", "#/paths", "https://[", "{", "/{a}/{b", 1e300, [], {}, [1], {"a": 1},
    {"$ref": "#"}, {"$ref": "#/nope"}, {"$ref": "https://other.example/x"}, {"$ref": 1},
]  # fmt: skip
CALLS = [
    ("getPetById", "{petId: 1}"),
    ("getPetById", '{petId: "${ .a }"}'),
    ("findPetsByStatus", '{status: "${ .a }"}'),
    ("updatePetWithForm", "{petId: 1, name: b}"),
    ("addPet", "{body: {name: a}}"),
    ("search", "{kind: cat, note: a, tags: [a], near: {a: 1}, ids: [1], filter: {}}"),
    ("search", '{kind: "${ .k }", body: "${ . }"}'),
]


def checked(document: bytes, operation: str = "getPetById", parameters: str = "{}") -> Compiled:
    text = f"""
document: {{dsl: 1.0.3, namespace: acme, name: shop, version: 1.0.0}}
do:
  - ask:
      call: openapi
      with:
        document: {{endpoint: "{ADDRESS}"}}
        operationId: {operation}
        parameters: {parameters}
"""
    return check(text, Catalog(), None, {ADDRESS: Resource(document)})


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place inside a document."""
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    for key, one in inside:
        yield (*path, key)
        if isinstance(one, dict | list):
            yield from places(one, (*path, key))


def changed(document: Any, chance: random.Random) -> Any:
    """The document with some of it gone or replaced by something strange."""
    document = copy.deepcopy(document)
    for _ in range(chance.randint(1, 3)):
        *path, last = chance.choice([*places(document)])
        place = document
        for key in path:
            place = place[key]
        if chance.random() < 0.25:
            del place[last]
        else:
            place[last] = copy.deepcopy(chance.choice(STRANGE))
    return document


@pytest.mark.parametrize(("operation", "parameters"), CALLS, ids=[str(one) for one in CALLS])
def test_a_broken_document_is_a_finding_and_never_an_error(operation: str, parameters: str) -> None:
    chance = random.Random(operation + parameters)
    whole = yaml.safe_load(DESCRIBED) if operation == "search" else SWAGGER
    assert checked(json.dumps(whole).encode(), operation, parameters).findings == ()

    for _ in range(100):
        document = json.dumps(changed(whole, chance)).encode()
        compiled = checked(document, operation, parameters)
        assert (compiled.plan is None) == any(one.severity == "error" for one in compiled.findings)


@pytest.mark.parametrize(
    "document",
    [
        b"[" * 100_000,
        b'{"a":' * 500 + b"1" + b"}" * 500,
        b"\xff{",
        b"a: &x [1]\nb: *x",
        b"",
        b"just text: [",
    ],
    ids=["brackets", "deep", "not UTF-8", "alias", "empty", "not YAML"],
)
def test_what_is_no_document_is_found(document: bytes) -> None:
    assert [one.code for one in checked(document).findings] == ["compile.resource"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"host": "{host}"}, "has a variable without a default"),
        ({"schemes": ["unix"], "host": "/run/x"}, "is no address"),
        ({"swagger": "1.2"}, "neither OpenAPI 3 nor Swagger 2.0"),
        ({"paths": {"/pet/{petId}": {"$ref": "https://other.example/x"}}}, "another document"),
        ({"paths": {"/pet/{petId}": {"$ref": "#/paths/~1pet~1{petId}"}}}, "in circles"),
    ],
)
def test_a_document_that_leads_elsewhere_is_refused(change: dict[str, Any], why: str) -> None:
    compiled = checked(json.dumps({**SWAGGER, **change}).encode(), parameters="{petId: 1}")

    assert [one.code for one in compiled.findings] == ["compile.contract"]
    assert why in compiled.findings[0].message
