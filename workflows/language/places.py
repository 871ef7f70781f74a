"""What may stand at a path of a document, from the grammar's own models."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from smart_city.policies import KINDS
from symphainy.catalog import Catalog
from symphainy.definition import Definition, Duration, FunctionCall, TaskItem
from symphainy.definition.duration import DurationParts
from symphainy.definition.kinds import KEYWORDS, keywords, model_of
from workflows.language import outline
from workflows.language.outline import Path

__all__ = ["Place", "place"]

TASK_MODELS: tuple[type[BaseModel], ...] = tuple(KEYWORDS.values())


@dataclass(frozen=True, slots=True)
class Place:
    """What may stand there: an object of these models or schema, one of these values, tasks."""

    models: tuple[type[BaseModel], ...] = ()
    values: tuple[str, ...] = ()
    role: Literal["value", "tasks", "item", "task", "names", "open"] = "value"
    """`item` is the name of a task, `names` are names of the author's own choice."""
    schema: Mapping[str, Any] | None = None
    within: tuple[Any, ...] = field(default=(), repr=False)
    """The types that go on from here, for items and names."""


def place(tree: outline.Mapping, path: Path, catalog: Catalog) -> Place:
    """What may stand at `path`, as far as what is written around it tells."""
    if path[:1] == ("policies",) and len(path) > 1:
        return _policy(tree, path)
    found = Place((Definition,))
    node: outline.Node | None = tree
    for part in path:
        found = _step(found, part, node, tree, catalog)
        node = _child(node, part)
        if found.role == "task":
            found = _task(node)
    return found


def _policy(tree: outline.Mapping, path: Path) -> Place:
    """Inside a policy: the members of its kind."""
    kind = KINDS.get(tree.text("policies", str(path[1]), "kind") or "")
    schema: dict[str, Any] = {"properties": {"kind": KIND}}
    if kind is not None:
        known = kind.model_json_schema()
        schema = {**known, "properties": {"kind": KIND, **known.get("properties", {})}}
    found = Place(schema=schema)
    for part in path[2:]:
        found = _of_schema(found.schema or {}, part)
    return found


def _child(node: outline.Node | None, part: str | int) -> outline.Node | None:
    if isinstance(node, outline.Mapping) and isinstance(part, str):
        return node.get(part)
    if isinstance(node, outline.Sequence) and isinstance(part, int):
        return node.items[part] if part < len(node.items) else None
    return None


def _task(node: outline.Node | None) -> Place:
    """A task, by its keyword if it has one already."""
    if not isinstance(node, outline.Mapping):
        return Place(TASK_MODELS, role="task")
    raw: dict[str, Any] = dict.fromkeys(node.keys())
    if "call" in raw:
        raw["call"] = node.text("call")
    found = keywords(raw)
    if len(found) != 1:
        return Place(TASK_MODELS, role="task")
    return Place((model_of(found[0], raw),), role="task")


def _step(
    here: Place, part: str | int, node: outline.Node | None, tree: outline.Mapping, catalog: Catalog
) -> Place:
    if here.schema is not None:
        return _of_schema(here.schema, part)
    if here.role == "tasks":
        return Place(role="item" if isinstance(part, int) else "task")
    if here.role == "item":
        return Place(role="task")
    if here.within and not here.models:
        return _of_types(here.within)
    schema = _schema(here, part, node, tree, catalog)
    if schema is not None:
        return Place(schema=schema)
    fields = [
        field.annotation
        for model in here.models
        for name, field in model.model_fields.items()
        if (field.alias or name) == part
    ]
    return _of_types(fields)


def _schema(
    here: Place, part: str | int, node: outline.Node | None, tree: outline.Mapping, catalog: Catalog
) -> Mapping[str, Any] | None:
    """The schema of what capabilities take and adapters can be told."""
    if not isinstance(node, outline.Mapping):
        return None
    names = {model.__name__ for model in here.models}
    if part == "with" and FunctionCall in here.models and len(here.models) == 1:
        called = node.text("call") or ""
        if called in (_names(tree, "experiences")):
            return MESSAGE
        name, _, version = called.partition("@")[0].partition(":")
        major = version.partition(".")[0]
        spec = catalog.capability(name, int(major) if major.isdigit() else None)
        return None if spec is None else spec.takes
    if part == "settings" and "Experience" in names:
        adapter = node.text("adapter") or ""
        return next((one.settings for one in catalog.adapters if one.name == adapter), None)
    return None


KIND = {"description": "What the policy is about.", "enum": sorted(KINDS)}
MESSAGE: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "to": {"description": "To whom: a customer's id, an object with it, or an address."},
        "template": {"description": "A template of this experience."},
        "text": {"description": "The text itself, without a template.", "type": "string"},
        "subject": {"description": "The subject, without a template.", "type": "string"},
        "data": {"description": "What the template is filled with.", "type": "object"},
    },
    "required": ["to"],
}
"""What an experience takes."""


def _names(tree: outline.Mapping, *path: str) -> list[str]:
    found = tree.get(*path)
    return found.keys() if isinstance(found, outline.Mapping) else []


def _of_types(types: Any) -> Place:
    leaves = [leaf for one in types for leaf in _leaves(one)]
    if any(_holds_tasks(one) for one in leaves):
        return Place(role="tasks")
    models = tuple(one for one in leaves if isinstance(one, type) and issubclass(one, BaseModel))
    values = tuple(value for one in leaves for value in _values(one))
    inner = tuple(arg for one in leaves for arg in _inner(one))
    mapping = any(_is_mapping(get_origin(one)) for one in leaves)
    if models or not inner:
        return Place(models, values)
    return Place((), values, "names" if mapping else "open", within=inner)


def _leaves(annotation: Any) -> Iterator[Any]:
    """The alternatives of a type, without what decorates them."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _leaves(get_args(annotation)[0])
    elif annotation is Duration:
        yield DurationParts
    elif origin is Union or type(annotation).__name__ == "UnionType":
        for inner in get_args(annotation):
            yield from _leaves(inner)
    else:
        yield annotation


def _holds_tasks(one: Any) -> bool:
    return TaskItem in get_args(one)


def _values(one: Any) -> tuple[str, ...]:
    if get_origin(one) is Literal:
        return tuple(str(value) for value in get_args(one))
    return ("true", "false") if one is bool else ()


def _inner(one: Any) -> tuple[Any, ...]:
    origin, arguments = get_origin(one), get_args(one)
    if origin is tuple and arguments:
        return (arguments[0],)
    return (arguments[1],) if _is_mapping(origin) and len(arguments) == 2 else ()


def _is_mapping(origin: Any) -> bool:
    return isinstance(origin, type) and issubclass(origin, Mapping)


def _of_schema(schema: Mapping[str, Any], part: str | int) -> Place:
    found: Any = schema.get("items") if isinstance(part, int) else None
    if isinstance(part, str):
        found = schema.get("properties", {}).get(part, schema.get("additionalProperties"))
    return Place(schema=resolved(found, schema))


def resolved(found: Any, root: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema itself, with the definitions of its root at hand."""
    if not isinstance(found, dict):
        return {}
    definitions = root.get("$defs", {})
    for one in found.get("anyOf", ()):
        if one.get("type") != "null":
            found = {**one, **{key: found[key] for key in ("description",) if key in found}}
            break
    reference = found.get("$ref", "")
    if reference.startswith("#/$defs/"):
        target = definitions.get(reference[8:], {})
        found = {**target, **{key: found[key] for key in ("description",) if key in found}}
    return {**found, "$defs": definitions}
