"""Classes of data: where schemas say them, which values have one, and where those turn up again.

A place in arguments is a JSON pointer and, after the last `#`, nothing for the whole value or
`start:end` for a part of a text.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from symphainy.json import Json

__all__ = [
    "MASK",
    "NAME",
    "carried",
    "classes",
    "mask",
    "masked_already",
    "named",
    "unmasked",
    "values",
]

NAME = r"^[a-z][a-z0-9-]{0,39}$"
"""What a class can be called."""
MASK = "***"
SHORTEST = 4
"""Of texts that are looked for within others."""
MOST = 2_000
"""Values that are looked for; what holds more is looked through for the first."""
DEEPEST = 40
_NAME = re.compile(NAME)
_PARTS = ("allOf", "anyOf", "oneOf")

Classes = Mapping[str, tuple[str, ...]]
Values = Mapping[str | float, tuple[str, ...]]


def classes(schema: Any) -> dict[str, tuple[str, ...]]:
    """By pointer, `*` standing for each item: the classes that a JSON Schema says with
    `x-data-class` or `dataClass`, one or a list of them. References are followed within it."""
    found: dict[str, set[str]] = {}
    for at, one in _said(schema, schema, "", 0):
        found.setdefault(at, set()).add(one)
    return {at: tuple(sorted(some)) for at, some in sorted(found.items())}


def _said(root: Any, schema: Any, at: str, depth: int) -> Iterator[tuple[str, str]]:
    if not isinstance(schema, Mapping) or depth > DEEPEST:
        return
    for word in ("x-data-class", "dataClass"):
        said = schema.get(word)
        for one in [said] if isinstance(said, str) else said if isinstance(said, list) else []:
            if isinstance(one, str) and _NAME.match(one):
                yield at, one
    yield from _said(root, _referred(root, schema.get("$ref")), at, depth + 1)
    properties = schema.get("properties")
    for name, inner in properties.items() if isinstance(properties, Mapping) else ():
        yield from _said(root, inner, f"{at}/{_escaped(str(name))}", depth + 1)
    for word in ("items", "additionalProperties"):
        yield from _said(root, schema.get(word), f"{at}/*", depth + 1)
    for word in _PARTS:
        some = schema.get(word)
        for inner in some if isinstance(some, list) else ():
            yield from _said(root, inner, at, depth + 1)


def _referred(root: Any, ref: Any) -> Any:
    if not isinstance(ref, str) or not ref.startswith("#/"):
        return None
    found = root
    for part in ref[2:].split("/"):
        name = part.replace("~1", "/").replace("~0", "~")
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def values(said: Classes, data: Json) -> dict[str | float, tuple[str, ...]]:
    """The classes of the texts and numbers in `data`, as a schema says them of where they are."""
    found: dict[str | float, tuple[str, ...]] = {}
    for at, some in said.items():
        for inner in _there(data, at.split("/")[1:]):
            for _, leaf in _leaves(inner, ""):
                if len(found) < MOST:
                    found[leaf] = tuple(sorted({*found.get(leaf, ()), *some}))
    return found


def _there(data: Json, path: list[str]) -> Iterator[Json]:
    if not path:
        yield data
        return
    name, rest = path[0].replace("~1", "/").replace("~0", "~"), path[1:]
    if isinstance(data, list) and name == "*":
        for one in data:
            yield from _there(one, rest)
    elif isinstance(data, dict):
        for one in data.values() if name == "*" else [data[name]] if name in data else []:
            yield from _there(one, rest)


def carried(arguments: Json, known: Values, said: Classes) -> dict[str, tuple[str, ...]]:
    """The classes of what is in `arguments`, by place: of values that are known, and of what a
    schema says of where it is."""
    found: dict[str, tuple[str, ...]] = {}
    if known:
        texts = [one for one in known if isinstance(one, str) and len(one) >= SHORTEST]
        for at, leaf in _leaves(arguments, ""):
            for place, some in _recognised(at, leaf, known, texts):
                found[place] = tuple(sorted({*found.get(place, ()), *some}))
    for at, some in said.items():
        for place in _places(arguments, at.split("/")[1:], ""):
            found[place] = tuple(sorted({*found.get(place, ()), *some}))
    return found


def _recognised(
    at: str, leaf: str | float, known: Values, texts: list[Any]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    if leaf in known:
        yield f"{at}#", known[leaf]
        return
    if not isinstance(leaf, str):
        return
    for one in texts:
        begin = leaf.find(one)
        while begin >= 0:
            yield f"{at}#{begin}:{begin + len(one)}", known[one]
            begin = leaf.find(one, begin + len(one))


def _places(data: Json, path: list[str], at: str) -> Iterator[str]:
    if not path:
        if data is not None:
            yield f"{at}#"
        return
    name, rest = path[0].replace("~1", "/").replace("~0", "~"), path[1:]
    if isinstance(data, list) and name == "*":
        for n, one in enumerate(data):
            yield from _places(one, rest, f"{at}/{n}")
    elif isinstance(data, dict):
        for key in data if name == "*" else [name] if name in data else []:
            yield from _places(data[key], rest, f"{at}/{_escaped(key)}")


def named(arguments: Json, fields: Iterable[str]) -> list[str]:
    """The places of all that has one of these names, at any depth."""
    return list(_named(arguments, frozenset(fields), "")) if fields else []


def _named(data: Json, fields: frozenset[str], at: str) -> Iterator[str]:
    if isinstance(data, dict):
        for key, one in data.items():
            place = f"{at}/{_escaped(key)}"
            if key in fields and one is not None:
                yield f"{place}#"
            elif isinstance(one, dict | list):
                yield from _named(one, fields, place)
    elif isinstance(data, list):
        for n, one in enumerate(data):
            yield from _named(one, fields, f"{at}/{n}")


def _leaves(data: Json, at: str) -> Iterator[tuple[str, str | float]]:
    if isinstance(data, dict):
        for key, one in data.items():
            yield from _leaves(one, f"{at}/{_escaped(key)}")
    elif isinstance(data, list):
        for n, one in enumerate(data):
            yield from _leaves(one, f"{at}/{n}")
    elif (isinstance(data, str) and data) or (
        isinstance(data, int | float) and not isinstance(data, bool)
    ):
        yield at, data


def mask(arguments: Json, places: Iterable[str]) -> Json:
    """`arguments` with what is there made unreadable; a part of a text keeps its length, so that
    other places in it stay what they are."""
    for place in places:
        at, _, part = place.rpartition("#")
        arguments = _changed(arguments, at.split("/")[1:], part)
    return arguments


def _changed(data: Json, path: list[str], part: str) -> Json:
    if not path:
        return _masked(data, part)
    name, rest = path[0].replace("~1", "/").replace("~0", "~"), path[1:]
    if isinstance(data, dict) and name in data:
        return {**data, name: _changed(data[name], rest, part)}
    if isinstance(data, list) and name.isdigit() and int(name) < len(data):
        n = int(name)
        return [*data[:n], _changed(data[n], rest, part), *data[n + 1 :]]
    return data


def _masked(value: Json, part: str) -> Json:
    if not part or not isinstance(value, str):
        return MASK
    begin, _, end = part.partition(":")
    return value[: int(begin)] + "*" * (int(end) - int(begin)) + value[int(end) :]


def masked_already(arguments: Json, place: str) -> bool:
    """Whether nothing readable is there."""
    return mask(arguments, [place]) == arguments


def unmasked(carries: Classes, places: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """What is left of `carries` once those places are masked."""
    gone = set(places)
    above = [one.rpartition("#")[0] + "/" for one in gone if one.endswith("#")]
    return {
        at: some
        for at, some in carries.items()
        if at not in gone
        and f"{at.rpartition('#')[0]}#" not in gone
        and not any(at.startswith(one) for one in above)
    }


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
