"""We accept what the specification's schema accepts, and refuse what it refuses.

Where we differ, we differ for a reason in `REASONS`.
"""

import copy
from collections.abc import Callable, Iterator
from typing import Any

from symphainy.definition import read
from symphainy.document import Source, load
from symphainy.findings import Finding, Invalid
from tests.definition.specification import needed, valid_data, validator, workflows

Path = tuple[int | str, ...]
Mutation = Callable[[Any, Any], None]

# A quoted scalar of this text holds `\(`, which is an escape of jq and none of YAML.
BROKEN = [("dsl.md", "document.syntax")]


def becomes(value: Any) -> Mutation:
    def mutate(parent: Any, key: Any) -> None:
        parent[key] = copy.deepcopy(value)

    return mutate


def vanishes(parent: Any, key: Any) -> None:
    del parent[key]


def is_renamed(parent: Any, key: Any) -> None:
    if isinstance(parent, dict):
        parent[f"{key}x"] = parent.pop(key)


def gets_a_key_more(parent: Any, key: Any) -> None:
    if isinstance(parent[key], dict):
        parent[key]["unknown"] = 1


MUTATIONS: list[Mutation] = [
    vanishes,
    is_renamed,
    gets_a_key_more,
    *map(becomes, (None, 7, 1.5, True, "some text", "${ .x }", [], [1], {}, {"a": 1})),
]

REASONS: dict[str, Callable[[Path, list[Finding]], bool]] = {
    "the reference allows one default case, which a schema cannot say": lambda _, found: (
        [one.code for one in found] == ["task.default-cases"]
    ),
    "the reference wants `agentCard` or `server` in an A2A call": lambda _, found: (
        "needs `agentCard` or `server`" in found[0].message if found else False
    ),
    "the reference wants `with.type` of an event to emit": lambda _, found: any(
        one.message == "Emit needs `emit.event.with`." for one in found
    ),
    "a filter without any property of an error would catch them all": lambda path, found: (
        path[-2:] == ("errors", "with") and any(one.code == "schema.required" for one in found)
    ),
    "the schema means to take an expression as `instance`, but both alternatives match": (
        lambda path, found: path[-1] == "instance" and not found
    ),
    "the reference lets the input of a subflow be anything, an expression too": (
        lambda path, found: path[-2:] == ("workflow", "input") and not found
    ),
}


@needed
def test_every_workflow_of_the_specification_is_judged_as_its_schema_judges_it() -> None:
    accepted = 0
    broken = []
    for where, text in workflows():
        try:
            source = load(text)
        except Invalid as invalid:
            broken.append((where.split(" ")[0], invalid.code))
            continue
        definition, findings = read(source)
        assert (definition is not None) == validator().is_valid(source.data), (where, findings)
        assert findings == [] or definition is None, where
        accepted += definition is not None
    assert broken == BROKEN
    assert accepted == 62


@needed
def test_a_changed_workflow_is_judged_as_the_schema_judges_it() -> None:
    judged, reasons = 0, set()
    for path, data in _mutants():
        definition, findings = read(Source("", data, 0))
        judged += 1
        if (definition is not None) != validator().is_valid(data):
            reason = _reason(path, findings)
            assert reason is not None, (path, data, findings)
            reasons.add(reason)
    assert judged > 2_000
    assert reasons == set(REASONS)


def _reason(path: Path, findings: list[Finding]) -> str | None:
    return next((why for why, holds in REASONS.items() if holds(path, findings)), None)


def _mutants() -> Iterator[tuple[Path, Any]]:
    """Each place in the documents left out, and each kind of place changed in each other way."""
    seen = set()
    for data in valid_data():
        for path in _paths(data):
            for number, mutate in enumerate(MUTATIONS):
                kind = (_kind(path), number)
                if mutate is vanishes or kind not in seen:
                    seen.add(kind)
                    yield path, _changed(data, path, mutate)


def _kind(path: Path) -> Path:
    """The place in the grammar: without indexes, and without the names that follow them."""
    return tuple(
        part
        for index, part in enumerate(path)
        if isinstance(part, str) and not (index and isinstance(path[index - 1], int))
    )


def _paths(data: Any, path: Path = ()) -> Iterator[Path]:
    if path:
        yield path
    items = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in items:
        if isinstance(value, dict | list):
            yield from _paths(value, (*path, key))
        else:
            yield (*path, key)


def _changed(data: Any, path: Path, mutate: Mutation) -> Any:
    changed = copy.deepcopy(data)
    parent = changed
    for part in path[:-1]:
        parent = parent[part]
    mutate(parent, path[-1])
    return changed
