"""A JSON Schema as a table that people read."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from docs.generator.markdown import table

__all__ = ["fields"]

Schema = Mapping[str, Any]
BOUNDS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "less than {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "pattern": "matches `{}`",
    "format": "format {}",
}


@dataclass(frozen=True)
class _Place:
    """Where in a schema one is, and what its references mean."""

    definitions: Schema
    path: str = ""
    within: tuple[str, ...] = ()

    def under(self, name: str) -> "_Place":
        return replace(self, path=f"{self.path}.{name}" if self.path else name)

    def behind(self, schema: Schema) -> tuple["_Place", Schema]:
        """What `schema` stands for, its references followed; a circle ends in its name."""
        place, found = self, dict(schema)
        while "$ref" in found:
            name = str(found.pop("$ref")).rpartition("/")[2]
            if name in place.within:
                return place, {"title": name, **found}
            place = replace(place, within=(*place.within, name))
            found = {**self.definitions[name], **found}
        return place, found


def fields(schema: Schema, notes: Mapping[str, str] | None = None) -> str:
    """The properties of an object schema, inner ones by their path; `notes` describe by name."""
    place, top = _Place(schema.get("$defs", {})).behind(schema)
    rows = [(path, *rest) for path, *rest in _rows(place, top, notes or {})]
    return table(("field", "type", "", "meaning"), rows)


def _rows(
    place: _Place, schema: Schema, notes: Mapping[str, str]
) -> Iterator[tuple[str, str, str, str]]:
    required = schema.get("required", ())
    for name, written in schema.get("properties", {}).items():
        at = place.under(name)
        inner, one = at.behind(written)
        meaning = written.get("description") or notes.get(name) or ""
        kind = _type(inner, one)
        if name not in required:
            kind = kind.removesuffix(" or null")
        yield f"`{at.path}`", kind, _need(name in required, one), meaning
        yield from _inner(inner, one)


def _inner(place: _Place, schema: Schema) -> Iterator[tuple[str, str, str, str]]:
    if "properties" in schema:
        yield from _rows(place, schema, {})
    for choice in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from _inner(*place.behind(choice))
    if isinstance(schema.get("items"), Mapping):
        items = replace(place, path=f"{place.path}[]")
        yield from _inner(*items.behind(schema["items"]))


def _need(required: bool, schema: Schema) -> str:
    if required:
        return "required"
    default = schema.get("default")
    return "" if default in (None, {}, []) else f"default `{json.dumps(default)}`"


def _type(place: _Place, schema: Schema) -> str:
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        said = [_type(*place.behind(one)) for one in choices]
        return " or ".join(dict.fromkeys(said))
    if "const" in schema or "enum" in schema:
        values = [schema["const"]] if "const" in schema else schema["enum"]
        return " or ".join(f"`{json.dumps(one)}`" for one in values)
    return ", ".join([_plain(place, schema), *_bounds(schema)])


def _bounds(schema: Schema) -> Iterator[str]:
    for name, text in BOUNDS.items():
        if name in schema:
            empty = name in ("minLength", "minItems") and schema[name] == 1
            yield "not empty" if empty else text.format(schema[name])


def _plain(place: _Place, schema: Schema) -> str:
    kind = schema.get("type")
    if kind == "array":
        items = _type(*place.behind(schema["items"])) if schema.get("items") else ""
        return f"list of ({items})" if ", " in items else f"list of {items}" if items else "list"
    if kind == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        values = _type(*place.behind(schema["additionalProperties"]))
        return "object" if values == "any" else f"object of {values}"
    if kind is None:
        return str(schema.get("title", "any")) if "$ref" not in schema and place.within else "any"
    return " or ".join(kind) if isinstance(kind, list) else str(kind)
