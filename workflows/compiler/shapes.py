"""What is known of a value before there is one: which members it can have."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = [
    "NULL",
    "UNKNOWN",
    "Known",
    "Many",
    "Object",
    "OneOf",
    "Shape",
    "join",
    "member",
    "names",
    "of",
]

DEEPEST = 12
MAX_OPTIONS = 8


@dataclass(frozen=True, slots=True)
class Known:
    """A value without members; `kind` is its JSON type. Of `unknown` nothing is known."""

    kind: str


@dataclass(frozen=True, slots=True)
class Object:
    """An object with these members, and if `open` with any other too."""

    members: Mapping[str, "Shape"]
    open: bool = False


@dataclass(frozen=True, slots=True)
class Many:
    """A list of such items."""

    item: "Shape"


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of these, and nothing says which."""

    options: tuple["Shape", ...]


Shape = Known | Object | Many | OneOf
UNKNOWN = Known("unknown")
NULL = Known("null")


def join(shapes: Iterable[Shape]) -> Shape:
    """What is known if the value is one of these."""
    options: list[Shape] = []
    for one in shapes:
        for option in one.options if isinstance(one, OneOf) else (one,):
            if option is UNKNOWN:
                return UNKNOWN
            if not any(option is known or option == known for known in options):
                options.append(option)
    if not options or len(options) > MAX_OPTIONS:
        return UNKNOWN
    return options[0] if len(options) == 1 else OneOf(tuple(options))


def member(shape: Shape, name: str) -> Shape | None:
    """The member of that name; None if there cannot be one."""
    if isinstance(shape, Object):
        found = shape.members.get(name)
        return UNKNOWN if found is None and shape.open else found
    if isinstance(shape, OneOf):
        options = [one for option in shape.options if (one := member(option, name)) is not None]
        return join(options) if options else None
    return UNKNOWN if shape is UNKNOWN else None


def item(shape: Shape) -> Shape:
    """An item of the list, or a member of the object, whichever."""
    if isinstance(shape, Many):
        return shape.item
    if isinstance(shape, Object) and not shape.open:
        return join(shape.members.values())
    return UNKNOWN


def names(shape: Shape) -> Iterator[str]:
    """The members that are known."""
    if isinstance(shape, Object):
        yield from shape.members
    elif isinstance(shape, OneOf):
        for option in shape.options:
            yield from names(option)


def of(schema: Any) -> Shape:
    """What a JSON Schema promises of the values that fit it."""
    return _of(schema, schema, DEEPEST)


UNCLEAR = frozenset(
    {"allOf", "if", "not", "dependentSchemas", "unevaluatedProperties", "$dynamicRef"}
)


def _of(schema: Any, root: Any, left: int) -> Shape:
    if not isinstance(schema, dict) or left <= 0 or not UNCLEAR.isdisjoint(schema):
        return UNKNOWN
    if "$ref" in schema:
        return _of(_target(schema["$ref"], root), root, left - 1)
    for word in ("anyOf", "oneOf"):
        if word in schema:
            alone = "properties" not in schema and isinstance(schema[word], list)
            return join(_of(one, root, left - 1) for one in schema[word]) if alone else UNKNOWN
    kind = schema.get("type", "object" if "properties" in schema else None)
    if isinstance(kind, list):
        return join(_of({**schema, "type": one}, root, left - 1) for one in kind)
    if kind == "object":
        return _object(schema, root, left)
    if kind == "array":
        only = "prefixItems" not in schema
        return Many(_of(schema.get("items"), root, left - 1) if only else UNKNOWN)
    scalar = kind in ("string", "number", "integer", "boolean", "null")
    return Known(str(kind)) if scalar else UNKNOWN


def _object(schema: dict[str, Any], root: Any, left: int) -> Shape:
    properties = schema.get("properties", {})
    if not isinstance(properties, dict):
        return UNKNOWN
    open_ = schema.get("additionalProperties") is not False or "patternProperties" in schema
    return Object({name: _of(one, root, left - 1) for name, one in properties.items()}, open_)


def _target(reference: Any, root: Any) -> Any:
    """What a local reference leads to, or None."""
    if not isinstance(reference, str) or not reference.startswith("#/"):
        return None
    for part in reference[2:].split("/"):
        if not isinstance(root, dict):
            return None
        root = root.get(part.replace("~1", "/").replace("~0", "~"))
    return root
