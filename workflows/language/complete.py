"""What can be written at a place."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from symphainy.catalog import Catalog
from symphainy.definition import KEYWORDS
from symphainy.expr.builtins import registry
from workflows.compiler.context import GRANTED
from workflows.language import names, outline
from workflows.language.cursor import Cursor, cursor
from workflows.language.names import Name
from workflows.language.outline import MARK
from workflows.language.places import Place, place, resolved
from workflows.language.words import FUNCTIONS, KEYS, VARIABLES

__all__ = ["Completion", "Completions", "complete", "documented"]

Kind = Literal["key", "value", "name", "variable", "function"]
EXPRESSIONS = frozenset(
    {"if", "when", "exceptWhen", "while", "in", "as", "from", "key", "customer", "correlate",
     "until", "filter"}
)  # fmt: skip
"""Keys whose text is an expression with `${ }` around it or without."""
LONGEST = 200


class Completion(BaseModel):
    """Something that can be written here."""

    model_config = ConfigDict(frozen=True)

    label: str
    kind: Kind
    detail: str = ""
    documentation: str = ""
    insert: str
    """What to write instead of the word that is there."""


class Completions(BaseModel):
    """What can be written, in the order to show it in, and the columns it replaces."""

    model_config = ConfigDict(frozen=True)

    line: int
    start: int
    end: int
    items: tuple[Completion, ...]


def complete(text: str, line: int, column: int, catalog: Catalog) -> Completions:
    """What can be written at a place (1-based) of a document that need not be whole."""
    at = cursor(text, line, column)
    if at is None:
        return Completions(line=line, start=column, end=column, items=())
    found = _fitting(_items(at, catalog), at.word.text)
    return Completions(line=line, start=at.word.start, end=at.word.end, items=tuple(found))


def _fitting(items: Iterable[Completion], word: str) -> list[Completion]:
    """Those that begin like the word, else those that have it in them."""
    offered = list({(one.kind, one.label): one for one in items}.values())
    wanted = word.lower()
    begin = [one for one in offered if one.label.lower().startswith(wanted)]
    return (begin or [one for one in offered if wanted in one.label.lower()])[:LONGEST]


def _items(at: Cursor, catalog: Catalog) -> Iterator[Completion]:
    if at.in_expression:
        yield from _expression(at)
        return
    here = place(at.tree, at.path, catalog)
    if at.is_key:
        yield from _keys(here, _present(at))
        return
    key = at.path[-1] if at.path else ""
    yield from _values(at, key, here, catalog)
    if key in EXPRESSIONS:
        yield from _expression(at)


def _present(at: Cursor) -> set[str]:
    """The keys that stand there already."""
    node: outline.Node | None = at.tree
    for part in at.path:
        if isinstance(node, outline.Mapping) and isinstance(part, str):
            node = node.get(part)
        elif isinstance(node, outline.Sequence) and isinstance(part, int):
            node = node.items[part]
    keys = node.keys() if isinstance(node, outline.Mapping) else []
    return {key for key in keys if MARK not in key}


def _keys(here: Place, present: set[str]) -> Iterator[Completion]:
    if here.schema is not None:
        yield from _members(here.schema, present)
    keyword = here.role == "task" and len(here.models) > 1
    seen = set(present)
    if keyword:
        seen |= KEYWORDS.keys()
        yield from (_key(one, "task", documented(KEYWORDS[one], one)) for one in KEYWORDS)
    for model in here.models:
        for name, field in model.model_fields.items():
            key = field.alias or name
            if key in seen or (keyword and key in SECOND):
                continue
            seen.add(key)
            detail = "required" if field.is_required() and not keyword else ""
            yield _key(key, detail, documented(model, key))


SECOND = frozenset({"with", "foreach", "catch", "while"})
"""What a task has only beside its keyword."""


def _members(schema: Mapping[str, Any], present: set[str]) -> Iterator[Completion]:
    required = schema.get("required", ())
    for name, one in schema.get("properties", {}).items():
        if name not in present:
            member = resolved(one, schema)
            kind = str(member.get("type", ""))
            detail = f"{kind}, required" if name in required else kind
            yield _key(name, detail.removeprefix(", "), str(member.get("description", "")))


def _key(name: str, detail: str, documentation: str) -> Completion:
    return Completion(
        label=name, kind="key", detail=detail, documentation=documentation, insert=f"{name}: "
    )


def documented(model: type[BaseModel], key: str) -> str:
    """What a key of a model means."""
    for one in model.__mro__:
        said = KEYS.get(f"{one.__name__}.{key}")
        if said is not None:
            return said
    if key in KEYWORDS and key not in KEYS:
        return KEYWORDS[key].__doc__ or ""
    return KEYS.get(key, "")


def _values(at: Cursor, key: str | int, here: Place, catalog: Catalog) -> Iterator[Completion]:
    for value in here.values:
        yield Completion(label=value, kind="value", insert=value)
    if here.schema is not None:
        for value in here.schema.get("enum", ()):
            yield Completion(label=str(value), kind="value", insert=str(value))
    for name in _named(at, key, catalog):
        yield Completion(
            label=name.name,
            kind="name",
            detail=name.detail,
            documentation=name.documentation,
            insert=name.name,
        )


def _named(at: Cursor, key: str | int, catalog: Catalog) -> Iterator[Name]:
    tree, path = at.tree, at.path
    if key == "call":
        yield from names.callables(tree, catalog)
    elif key == "then":
        yield from names.siblings(tree, path, catalog)
    elif key == "adapter":
        yield from (Name(one.name, one.channel, one.summary) for one in catalog.adapters)
    elif key == "template":
        called = _around(tree, path[:-2])
        templates = tree.get("experiences", called.text("call") or "", "templates")
        keys = templates.keys() if isinstance(templates, outline.Mapping) else []
        yield from (Name(one, "template") for one in keys)
    elif isinstance(key, int) and path[-2:-1] == ("before",):
        yield from names.tasks(tree)
    elif isinstance(key, str):
        yield from names.references(tree, key)


def _around(tree: outline.Mapping, path: outline.Path) -> outline.Mapping:
    node: outline.Node | None = tree
    for part in path:
        if isinstance(node, outline.Mapping) and isinstance(part, str):
            node = node.get(part)
        elif isinstance(node, outline.Sequence) and isinstance(part, int):
            node = node.items[part]
    return node if isinstance(node, outline.Mapping) else outline.Mapping(0, 0)


def _expression(at: Cursor) -> Iterator[Completion]:
    """Variables that are granted here, then functions."""
    for name in names.variables(at.tree, at.path):
        yield _variable(name.name, name.documentation)
    for granted in sorted(_granted(at)):
        yield _variable(granted, VARIABLES.get(granted, ""))
    for function, arity in sorted(registry.known()):
        parameters = "; ".join("…" * arity)
        insert = f"{function}(" if arity else function
        yield Completion(
            label=f"{function}({parameters})" if arity else function,
            kind="function",
            documentation=FUNCTIONS.get(function, ""),
            insert=insert,
        )


def _granted(at: Cursor) -> frozenset[str]:
    path = at.path
    if path[:1] in (("intents",), ("policies",)):
        return frozenset()
    if path[:1] in (("input",), ("output",)):
        return GRANTED["run.from" if path[0] == "input" else "run.as"]
    if "export" in path:
        return GRANTED["export"]
    if path[-2:] == ("output", "as"):
        return GRANTED["as"]
    if path[-1:] == ("if",) or path[-2:] == ("input", "from"):
        return GRANTED["before"]
    secrets = {"secrets"} if "with" in path and at.tree.get("use", "secrets") is not None else set()
    return GRANTED["definition"] | secrets


def _variable(name: str, documentation: str) -> Completion:
    label = f"${name}"
    return Completion(label=label, kind="variable", documentation=documentation, insert=label)
