"""Functions of regular expressions."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from symphainy.expr import nodes as n
from symphainy.expr import patterns
from symphainy.expr.arithmetic import plus
from symphainy.expr.builtins.registry import special
from symphainy.expr.code import MANY, ONE, Code, Env, Value, above, several, single
from symphainy.expr.combine import combinations
from symphainy.expr.emit.build import build
from symphainy.expr.errors import mismatch
from symphainy.expr.meter import Meter
from symphainy.expr.scope import Scope
from symphainy.expr.values import kind

Run = Callable[[Meter, Value, Value, Value, bool], Iterable[Value]]


def _literal(node: n.Node) -> str | None:
    if isinstance(node, n.Literal) and type(node.value) is str:
        return node.value
    return None


def _check(arguments: list[n.Node], flags: n.Node | None) -> bool:
    """Whether the pattern is literal; refuses one that RE2 does not take."""
    pattern = _literal(arguments[0])
    if pattern is None:
        return False
    patterns.check(pattern, _literal(flags) if flags is not None else "", arguments[0].position)
    return True


def _pattern_and_flags(given: list[Value]) -> tuple[Value, Value]:
    """One argument may be the pattern or [pattern, flags]."""
    if len(given) == 2:
        return given[0], given[1]
    only = given[0]
    if type(only) is list and only:
        return only[0], only[1] if len(only) > 1 else None
    if type(only) is not str:
        raise mismatch(f"{kind(only)} not a string or array")
    return only, None


def _register(name: str, arity: int, run: Run, yields: int, array: bool, extra: str) -> None:
    """A function of a pattern and perhaps flags."""

    @special(name, arity)
    def make(node: n.Call, scope: Scope) -> Code:
        arguments = [build(a, scope) for a in node.arguments]
        literal = _check(node.arguments, node.arguments[1] if arity == 2 else None)

        def results(env: Env, value: Value, given: list[Value]) -> Iterable[Value]:
            pattern, flags = _pattern_and_flags(given) if array else (*given, None)[:2]
            if extra and (flags is None or type(flags) is str):
                flags = (flags or "") + extra
            return run(env[0], value, pattern, flags, literal)

        if all(a.yields == ONE for a in arguments):
            ones = [a.one for a in arguments]
            if yields == ONE:
                return single(
                    lambda env, value: next(
                        iter(results(env, value, [f(env, value) for f in ones]))
                    ),
                    2,
                    *arguments,
                )
            return several(
                lambda env, value: results(env, value, [f(env, value) for f in ones]),
                2,
                *arguments,
            )

        def many(env: Env, value: Value) -> Iterator[Value]:
            for given in combinations(arguments, env, value, array):
                yield from results(env, value, given)

        return several(many, 2, *arguments)


def _test(
    meter: Meter, value: Value, pattern: Value, flags: Value, literal: bool
) -> Iterable[Value]:
    return (patterns.matches_any(meter, value, pattern, flags, literal),)


def _capture(
    meter: Meter, value: Value, pattern: Value, flags: Value, literal: bool
) -> Iterator[Value]:
    for match in patterns.matches(meter, value, pattern, flags, literal):
        yield patterns.named(match)


def _scan(
    meter: Meter, value: Value, pattern: Value, flags: Value, literal: bool
) -> Iterator[Value]:
    for match in patterns.matches(meter, value, pattern, flags, literal):
        if match["captures"]:
            yield [c["string"] for c in match["captures"]]
        else:
            yield match["string"]


def _splits(
    meter: Meter, value: Value, pattern: Value, flags: Value, literal: bool
) -> Iterator[Value]:
    at = 0
    for match in patterns.matches(meter, value, pattern, flags, literal):
        meter.text(match["offset"] - at)
        yield value[at : match["offset"]]
        at = match["offset"] + match["length"]
    meter.text(len(value) - at)
    yield value[at:]


def _split(
    meter: Meter, value: Value, pattern: Value, flags: Value, literal: bool
) -> Iterable[Value]:
    return (list(_splits(meter, value, pattern, flags, literal)),)


for _arity in (1, 2):
    _register("test", _arity, _test, ONE, True, "")
    _register("match", _arity, patterns.matches, MANY, True, "")
    _register("capture", _arity, _capture, MANY, True, "")
    _register("scan", _arity, _scan, MANY, False, "g")
    _register("splits", _arity, _splits, MANY, False, "g")
_register("split", 2, _split, ONE, False, "g")


def _substitution(node: n.Call, scope: Scope, extra: str) -> Code:
    pattern, insert = build(node.arguments[0], scope), build(node.arguments[1], scope)
    given_flags = node.arguments[2] if len(node.arguments) == 3 else n.Literal(node.position, "")
    flags = build(given_flags, scope)
    literal = _check(node.arguments, given_flags)

    def replaced(env: Env, value: Value, by: Value, mode: Value) -> list[Value]:
        mode = (mode or "") + extra if mode is None or type(mode) is str else mode
        found = patterns.matches(env[0], value, by, mode, literal)
        return _replaced(env, value, found, insert)

    if all(c.yields == ONE for c in (pattern, insert, flags)):
        re_of, flags_of = pattern.one, flags.one

        def one(env: Env, value: Value) -> Value:
            mode = flags_of(env, value)
            return replaced(env, value, re_of(env, value), mode)[0]

        return Code(ONE, one, None, 3 + pattern.cost, above([pattern, insert, flags]) + 2)

    def many(env: Env, value: Value) -> Iterator[Value]:
        for by, mode in combinations([pattern, flags], env, value, False):
            env[0].charge(1)
            yield from replaced(env, value, by, mode)

    return Code(MANY, None, many, 3, above([pattern, insert, flags]) + 3)


def _replaced(env: Env, value: str, found: Iterator[Any], insert: Code) -> list[Value]:
    """One text for each value the insertion yields; the text itself when it yields none."""
    meter = env[0]
    texts: list[list[str]] = []
    sizes: list[int] = []
    at = 0
    for match in found:
        gap = value[at : match["offset"]]
        at = match["offset"] + match["length"]
        meter.charge(insert.cost + 2)
        for position, text in enumerate(insert.many(env, patterns.named(match))):
            meter.charge(1)
            if type(text) is not str:
                plus(meter, gap, text)
                text = ""
            if position == len(texts):
                texts.append([])
                sizes.append(0)
            texts[position] += [gap, text]
            sizes[position] += len(gap) + len(text)
            if sizes[position] > meter.limits.string:
                meter.text(sizes[position])
    rest = value[at:]
    for size in sizes:
        meter.text(size + len(rest))
    return ["".join(pieces) + rest for pieces in texts] or [value]


@special("sub", 2)
def sub(node: n.Call, scope: Scope) -> Code:
    return _substitution(node, scope, "")


@special("sub", 3)
def sub_with(node: n.Call, scope: Scope) -> Code:
    return _substitution(node, scope, "")


@special("gsub", 2)
def gsub(node: n.Call, scope: Scope) -> Code:
    return _substitution(node, scope, "g")


@special("gsub", 3)
def gsub_with(node: n.Call, scope: Scope) -> Code:
    return _substitution(node, scope, "g")
