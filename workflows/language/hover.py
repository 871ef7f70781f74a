"""What the word at a place means."""

import re
from typing import Any

from pydantic import BaseModel, ConfigDict

from symphainy.catalog import Catalog
from workflows.language import names, outline
from workflows.language.complete import documented
from workflows.language.cursor import in_expression, offset_of, word_at
from workflows.language.names import Name
from workflows.language.outline import Entry, Path, Scalar, walk
from workflows.language.places import place, resolved
from workflows.language.words import FUNCTIONS, VARIABLES

__all__ = ["Hover", "hover"]

NAME = re.compile(r"\$?[A-Za-z_]\w*")


class Hover(BaseModel):
    """Markdown about the word on a line, from one column to another (1-based, end excluded)."""

    model_config = ConfigDict(frozen=True)

    line: int
    start: int
    end: int
    markdown: str


def hover(text: str, line: int, column: int, catalog: Catalog) -> Hover | None:
    """What stands at a place means, None if there is nothing to say."""
    offset = offset_of(text, line, column)
    begins = text.rfind("\n", 0, offset) + 1
    tree = outline.outline(text)
    found = _at(tree, offset)
    if found is None:
        return None
    path, node = found
    said: str | None
    if isinstance(node, Entry):
        span, said = (node.start, node.end), _of_key(tree, path, catalog)
    elif in_expression(text[begins:offset]) and (word := word_at(text, offset, NAME)):
        span, said = word, _of_word(tree, path, text[slice(*word)])
    else:
        assert isinstance(node, Scalar)  # noqa: S101 - `walk` gives nothing else
        span, said = (node.start, node.end), _of_value(tree, path, node.text, catalog)
    if not said or span[1] > text.find("\n", offset) >= 0:
        return None
    return Hover(line=line, start=span[0] - begins + 1, end=span[1] - begins + 1, markdown=said)


def _at(tree: outline.Mapping, offset: int) -> tuple[Path, Entry | Scalar] | None:
    for path, node in walk(tree):
        if isinstance(node, Entry | Scalar) and node.start <= offset < node.end:
            return path, node
    return None


def _of_key(tree: outline.Mapping, path: Path, catalog: Catalog) -> str | None:
    key = str(path[-1])
    here = place(tree, path[:-1], catalog)
    if here.schema is not None:
        member = resolved(here.schema.get("properties", {}).get(key), here.schema)
        kind = f" ({member['type']})" if "type" in member else ""
        return f"**{key}**{kind}\n\n{member.get('description', '')}".strip()
    for model in here.models:
        if any((field.alias or name) == key for name, field in model.model_fields.items()):
            said = documented(model, key)
            return f"**{key}**\n\n{said}" if said else None
    if here.role == "item":
        return f"**{key}**\n\nA task: {names.kind(_node(tree, path))}"
    return None


def _node(tree: outline.Mapping, path: Path) -> Any:
    node: Any = tree
    for part in path:
        node = node.items[part] if isinstance(part, int) else node.get(part)
    return node


def _of_value(tree: outline.Mapping, path: Path, text: str, catalog: Catalog) -> str | None:
    key = path[-1]
    known: list[Name] = []
    if key == "call":
        known = [*names.callables(tree, catalog)]
        text = text.partition("@")[0].partition(":")[0]
    elif key == "then":
        known = [*names.siblings(tree, path, catalog)]
    elif key == "adapter":
        known = [Name(one.name, one.channel, one.summary) for one in catalog.adapters]
    elif isinstance(key, str):
        known = [*names.references(tree, key)]
    for one in known:
        if one.name == text:
            return f"**{one.name}** ({one.detail})\n\n{one.documentation}".strip()
    return None


def _of_word(tree: outline.Mapping, path: Path, word: str) -> str | None:
    if word.startswith("$"):
        bound = {one.name: one.documentation for one in names.variables(tree, path)}
        said = bound.get(word[1:]) or VARIABLES.get(word[1:])
    else:
        said = FUNCTIONS.get(word)
    return f"**{word}**\n\n{said}" if said else None
