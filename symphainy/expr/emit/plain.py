"""Literals, variables, access, strings, arrays and objects."""

from collections.abc import Callable, Iterable, Iterator

from symphainy.expr import formats
from symphainy.expr import nodes as n
from symphainy.expr.access import (
    cannot_index,
    lookup,
    members,
    not_iterable,
    slice_of,
)
from symphainy.expr.code import (
    EMPTY,
    MANY,
    ONE,
    OPTIONAL,
    Code,
    Env,
    One,
    Value,
    above,
    several,
    single,
)
from symphainy.expr.combine import combinations
from symphainy.expr.emit.build import build, builds
from symphainy.expr.errors import CompileError, EvaluationError, mismatch
from symphainy.expr.jsontext import brief
from symphainy.expr.scope import Scope
from symphainy.expr.values import kind


def _identity(env: Env, value: Value) -> Value:
    return value


@builds(n.Identity)
def identity(node: n.Identity, scope: Scope) -> Code:
    return single(_identity, 1)


@builds(n.Literal)
def literal(node: n.Literal, scope: Scope) -> Code:
    constant = node.value
    return single(lambda env, value: constant, 1)


@builds(n.Variable)
def variable(node: n.Variable, scope: Scope) -> Code:
    if node.name in ("ENV", "__loc__", "__prog_args"):
        raise CompileError(
            "expression.forbidden",
            f"${node.name} is refused: an expression sees nothing but its data",
            node.position,
        )
    slot = scope.slot(node)
    return single(lambda env, value: env[slot], 1)


def _optional(one: One) -> One:
    """The access with its type errors as no value at all."""

    def attempt(env: Env, value: Value) -> Value:
        try:
            return one(env, value)
        except EvaluationError as error:
            if error.uncatchable:
                raise
            return EMPTY

    return attempt


def _field(term: Code, key: str) -> Code:
    inner = term.one
    if inner is _identity:

        def own(env: Env, value: Value) -> Value:
            if type(value) is dict:
                return value.get(key)
            if value is None:
                return None
            raise cannot_index(value, key)

        return single(own, 1, term)

    def one(env: Env, value: Value) -> Value:
        found = inner(env, value)
        if type(found) is dict:
            return found.get(key)
        if found is None:
            return None
        raise cannot_index(found, key)

    return single(one, 1, term)


@builds(n.Index)
def index(node: n.Index, scope: Scope) -> Code:
    key, term = build(node.key, scope), build(node.term, scope)
    if term.yields != ONE or key.yields != ONE:
        return _access(
            node.optional, term, [key], lambda env, found, keys: lookup(env[0], found, keys[0])
        )
    if node.optional:
        return _access(True, term, [key], lambda env, found, keys: lookup(env[0], found, keys[0]))
    if isinstance(node.key, n.Literal) and type(node.key.value) is str:
        return _field(term, node.key.value)
    of, by = term.one, key.one

    def one(env: Env, value: Value) -> Value:
        at = by(env, value)
        return lookup(env[0], of(env, value), at)

    return single(one, 1, term, key)


def _access(
    optional: bool,
    term: Code,
    keys: list[Code],
    read: Callable[[Env, Value, list[Value]], Value],
) -> Code:
    """Access in general: every key combination, then every value of the term."""
    parts = [term, *keys]
    step = _guarded(read) if optional else read
    yields = OPTIONAL if optional else ONE
    if all(k.yields == ONE for k in keys) and term.yields < MANY:
        of, ones = term.one, [k.one for k in keys]

        def one(env: Env, value: Value) -> Value:
            at = [k(env, value) for k in ones]
            found = of(env, value)
            return EMPTY if found is EMPTY else step(env, found, at)

        return Code(
            max(yields, term.yields), one, None, 1 + sum(p.cost for p in parts), above(parts)
        )

    def many(env: Env, value: Value) -> Iterator[Value]:
        for at in combinations(keys, env, value, False) if keys else [[]]:
            for found in term.many(env, value):
                env[0].charge(1)
                result = step(env, found, at)
                if result is not EMPTY:
                    yield result

    return several(many, 2, *parts)


def _guarded(
    read: Callable[[Env, Value, list[Value]], Value],
) -> Callable[[Env, Value, list[Value]], Value]:
    def attempt(env: Env, value: Value, keys: list[Value]) -> Value:
        try:
            return read(env, value, keys)
        except EvaluationError as error:
            if error.uncatchable:
                raise
            return EMPTY

    return attempt


@builds(n.Slice)
def slice_node(node: n.Slice, scope: Scope) -> Code:
    nothing = n.Literal(node.position, None)
    keys = [build(node.start or nothing, scope), build(node.end or nothing, scope)]
    return _access(
        node.optional,
        build(node.term, scope),
        keys,
        lambda env, found, at: slice_of(env[0], found, at[0], at[1]),
    )


@builds(n.Iterate)
def iterate(node: n.Iterate, scope: Scope) -> Code:
    term = build(node.term, scope)
    through = _members_if_any if node.optional else members
    if term.yields == ONE:
        of = term.one
        if of is _identity and not node.optional:

            def own(env: Env, value: Value) -> Iterable[Value]:
                if type(value) is list:
                    return value
                if type(value) is dict:
                    return value.values()
                raise not_iterable(value)

            return several(own, 1, term)
        return several(lambda env, value: through(of(env, value)), 1, term)

    def many(env: Env, value: Value) -> Iterator[Value]:
        for found in term.many(env, value):
            env[0].charge(1)
            yield from through(found)

    return several(many, 1, term)


def _members_if_any(value: Value) -> Iterable[Value]:
    return members(value) if type(value) in (list, dict) else ()


@builds(n.Format)
def format_node(node: n.Format, scope: Scope) -> Code:
    shape = formats.named(node.name, node.position)
    return single(lambda env, value: shape(env[0], value), 2)


@builds(n.Text)
def text(node: n.Text, scope: Scope) -> Code:
    shape = formats.named(node.format, node.position)
    codes = [build(p, scope) for p in node.parts if not isinstance(p, str)]
    template = [p if isinstance(p, str) else None for p in node.parts]

    def join(env: Env, values: Iterable[Value]) -> str:
        found = iter(values)
        pieces = [p if p is not None else shape(env[0], next(found)) for p in template]
        env[0].text(sum(map(len, pieces)))
        return "".join(pieces)

    if all(c.yields == ONE for c in codes):
        ones = [c.one for c in reversed(codes)]

        def one(env: Env, value: Value) -> Value:
            # the last part first, as with the operands of `+`
            values = [f(env, value) for f in ones]
            values.reverse()
            return join(env, values)

        return single(one, len(template), *codes)

    def many(env: Env, value: Value) -> Iterator[Value]:
        for values in combinations(codes, env, value, True):
            yield join(env, values)

    return several(many, len(template), *codes)


@builds(n.Array)
def array(node: n.Array, scope: Scope) -> Code:
    if node.body is None:
        return single(lambda env, value: [], 1)
    body = build(node.body, scope)
    if body.yields == ONE:
        item = body.one
        return single(lambda env, value: [item(env, value)], 1, body)
    many = body.many

    def one(env: Env, value: Value) -> Value:
        meter = env[0]
        out = []
        for found in many(env, value):
            meter.fuel -= 1
            if meter.fuel < 0:
                raise meter.out_of_fuel()
            out.append(found)
        return out

    return single(one, 1, body)


def checked_key(key: Value) -> str:
    if type(key) is not str:
        raise mismatch(f"Cannot use {kind(key)} ({brief(key)}) as object key")
    return key


@builds(n.Object)
def object_node(node: n.Object, scope: Scope) -> Code:
    pairs = [(build(k, scope), build(v, scope)) for k, v in node.pairs]
    parts = [code for pair in pairs for code in pair]
    constant = [k.value if isinstance(k, n.Literal) else None for k, _ in node.pairs]
    if all(code.yields == ONE for code in parts):
        if all(type(k) is str for k in constant):
            fields = [(str(k), value.one) for k, (_, value) in zip(constant, pairs, strict=True)]
            return single(lambda env, value: {k: f(env, value) for k, f in fields}, 1, *parts)
        ones = [(k.one, f.one) for k, f in pairs]
        return single(
            lambda env, value: {checked_key(k(env, value)): f(env, value) for k, f in ones},
            1,
            *parts,
        )

    def many(env: Env, value: Value) -> Iterator[Value]:
        for chosen in combinations(parts, env, value, False):
            env[0].charge(len(pairs))
            keys = iter(chosen)
            yield {checked_key(k): next(keys) for k in keys}

    return several(many, 1, *parts)
