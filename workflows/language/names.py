"""What a document and the catalog give names to."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from symphainy.catalog import Catalog
from workflows.language import outline
from workflows.language.outline import Path
from workflows.language.places import place
from workflows.language.words import CALLS, DIRECTIVES

__all__ = ["Name", "callables", "references", "siblings", "tasks", "variables"]


class Name(NamedTuple):
    """Something that can be referred to."""

    name: str
    detail: str
    documentation: str = ""


REFERRED = {
    "timeout": ("timeouts",),
    "retry": ("retries",),
    "error": ("errors",),
    "use": ("authentications", "secrets"),
    "authentication": ("authentications",),
}
"""In which sections of `use` the value of a key is looked up."""


def callables(tree: outline.Mapping, catalog: Catalog) -> Iterator[Name]:
    """Everything that `call` can name."""
    for name in _keys(tree, "experiences"):
        yield Name(name, "experience", _experience(tree, name))
    for name in _keys(tree, "use", "functions"):
        yield Name(name, "function of this definition")
    for one in catalog.capabilities:
        yield Name(one.name, f"{one.version}, effect {one.effect}", _told(one))
    for name, said in CALLS.items():
        yield Name(name, "protocol", said)


def _told(one: Any) -> str:
    """Its description, which begins with its summary if its author gave both at once."""
    description = str(one.description).strip()
    return description if description.startswith(one.summary) else f"{one.summary}\n\n{description}"


def _experience(tree: outline.Mapping, name: str) -> str:
    adapter = tree.text("experiences", name, "adapter")
    return f"Reaches people through `{adapter}`." if adapter else "A way to reach people."


def references(tree: outline.Mapping, key: str) -> Iterator[Name]:
    """What a key of that name can refer to in `use`."""
    for section in REFERRED.get(key, ()):
        found = tree.get("use", section)
        names = _keys(tree, "use", section)
        if isinstance(found, outline.Sequence):
            names = [one.text for one in found.items if isinstance(one, outline.Scalar)]
        for name in names:
            yield Name(name, f"use.{section}")


def siblings(tree: outline.Mapping, path: Path, catalog: Catalog) -> Iterator[Name]:
    """Where `then` at this path can lead."""
    for name, said in DIRECTIVES.items():
        yield Name(name, "directive", said)
    found = _list(tree, path, catalog)
    if found is not None:
        for item in found.items:
            if isinstance(item, outline.Mapping) and item.entries:
                yield Name(item.entries[0].key, "task", kind(item.entries[0].value))


def _list(tree: outline.Mapping, path: Path, catalog: Catalog) -> outline.Sequence | None:
    """The innermost task list around."""
    found = None
    node: outline.Node | None = tree
    for i, part in enumerate(path):
        if isinstance(node, outline.Sequence) and isinstance(part, int):
            if place(tree, path[:i], catalog).role == "tasks":
                found = node
            node = node.items[part] if part < len(node.items) else None
        elif isinstance(node, outline.Mapping) and isinstance(part, str):
            node = node.get(part)
    return found


def kind(node: outline.Node | None) -> str:
    """What a task is, by its first key."""
    if isinstance(node, outline.Mapping) and node.entries:
        first = node.entries[0]
        called = f" {first.value.text}" if isinstance(first.value, outline.Scalar) else ""
        return f"`{first.key}{called[:60]}`"
    return ""


def tasks(tree: outline.Mapping) -> Iterator[Name]:
    """Every task of the flow."""
    for path, node in outline.walk(tree.get("do"), ("do",)):
        if isinstance(node, outline.Entry) and len(path) > 1 and isinstance(path[-2], int):
            yield Name(node.key, "task", kind(node.value))


def variables(tree: outline.Mapping, path: Path) -> Iterator[Name]:
    """Variables that the tasks around bind: of loops and of what is caught."""
    node: outline.Node | None = tree
    for i, part in enumerate(path):
        if isinstance(node, outline.Mapping):
            yield from _bound(node, path[i:])
            node = node.get(part) if isinstance(part, str) else None
        elif isinstance(node, outline.Sequence) and isinstance(part, int):
            node = node.items[part] if part < len(node.items) else None


def _bound(task: outline.Mapping, rest: Path) -> Iterator[Name]:
    if rest[0] in ("do", "while") and isinstance(task.get("for"), outline.Mapping):
        yield Name(task.text("for", "each") or "item", "variable", "The item of this iteration.")
        yield Name(task.text("for", "at") or "index", "variable", "Which iteration, from 0.")
    if rest[0] == "catch":
        yield Name(task.text("catch", "as") or "error", "variable", "The error that was caught.")
    if rest[0] == "foreach":
        yield Name(task.text("foreach", "item") or "item", "variable", "What has come.")
        yield Name(task.text("foreach", "at") or "index", "variable", "The how many-th, from 0.")


def _keys(tree: outline.Mapping, *path: str) -> list[str]:
    found = tree.get(*path)
    return found.keys() if isinstance(found, outline.Mapping) else []
