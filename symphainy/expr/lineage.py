"""Which paths an expression reads, as far as its text tells."""

from symphainy.expr import nodes as n

Origin = tuple[str, ...] | None

_SELECTING = {"select", "recurse", "arrays", "objects", "values", "strings", "numbers"}
_PER_ITEM = {
    "map", "map_values", "any", "all", "sort_by", "group_by", "min_by", "max_by", "unique_by",
}  # fmt: skip
_BLIND = {"empty", "now", "error", "range", "infinite", "nan"}
_LONGEST = 16


def read_paths(tree: n.Node) -> frozenset[tuple[str, ...]]:
    """Paths from `.` and from variables; `[]` stands for any item of an array or object."""
    reader = _Reader()
    reader.consume(tree, (".",), {})
    return frozenset(reader.found)


class _Reader:
    """Follows where the value a node works on comes from; None when it was computed."""

    def __init__(self) -> None:
        self.found: set[tuple[str, ...]] = set()

    def consume(self, node: n.Node, dot: Origin, names: dict[str, Origin]) -> None:
        origin = self.visit(node, dot, names)
        if origin is not None:
            self.found.add(origin)

    def visit(self, node: n.Node, dot: Origin, names: dict[str, Origin]) -> Origin:
        """The origin of the node's value; what its parts read on the way is recorded."""
        if isinstance(node, n.Identity):
            return dot
        if isinstance(node, n.Variable):
            return names.get(node.name, (node.name,))
        if isinstance(node, n.Index):
            return self.index(node, dot, names)
        if isinstance(node, n.Iterate):
            return _below(self.visit(node.term, dot, names), "[]")
        if isinstance(node, n.Pipe):
            for stage in node.stages[:-1]:
                dot = self.visit(stage, dot, names)
            return self.visit(node.stages[-1], dot, names)
        if isinstance(node, n.Bind):
            return self.bind(node, dot, names)
        if isinstance(node, n.Call):
            return self.call(node, dot, names)
        return self.other(node, dot, names)

    def other(self, node: n.Node, dot: Origin, names: dict[str, Origin]) -> Origin:
        if isinstance(node, n.Try) and node.handler is None:
            return self.visit(node.body, dot, names)
        if isinstance(node, n.Slice):
            for part in (node.start, node.end):
                if part is not None:
                    self.consume(part, dot, names)
            return self.visit(node.term, dot, names)
        self.parts(node, dot, names)
        return None

    def parts(self, node: n.Node, dot: Origin, names: dict[str, Origin]) -> None:
        if isinstance(node, n.Literal):
            return
        if isinstance(node, (n.Reduce, n.Foreach)):
            self.consume(node.source, dot, names)
            self.consume(node.start, dot, names)
            inner = {**names, **dict.fromkeys(n.bound_names(node.patterns))}
            self.consume(node.update, None, inner)
            if isinstance(node, n.Foreach) and node.extract is not None:
                self.consume(node.extract, None, inner)
            return
        if isinstance(node, n.Function):
            parameters = {p[1:]: None for p in node.parameters if p.startswith("$")}
            self.consume(node.body, None, {**names, **parameters})
            return
        if isinstance(node, n.Format):
            self.found.update([dot] if dot is not None else [])
        for part in n.children(node):
            self.consume(part, dot, names)

    def index(self, node: n.Index, dot: Origin, names: dict[str, Origin]) -> Origin:
        base = self.visit(node.term, dot, names)
        if isinstance(node.key, n.Literal):
            return _below(base, node.key.value if type(node.key.value) is str else "[]")
        self.consume(node.key, dot, names)
        return _below(base, "[]")

    def bind(self, node: n.Bind, dot: Origin, names: dict[str, Origin]) -> Origin:
        pattern = node.patterns[0]
        if len(node.patterns) == 1 and isinstance(pattern, n.NamePattern):
            source = self.visit(node.source, dot, names)
            return self.visit(node.body, dot, {**names, pattern.name: source})
        self.consume(node.source, dot, names)
        inner = {**names, **dict.fromkeys(n.bound_names(node.patterns))}
        return self.visit(node.body, dot, inner)

    def call(self, node: n.Call, dot: Origin, names: dict[str, Origin]) -> Origin:
        inner = _below(dot, "[]") if node.name in _PER_ITEM else dot
        for argument in node.arguments:
            self.consume(argument, inner, names)
        if node.name in _SELECTING:
            return dot
        if dot is not None and node.name not in _BLIND and (inner is dot or not node.arguments):
            self.found.add(dot)
        return None


def _below(origin: Origin, step: str) -> Origin:
    if origin is None or len(origin) >= _LONGEST:
        return origin
    return (*origin, step)
