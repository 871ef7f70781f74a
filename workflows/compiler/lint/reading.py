"""What an expression gives and reads, as far as its syntax tells for certain."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from symphainy.expr import nodes as n
from workflows.compiler.shapes import (
    UNKNOWN,
    Known,
    Many,
    Object,
    Shape,
    item,
    join,
    member,
    names,
)

__all__ = ["Reading"]

Names = Mapping[str, Shape]
Report = Callable[[str, Shape], None]

BOOLEAN, STRING, NUMBER = Known("boolean"), Known("string"), Known("number")
PER_ITEM = frozenset({"any", "all", "sort_by", "group_by", "min_by", "max_by", "unique_by"})
GIVES: Mapping[str, Shape] = {
    "length": NUMBER,
    "not": BOOLEAN,
    "tostring": STRING,
    "tojson": STRING,
    "any": BOOLEAN,
    "all": BOOLEAN,
    "test": BOOLEAN,
    "now": NUMBER,
}


@dataclass(frozen=True, slots=True)
class Reading:
    """Follows the values through an expression; what it does not understand it says nothing of."""

    report: Report
    """Told the path that is read, and the shape that cannot have its last step."""

    def shape(self, node: n.Node, dot: Shape, given: Names) -> Shape:
        """What the node gives; what it reads that cannot be there is reported on the way."""
        rule = RULES.get(type(node))
        return UNKNOWN if rule is None else rule(self, node, dot, given)

    def quietly(self, node: n.Node, dot: Shape, given: Names) -> Shape:
        """The same for what an author has said may be missing."""
        return Reading(_nothing).shape(node, dot, given)

    def _index(self, node: n.Index, dot: Shape, given: Names) -> Shape:
        base = self.shape(node.term, dot, given)
        key = node.key.value if isinstance(node.key, n.Literal) else None
        if not isinstance(key, str):
            return item(base)
        found = member(base, key)
        if found is not None:
            return found
        if not node.optional:
            self.report(_path(node), base)
        return UNKNOWN

    def _object(self, node: n.Object, dot: Shape, given: Names) -> Shape:
        members: dict[str, Shape] = {}
        open_ = False
        for key, value in node.pairs:
            shape = self.shape(value, dot, given)
            if isinstance(key, n.Literal) and isinstance(key.value, str):
                members[key.value] = shape
            else:
                open_ = True
        return Object(members, open_)

    def _pipe(self, node: n.Pipe, dot: Shape, given: Names) -> Shape:
        for stage in node.stages:
            dot = self.shape(stage, dot, given)
        return dot

    def _bind(self, node: n.Bind, dot: Shape, given: Names) -> Shape:
        source = self.shape(node.source, dot, given)
        bound: dict[str, Shape] = dict.fromkeys(n.bound_names(node.patterns), UNKNOWN)
        pattern = node.patterns[0]
        if len(node.patterns) == 1 and isinstance(pattern, n.NamePattern):
            bound = {pattern.name: source}
        return self.shape(node.body, dot, {**given, **bound})

    def _binary(self, node: n.Binary, dot: Shape, given: Names) -> Shape:
        left, right = (self.shape(one, dot, given) for one in (node.left, node.right))
        if node.operator in ("==", "!=", "<", "<=", ">", ">="):
            return BOOLEAN
        if node.operator != "+" or not isinstance(left, Object) or not isinstance(right, Object):
            return UNKNOWN
        return Object({**left.members, **right.members}, left.open or right.open)

    def _logic(self, node: n.Logic, dot: Shape, given: Names) -> Shape:
        self.shape(node.left, dot, given)
        self.shape(node.right, dot, given)
        return BOOLEAN

    def _alternative(self, node: n.Alternative, dot: Shape, given: Names) -> Shape:
        left = self.quietly(node.left, dot, given)
        return join((left, self.shape(node.right, dot, given)))

    def _if(self, node: n.If, dot: Shape, given: Names) -> Shape:
        self.shape(node.condition, dot, given)
        return join(self.shape(one, dot, given) for one in (node.then, node.otherwise))

    def _text(self, node: n.Text, dot: Shape, given: Names) -> Shape:
        for part in node.parts:
            if isinstance(part, n.Node):
                self.shape(part, dot, given)
        return STRING

    def _array(self, node: n.Array, dot: Shape, given: Names) -> Shape:
        return Many(UNKNOWN if node.body is None else self.shape(node.body, dot, given))

    def _call(self, node: n.Call, dot: Shape, given: Names) -> Shape:
        if node.name == "select" and len(node.arguments) == 1:
            self.shape(node.arguments[0], dot, given)
            return dot
        if node.name == "map" and len(node.arguments) == 1:
            return Many(self.shape(node.arguments[0], item(dot), given))
        if node.name in PER_ITEM and len(node.arguments) == 1:
            self.shape(node.arguments[0], item(dot), given)
            return GIVES.get(node.name, UNKNOWN)
        return GIVES.get(node.name, UNKNOWN) if not node.arguments else UNKNOWN


def _nothing(path: str, shape: Shape) -> None:
    """Reports to nobody."""


def _literal(reading: Reading, node: n.Literal, dot: Shape, given: Names) -> Shape:
    value = node.value
    if isinstance(value, bool):
        return BOOLEAN
    if isinstance(value, str):
        return STRING
    return NUMBER if isinstance(value, int | float) else Known("null") if value is None else UNKNOWN


def _path(node: n.Node) -> str:
    """How an author writes what is read."""
    if isinstance(node, n.Index):
        base = _path(node.term)
        key = node.key.value if isinstance(node.key, n.Literal) else "…"
        return f"{base.rstrip('.')}.{key}" if isinstance(key, str) else f"{base}[{key}]"
    if isinstance(node, n.Variable):
        return f"${node.name}"
    if isinstance(node, n.Iterate):
        return f"{_path(node.term)}[]"
    return "." if isinstance(node, n.Identity) else "(…)"


def described(shape: Shape) -> str:
    """What the shape has, for a message."""
    known = sorted({*names(shape)})
    if known:
        listed = ", ".join(f"`{one}`" for one in known[:8])
        return f"there are {listed}" + (" and more" if len(known) > 8 else "")
    if isinstance(shape, Known):
        return f"it is always {'null' if shape.kind == 'null' else f'a {shape.kind}'}"
    return "it is a list" if isinstance(shape, Many) else "it has no members"


# Each rule has a type of node of its own, which a table cannot say to the type checker.
RULES: Mapping[type, Callable[..., Shape]] = {
    n.Identity: lambda reading, node, dot, given: dot,
    n.Variable: lambda reading, node, dot, given: given.get(node.name, UNKNOWN),
    n.Literal: _literal,
    n.Index: Reading._index,
    n.Iterate: lambda reading, node, dot, given: item(reading.shape(node.term, dot, given)),
    n.Try: lambda reading, node, dot, given: reading.quietly(node.body, dot, given),
    n.Object: Reading._object,
    n.Array: Reading._array,
    n.Pipe: Reading._pipe,
    n.Bind: Reading._bind,
    n.Binary: Reading._binary,
    n.Logic: Reading._logic,
    n.Alternative: Reading._alternative,
    n.If: Reading._if,
    n.Text: Reading._text,
    n.Call: Reading._call,
}
