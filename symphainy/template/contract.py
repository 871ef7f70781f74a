"""What a template may read: the JSON Schema of its data, and what the platform adds."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple

from symphainy.template.reads import ANY, ITEM, Read

__all__ = ["PROVIDED", "WORDS", "Strange", "strange"]

PROVIDED: Mapping[str, str] = {
    "customer": "whom it is for: `id`, `name`, `locale`, `zone`, and what `to` says",
    "preferences_url": "the page where this customer says what to be told, and how",
    "words": "what `words` of the template says in the reader's language",
    "unsubscribe_url": "the page that ends messages of this topic to this customer",
}
"""What templates know besides their data, and what it is."""

WORDS = "words"
"""The name that parts know the words of their language by."""
_COMPUTED = frozenset({"first", "last", "size"})
_JOINED = ("allOf", "anyOf", "oneOf")
_ANYTHING: Mapping[str, Any] = {}
_NOTHING: Mapping[str, Any] = {"type": "null"}

Schema = Mapping[str, Any]


class Strange(NamedTuple):
    """Something read that the contract does not name."""

    read: Read
    name: str
    """The name in its path that is not known."""
    known: tuple[str, ...]
    """Those that are, there."""

    @property
    def hint(self) -> str:
        """What may have been meant."""
        close = get_close_matches(self.name[:100], self.known, n=1)
        if close:
            return f"did you mean `{close[0]}`?"
        return f"there are: {', '.join(self.known[:12])}" if self.known else "there are none"


def strange(reads: Iterable[Read], contract: Schema) -> Iterator[Strange]:
    """Each value that is read though neither the contract nor the platform names it."""
    for read in reads:
        if read.path[0] not in PROVIDED:
            found = _strange(read, contract)
            if found:
                yield found


def _strange(read: Read, contract: Schema) -> Strange | None:
    at: list[Any] = [contract]
    for position, name in enumerate(read.path):
        flat = _flat(contract, at)
        if name == ANY or any(_free(one) for one in flat):
            return None
        inner = [found for one in flat for found in _members(one, name)]
        if not inner:
            if name in _COMPUTED and 0 < position == len(read.path) - 1:
                return None
            known = {key for one in flat for key in one.get("properties", {})}
            known |= set(PROVIDED) if not position else set()
            return Strange(read, name, tuple(sorted(known)))
        at = inner
    return None


def _members(node: Schema, name: str) -> Iterator[Any]:
    properties = node.get("properties", {})
    if name in properties:
        yield properties[name]
    elif name == ITEM or (name in ("first", "last") and "items" in node):
        yield from (node["items"],) if "items" in node else ()
        yield from node.get("prefixItems", ())
    elif isinstance(node.get("additionalProperties"), Mapping):
        yield node["additionalProperties"]
    else:
        yield from node.get("patternProperties", {}).values()


def _flat(root: Schema, nodes: Iterable[Any]) -> list[Schema]:
    """Schemas and those they are put together of, each once however often it is named."""
    found: dict[int, Schema] = {}
    pending = list(nodes)
    while pending:
        node = pending.pop()
        if not isinstance(node, Mapping):
            node = _ANYTHING if node is True else _NOTHING
        if id(node) in found:
            continue
        found[id(node)] = node
        pending += _parts(root, node)
    return [one for one in found.values() if not (_free(one) and _parts(root, one))]


def _parts(root: Schema, node: Schema) -> list[Any]:
    parts = [one for key in _JOINED for one in node.get(key, ())]
    parts += [node[key] for key in ("then", "else") if key in node]
    reference = node.get("$ref")
    return [*parts, _referenced(root, reference)] if isinstance(reference, str) else parts


def _referenced(root: Schema, reference: str) -> Any:
    found: Any = root
    for part in reference.removeprefix("#").split("/")[1:]:
        found = found.get(part, True) if isinstance(found, Mapping) else True
    return found


def _free(node: Schema) -> bool:
    """Whether it says nothing about members, so that there may be any."""
    kinds = node.get("type", ("object", "array"))
    kinds = (kinds,) if isinstance(kinds, str) else kinds
    if "array" in kinds and "items" not in node and "prefixItems" not in node:
        return "properties" not in node
    named = "properties" in node or "patternProperties" in node or "items" in node
    return "object" in kinds and not named and "additionalProperties" not in node
