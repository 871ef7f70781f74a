"""The syntax tree of an expression."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True, eq=False)
class Node:
    """Any part of the tree; `position` is its character offset in the source."""

    position: int


@dataclass(slots=True, eq=False)
class Identity(Node):
    pass


@dataclass(slots=True, eq=False)
class Literal(Node):
    value: Any


@dataclass(slots=True, eq=False)
class Text(Node):
    """A string with interpolations; `parts` holds plain strings and nodes in turn."""

    parts: list[Any]
    format: str


@dataclass(slots=True, eq=False)
class Format(Node):
    name: str


@dataclass(slots=True, eq=False)
class Variable(Node):
    name: str


@dataclass(slots=True, eq=False)
class Index(Node):
    term: Node
    key: Node
    optional: bool = False


@dataclass(slots=True, eq=False)
class Slice(Node):
    term: Node
    start: Node | None
    end: Node | None
    optional: bool = False


@dataclass(slots=True, eq=False)
class Iterate(Node):
    term: Node
    optional: bool = False


@dataclass(slots=True, eq=False)
class Try(Node):
    body: Node
    handler: Node | None = None


@dataclass(slots=True, eq=False)
class Negate(Node):
    term: Node


@dataclass(slots=True, eq=False)
class Pipe(Node):
    stages: list[Node]


@dataclass(slots=True, eq=False)
class Comma(Node):
    items: list[Node]


@dataclass(slots=True, eq=False)
class Binary(Node):
    """Arithmetic and comparison."""

    operator: str
    left: Node
    right: Node


@dataclass(slots=True, eq=False)
class Logic(Node):
    """`and` and `or`."""

    operator: str
    left: Node
    right: Node


@dataclass(slots=True, eq=False)
class Alternative(Node):
    """`left // right`."""

    left: Node
    right: Node


@dataclass(slots=True, eq=False)
class Update(Node):
    """Assignment: `=`, `|=` or an arithmetic one."""

    operator: str
    target: Node
    value: Node


@dataclass(slots=True, eq=False)
class If(Node):
    condition: Node
    then: Node
    otherwise: Node


@dataclass(slots=True, eq=False)
class Array(Node):
    body: Node | None


@dataclass(slots=True, eq=False)
class Object(Node):
    pairs: list[tuple[Node, Node]]


@dataclass(slots=True, eq=False)
class Pattern(Node):
    pass


@dataclass(slots=True, eq=False)
class NamePattern(Pattern):
    name: str


@dataclass(slots=True, eq=False)
class ArrayPattern(Pattern):
    items: list[Pattern]


@dataclass(slots=True, eq=False)
class ObjectPattern(Pattern):
    """Fields as (key node, variable bound to the whole field, pattern inside)."""

    fields: list[tuple[Node, str | None, Pattern | None]]


@dataclass(slots=True, eq=False)
class Bind(Node):
    """`source as p1 ?// p2 | body`."""

    source: Node
    patterns: list[Pattern]
    body: Node


@dataclass(slots=True, eq=False)
class Reduce(Node):
    source: Node
    patterns: list[Pattern]
    start: Node
    update: Node


@dataclass(slots=True, eq=False)
class Foreach(Node):
    source: Node
    patterns: list[Pattern]
    start: Node
    update: Node
    extract: Node | None


@dataclass(slots=True, eq=False)
class Function(Node):
    """A definition; parameters that bind a value start with `$`."""

    name: str
    parameters: list[str]
    body: Node


@dataclass(slots=True, eq=False)
class Define(Node):
    function: Function
    rest: Node


@dataclass(slots=True, eq=False)
class Call(Node):
    name: str
    arguments: list[Node] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Label(Node):
    name: str
    body: Node


@dataclass(slots=True, eq=False)
class BreakOut(Node):
    name: str


def children(node: Node) -> list[Node]:
    """The direct parts of a node, patterns included, in source order."""
    return _PARTS[type(node)](node) if type(node) in _PARTS else []


def _pattern_parts(pattern: ObjectPattern) -> list[Node]:
    found: list[Node] = []
    for key, _, inner in pattern.fields:
        found.append(key)
        if inner is not None:
            found.append(inner)
    return found


def _present(*nodes: Node | None) -> list[Node]:
    return [n for n in nodes if n is not None]


_PARTS: dict[type, Any] = {
    Text: lambda n: [p for p in n.parts if not isinstance(p, str)],
    Index: lambda n: [n.term, n.key],
    Slice: lambda n: _present(n.term, n.start, n.end),
    Iterate: lambda n: [n.term],
    Try: lambda n: _present(n.body, n.handler),
    Negate: lambda n: [n.term],
    Pipe: lambda n: n.stages,
    Comma: lambda n: n.items,
    Binary: lambda n: [n.left, n.right],
    Logic: lambda n: [n.left, n.right],
    Alternative: lambda n: [n.left, n.right],
    Update: lambda n: [n.target, n.value],
    If: lambda n: [n.condition, n.then, n.otherwise],
    Array: lambda n: _present(n.body),
    Object: lambda n: [part for pair in n.pairs for part in pair],
    ArrayPattern: lambda n: n.items,
    ObjectPattern: _pattern_parts,
    Bind: lambda n: [n.source, *n.patterns, n.body],
    Reduce: lambda n: [n.source, *n.patterns, n.start, n.update],
    Foreach: lambda n: _present(n.source, *n.patterns, n.start, n.update, n.extract),
    Function: lambda n: [n.body],
    Define: lambda n: [n.function, n.rest],
    Call: lambda n: n.arguments,
    Label: lambda n: [n.body],
}


def shape(node: Node) -> tuple[int, int]:
    """How many nodes the tree has and how many levels."""
    count = height = 0
    stack = [(node, 1)]
    while stack:
        current, level = stack.pop()
        count += 1
        height = max(height, level)
        stack.extend((part, level + 1) for part in children(current))
    return count, height


def bound_names(patterns: list[Pattern]) -> list[str]:
    """The variables the patterns bind, each once, in order."""
    found: dict[str, None] = {}
    stack: list[Node] = list(reversed(patterns))
    while stack:
        node = stack.pop()
        if isinstance(node, NamePattern):
            found[node.name] = None
        elif isinstance(node, ArrayPattern):
            stack.extend(reversed(node.items))
        elif isinstance(node, ObjectPattern):
            for _, name, _ in node.fields:
                if name is not None:
                    found[name] = None
            stack.extend(inner for _, _, inner in reversed(node.fields) if inner is not None)
    return list(found)
