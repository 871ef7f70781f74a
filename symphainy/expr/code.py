"""Compiled nodes: closures, and what is known about them before they run."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

Value = Any
Env = tuple[Any, ...]
One = Callable[[Env, Value], Value]
Many = Callable[[Env, Value], Iterable[Value]]
# a path is a tuple of keys, or None when the value did not come from a path
Path = tuple[Any, ...] | None
Paths = Callable[[Env, Path, Value], Iterator[tuple[Path, Value]]]

ONE: Final = 0
OPTIONAL: Final = 1
MANY: Final = 2


class _Empty:
    __slots__ = ()

    def __repr__(self) -> str:
        return "EMPTY"


EMPTY: Final = _Empty()


class Code:
    """One compiled node.

    `yields` says whether it gives exactly one value, at most one (`EMPTY` for none) or many;
    the first two run through `one`, all through `many`. `cost` is charged by whoever runs the
    region the node is in, once per run. `height` bounds the Python frames it needs.
    """

    __slots__ = ("cost", "height", "many", "one", "paths", "yields")

    def __init__(
        self,
        yields: int,
        one: One | None,
        many: Many | None,
        cost: int,
        height: int,
        paths: "Callable[[], Paths] | None" = None,
    ) -> None:
        self.yields = yields
        self.one: One = one if one is not None else _never
        self.many: Many = many if many is not None else _lifted(yields, self.one)
        self.cost = cost
        self.height = height
        self.paths = paths


def _never(env: Env, value: Value) -> Value:
    raise AssertionError("a node of many values has no single one")


def _lifted(yields: int, one: One) -> Many:
    if yields == ONE:

        def single(env: Env, value: Value) -> Iterable[Value]:
            return (one(env, value),)

        return single

    def optional(env: Env, value: Value) -> Iterable[Value]:
        found = one(env, value)
        return () if found is EMPTY else (found,)

    return optional


UNBUILT: Final = Code(ONE, _never, None, 0, 0)


def single(one: One, cost: int, *parts: Code) -> Code:
    """Code of exactly one value over parts that have one each."""
    return Code(ONE, one, None, cost + sum(p.cost for p in parts), above(parts))


def several(many: Many, cost: int, *parts: Code) -> Code:
    """Code of many values; a generator frame weighs twice a plain one."""
    return Code(MANY, None, many, cost + sum(p.cost for p in parts), above(parts) + 1)


def above(parts: Iterable[Code]) -> int:
    return 1 + max((p.height for p in parts), default=0)
