"""The parts of a string with interpolations, each as its own source."""

from symphainy.expr.errors import CompileError
from symphainy.expr.lexer import Token, tokenize
from symphainy.expr.nodes import Index, Literal, Node, Text, Variable, children
from symphainy.expr.parser import parse

__all__ = ["mentions", "parts", "path"]

NESTING = 32


def parts(source: str) -> list[tuple[str, bool]] | None:
    """Each part of the string that `source` is, and whether it is a source itself.

    None if `source` is anything but one string without a format.
    """
    try:
        tokens = tokenize(source, NESTING)
    except CompileError:
        return None
    if [one.kind for one in tokens] != ["string", "end"]:
        return None
    return [_part(source, one) for one in tokens[0].value if one]


def _part(source: str, part: str | list[Token]) -> tuple[str, bool]:
    if isinstance(part, str):
        return part, False
    return source[part[0].position : part[-1].position], True


def path(source: str) -> tuple[str, ...] | None:
    """The variable and the members that `source` goes through, if that is all it does."""
    try:
        node = parse(source)
    except (CompileError, RecursionError):
        return None
    keys: list[str] = []
    while isinstance(node, Index) and not node.optional:
        key = _text(node.key)
        if key is None:
            return None
        keys.append(key)
        node = node.term
    return (node.name, *reversed(keys)) if isinstance(node, Variable) else None


def _text(key: Node) -> str | None:
    if isinstance(key, Literal) and isinstance(key.value, str):
        return key.value
    if isinstance(key, Text) and all(isinstance(one, str) for one in key.parts):
        return "".join(key.parts)
    return None


def mentions(source: str, variable: str) -> bool:
    """Whether the expression names the variable anywhere."""
    if f"${variable}" not in source:
        return False
    try:
        level: list[Node] = [parse(source)]
    except CompileError:
        return False
    while level:
        if any(isinstance(one, Variable) and one.name == variable for one in level):
            return True
        level = [part for one in level for part in children(one)]
    return False
