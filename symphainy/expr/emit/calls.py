"""Definitions and calls: of functions, of parameters, of builtins."""

from collections.abc import Callable, Iterable, Iterator

from symphainy.expr import allowed
from symphainy.expr import nodes as n
from symphainy.expr.builtins import registry
from symphainy.expr.code import EMPTY, MANY, ONE, Code, Env, Path, Paths, Value, above, several
from symphainy.expr.combine import combinations
from symphainy.expr.emit.build import build, builds, trace
from symphainy.expr.errors import CompileError
from symphainy.expr.scope import Closure, Definition, Scope
from symphainy.expr.scope import Value as ValueParameter

_REBUILDS = 8


@builds(n.Define)
def define(node: n.Define, scope: Scope) -> Code:
    inner = declare(node.function, scope)
    return build(node.rest, inner)


def declare(function: n.Function, scope: Scope) -> Scope:
    """The scope with the function in it, its body built."""
    definition = Definition(function, scope.size, ONE, scope)
    outer = scope.define(function.name, len(function.parameters), definition)
    body = outer
    for parameter in function.parameters:
        name = parameter.lstrip("$")
        slot = body.size
        if parameter.startswith("$"):
            body = body.bind(name).define(name, 0, ValueParameter(slot))
        else:
            body = body.bind(f"*closure-{name}").define(name, 0, Closure(slot))
    definition.body = body
    _settle(definition, body)
    return outer


def _settle(definition: Definition, body: Scope) -> None:
    """Build the body; a recursive one until what it was assumed to yield is what it yields."""
    program = body.program
    if program.rebuilds > _REBUILDS:
        definition.yields = MANY
    while True:
        code = build(definition.function.body, body)
        if not definition.recursive or code.yields <= definition.yields:
            break
        definition.yields = code.yields
        program.rebuilds += 1
    if not definition.recursive:
        definition.yields = code.yields
    elif code.yields < definition.yields:
        code = Code(definition.yields, code.one, code.many, code.cost, code.height)
    definition.code = code
    definition.built = True


@builds(n.Call)
def call(node: n.Call, scope: Scope) -> Code:
    meaning = resolve(node, scope)
    if isinstance(meaning, Definition):
        return call_definition(node, meaning, scope)
    if isinstance(meaning, Closure):
        return call_closure(meaning.slot)
    if isinstance(meaning, ValueParameter):
        slot = meaning.slot
        return Code(ONE, lambda env, value: env[slot], None, 1, 1)
    return meaning.build(node, scope)


def resolve(
    node: n.Call, scope: Scope
) -> "Definition | Closure | ValueParameter | registry.Builtin":
    """What the name means here; raises for names that are refused or unknown."""
    key = (node.name, len(node.arguments))
    meaning = scope.functions.get(key)
    if meaning is not None:
        return meaning
    builtin = registry.BUILTINS.get(key)
    if builtin is not None:
        return builtin
    defined = registry.defined(key)
    if defined is not None:
        return defined
    raise _unknown(node, scope)


def _unknown(node: n.Call, scope: Scope) -> CompileError:
    reason = allowed.refusal(node.name)
    if reason is not None:
        return CompileError(
            "expression.forbidden", f"{node.name} is refused: {reason}", node.position
        )
    arity = len(node.arguments)
    return CompileError(
        "expression.forbidden",
        f"{node.name}/{arity} is not a known function; "
        + allowed.hint(node.name, registry.known() | set(scope.functions)),
        node.position,
    )


Arguments = Callable[[Env, Value], tuple[Value, ...]]


def _frames(
    node: n.Call, definition: Definition, scope: Scope
) -> "tuple[list[Code], Callable[[Env, Value], Iterable[Env]], bool]":
    """The value arguments, the frames a call runs in, and whether that is always one frame."""
    size = definition.size
    makers: list[Callable[[Env, Value], Value]] = []
    values: list[Code] = []
    for parameter, argument in zip(definition.function.parameters, node.arguments, strict=True):
        if parameter.startswith("$"):
            code = build(argument, scope)
            values.append(code)
            makers.append(code.one)
        else:
            makers.append(closure(argument, scope))
    if all(code.yields == ONE for code in values):

        def frame(env: Env, value: Value) -> Iterable[Env]:
            return ((*env[:size], *[make(env, value) for make in makers]),)

        return values, frame, True
    by_value = [p.startswith("$") for p in definition.function.parameters]

    def frames(env: Env, value: Value) -> Iterator[Env]:
        for chosen in combinations(values, env, value, False):
            given = iter(chosen)
            rest = [
                next(given) if is_value else make(env, value)
                for is_value, make in zip(by_value, makers, strict=True)
            ]
            yield (*env[:size], *rest)

    return values, frames, False


def closure(argument: n.Node, scope: Scope) -> Callable[[Env, Value], tuple[Code, Env]]:
    """Makes the (code, frame) pair of an argument; a parameter passed on stays what it is."""
    if isinstance(argument, n.Call) and not argument.arguments:
        meaning = scope.functions.get((argument.name, 0))
        if isinstance(meaning, Closure):
            slot = meaning.slot
            return lambda env, value: env[slot]
    code = with_paths(build(argument, scope), argument, scope)
    return lambda env, value: (code, env)


def with_paths(code: Code, node: n.Node, scope: Scope) -> Code:
    """The code as one that can also tell paths, built when first asked."""
    known: list[Paths] = []

    def paths() -> Paths:
        if not known:
            known.append(trace(node, scope))
        return known[0]

    return Code(code.yields, code.one, code.many, code.cost, code.height, paths)


def call_definition(node: n.Call, definition: Definition, scope: Scope) -> Code:
    values, frames, single_frame = _frames(node, definition, scope)
    if not definition.built:
        definition.recursive = True
    yields = definition.yields
    height = above(values) + 1
    cost = 2 + sum(code.cost for code in values)
    if single_frame and yields < MANY:

        def one(env: Env, value: Value) -> Value:
            (frame,) = frames(env, value)
            return enter_one(definition.code, frame, value)

        return Code(yields, one, None, cost, height)

    def many(env: Env, value: Value) -> Iterator[Value]:
        for frame in frames(env, value):
            yield from enter(definition.code, frame, value)

    return Code(MANY, None, many, cost, height + 2)


def call_closure(slot: int) -> Code:
    def many(env: Env, value: Value) -> Iterable[Value]:
        code, frame = env[slot]
        if code.yields < MANY:
            found = enter_one(code, frame, value)
            return () if found is EMPTY else (found,)
        return enter(code, frame, value)

    return several(many, 2)


def enter_one(code: Code, frame: Env, value: Value) -> Value:
    """Run a body that yields at most one value, with its frames on the account."""
    meter = frame[0]
    height = code.height + 2
    meter.fuel -= code.cost + 1
    if meter.fuel < 0:
        raise meter.out_of_fuel()
    meter.depth += height
    if meter.depth > meter.stack:
        raise meter.too_deep()
    found = code.one(frame, value)
    meter.depth -= height
    return found


def enter(code: Code, frame: Env, value: Value) -> Iterator[Value]:
    """Run a body; the account holds its frames only while it is running, not while it waits."""
    meter = frame[0]
    height = code.height + 2
    meter.charge(code.cost + 1)
    meter.depth += height
    if meter.depth > meter.stack:
        raise meter.too_deep()
    for found in code.many(frame, value):
        meter.depth -= height
        yield found
        meter.depth += height
        meter.fuel -= 1
        if meter.fuel < 0:
            raise meter.out_of_fuel()
    meter.depth -= height


def enter_paths(
    paths: Paths, cost: int, height: int, frame: Env, path: Path, value: Value
) -> Iterator[tuple[Path, Value]]:
    """`enter` for a body that tells paths."""
    meter = frame[0]
    meter.charge(cost + 1)
    meter.depth += height
    if meter.depth > meter.stack:
        raise meter.too_deep()
    for found in paths(frame, path, value):
        meter.depth -= height
        yield found
        meter.depth += height
        meter.fuel -= 1
        if meter.fuel < 0:
            raise meter.out_of_fuel()
    meter.depth -= height
