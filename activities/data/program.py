"""Which programs may run in a process of their own: those that see nothing but their data."""

from collections.abc import Iterator

from symphainy.errors import Refused
from symphainy.expr import CompileError
from symphainy.expr import nodes as n
from symphainy.expr.allowed import REFUSED
from symphainy.expr.parser import parse

__all__ = ["check"]


def check(source: str) -> None:
    """Refuse a program that would reach beyond its data, whether or not it would get there."""
    try:
        tree = parse(source)
    except CompileError as error:
        raise Refused("transform.program", error.message, pointer="/program") from error
    for name in _names(tree):
        raise Refused("transform.program", f"{name} is refused: {_why(name)}", pointer="/program")


def _names(tree: n.Node) -> Iterator[str]:
    """What is called or read that has no place here; a definition of the same name does not help,
    as it may end before its use."""
    level = [tree]
    while level:
        for node in level:
            if isinstance(node, n.Call) and (node.name in REFUSED or "::" in node.name):
                yield node.name
            if isinstance(node, n.Variable) and node.name in ("ENV", "__prog_args"):
                yield f"${node.name}"
        level = [part for node in level for part in n.children(node)]


def _why(name: str) -> str:
    return REFUSED.get(name, "a program sees nothing but its data and variables")
