"""What a template reads of its data, followed into the items of lists it loops over."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from liquid import BoundTemplate, Node
from liquid.builtin.expressions import FilteredExpression, LoopExpression, Path
from liquid.builtin.tags.assign_tag import AssignNode
from liquid.builtin.tags.for_tag import ForNode
from liquid.expression import Expression

from symphainy.template.errors import place

__all__ = ["ANY", "ITEM", "Read", "reads"]

ITEM = "[]"
"""Among the names of a path: any item of the list before it."""
ANY = "*"
"""At the end of a path: a member that only the data names."""

Path_ = tuple[str, ...]
Scope = Mapping[str, Path_ | None]
"""What the names that the template makes stand for; None for what is not of the data."""


class Read(NamedTuple):
    """A value of the data that a template reads."""

    path: Path_
    line: int
    column: int

    def __str__(self) -> str:
        return ".".join(self.path).replace(f".{ITEM}", ITEM)


def reads(bound: BoundTemplate, source: str) -> Iterator[Read]:
    """Each value that is read, where it is first."""
    seen: set[Path_] = set()
    made: dict[str, Path_ | None] = {}
    for path, index in _of_nodes(bound.nodes, {}, made):
        if path not in seen:
            seen.add(path)
            yield Read(path, *place(source, index))


def _of_nodes(
    nodes: Iterable[Node], scope: Scope, made: dict[str, Path_ | None]
) -> Iterator[tuple[Path_, int]]:
    for node in nodes:
        for expression in node.expressions():
            yield from _of_expression(expression, {**made, **scope})
        for name in node.template_scope():
            made[str(name)] = _assigned(node, {**made, **scope})
        inner = {**scope, **_inside(node, {**made, **scope})}
        # No tag of ours looks at the context to tell its children.
        yield from _of_nodes(node.children(None), inner, made)  # type: ignore[arg-type]


def _inside(node: Node, scope: Scope) -> Scope:
    names: dict[str, Path_ | None] = {str(one): None for one in node.block_scope()}
    if isinstance(node, ForNode) and isinstance(node.expression, LoopExpression):
        over = node.expression.iterable
        path = _path(over, scope) if isinstance(over, Path) else None
        names[str(node.expression.identifier)] = (*path, ITEM) if path else None
    return names


def _assigned(node: Node, scope: Scope) -> Path_ | None:
    if not isinstance(node, AssignNode):
        return None
    given = node.expression
    if isinstance(given, FilteredExpression) and not given.filters and isinstance(given.left, Path):
        return _path(given.left, scope)
    return None


def _of_expression(expression: Expression, scope: Scope) -> Iterator[tuple[Path_, int]]:
    if isinstance(expression, Path):
        path = _path(expression, scope)
        if path:
            yield path, expression.token.start_index
    inner = {**scope, **{str(name): None for name in expression.scope()}}
    for one in expression.children():
        yield from _of_expression(one, inner)


def _path(expression: Path, scope: Scope) -> Path_ | None:
    """The names it leads through; None if it is none of the data, or nobody knows which."""
    first, *rest = expression.path
    if not isinstance(first, str):
        return None
    start = scope.get(first, (first,))
    return None if start is None else (*start, *_names(rest))


def _names(segments: Sequence[object]) -> Iterator[str]:
    for one in segments:
        if isinstance(one, int):
            yield ITEM
        elif isinstance(one, str):
            yield one
        else:
            yield ANY
            return
