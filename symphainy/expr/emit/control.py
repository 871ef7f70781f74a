"""Pipes, commas, conditions, error handling and labels."""

from collections.abc import Iterable, Iterator

from symphainy.expr import nodes as n
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
from symphainy.expr.emit.build import build, builds
from symphainy.expr.errors import Break, CompileError, EvaluationError
from symphainy.expr.scope import Scope


@builds(n.Pipe)
def pipe(node: n.Pipe, scope: Scope) -> Code:
    stages = _grouped([build(stage, scope) for stage in node.stages])
    code = stages[-1]
    for stage in reversed(stages[:-1]):
        code = joined(stage, code)
    return code


def _grouped(stages: list[Code]) -> list[Code]:
    """The stages with every run of single-valued ones made into one, so long pipes stay flat."""
    groups: list[Code] = []
    run: list[Code] = []
    for stage in stages:
        if stage.yields == MANY:
            groups += [_chain(run)] if run else []
            groups.append(stage)
            run = []
        else:
            run.append(stage)
    return groups + ([_chain(run)] if run else [])


def _chain(stages: list[Code]) -> Code:
    if len(stages) == 1:
        return stages[0]
    cost = sum(s.cost for s in stages)
    ones = [s.one for s in stages]
    if any(s.yields for s in stages):
        return Code(OPTIONAL, _optional_chain(ones), None, cost, above(stages))
    if len(ones) == 2:
        first, second = ones
        return single(lambda env, value: second(env, first(env, value)), 0, *stages)

    def one(env: Env, value: Value) -> Value:
        for step in ones:
            value = step(env, value)
        return value

    return single(one, 0, *stages)


def _optional_chain(ones: list[One]) -> One:
    def one(env: Env, value: Value) -> Value:
        for step in ones:
            value = step(env, value)
            if value is EMPTY:
                return EMPTY
        return value

    return one


def joined(left: Code, right: Code) -> Code:
    """`left | right` where one of them yields many values."""
    if left.yields < MANY:
        first = left.one

        def once(env: Env, value: Value) -> Iterable[Value]:
            found = first(env, value)
            return () if found is EMPTY else right.many(env, found)

        return several(once, 0, left, right)
    source, cost = left.many, right.cost + 1
    if right.yields < MANY:
        step = right.one

        def each(env: Env, value: Value) -> Iterator[Value]:
            meter = env[0]
            for found in source(env, value):
                meter.fuel -= cost
                if meter.fuel < 0:
                    raise meter.out_of_fuel()
                result = step(env, found)
                if result is not EMPTY:
                    yield result

        return Code(MANY, None, each, left.cost, above([left, right]) + 1)
    steps = right.many

    def through(env: Env, value: Value) -> Iterator[Value]:
        meter = env[0]
        for found in source(env, value):
            meter.fuel -= cost
            if meter.fuel < 0:
                raise meter.out_of_fuel()
            yield from steps(env, found)

    return Code(MANY, None, through, left.cost, above([left, right]) + 1)


@builds(n.Comma)
def comma(node: n.Comma, scope: Scope) -> Code:
    items = [build(item, scope) for item in node.items]
    sources = [item.many for item in items]

    def many(env: Env, value: Value) -> Iterator[Value]:
        for source in sources:
            yield from source(env, value)

    return several(many, 1, *items)


@builds(n.If)
def conditional(node: n.If, scope: Scope) -> Code:
    condition = build(node.condition, scope)
    then, otherwise = build(node.then, scope), build(node.otherwise, scope)
    parts = [condition, then, otherwise]
    cost = 1 + condition.cost + max(then.cost, otherwise.cost)
    if condition.yields == ONE:
        test = condition.one
        yields = max(then.yields, otherwise.yields)
        if yields < MANY:
            yes, no = then.one, otherwise.one

            def one(env: Env, value: Value) -> Value:
                found = test(env, value)
                if found is None or found is False:
                    return no(env, value)
                return yes(env, value)

            return Code(yields, one, None, cost, above(parts))

        def choose(env: Env, value: Value) -> Iterable[Value]:
            found = test(env, value)
            branch = otherwise if found is None or found is False else then
            return branch.many(env, value)

        return Code(MANY, None, choose, cost, above(parts) + 1)

    def many(env: Env, value: Value) -> Iterator[Value]:
        for found in condition.many(env, value):
            branch = otherwise if found is None or found is False else then
            env[0].charge(branch.cost + 1)
            yield from branch.many(env, value)

    return Code(MANY, None, many, cost, above(parts) + 1)


@builds(n.Try)
def attempt(node: n.Try, scope: Scope) -> Code:
    body = build(node.body, scope)
    handler = build(node.handler, scope) if node.handler is not None else _NOTHING
    if body.yields < MANY and handler.yields < MANY:
        run, rescue = body.one, handler.one

        def one(env: Env, value: Value) -> Value:
            meter = env[0]
            depth = meter.depth
            try:
                return run(env, value)
            except EvaluationError as error:
                if error.uncatchable:
                    raise
                meter.depth = depth
                caught = error.value
            return rescue(env, caught)

        yields = max(body.yields, handler.yields)
        return Code(yields, one, None, 1 + body.cost + handler.cost, above([body, handler]))

    def many(env: Env, value: Value) -> Iterator[Value]:
        meter = env[0]
        depth = meter.depth
        try:
            yield from body.many(env, value)
            return
        except EvaluationError as error:
            if error.uncatchable:
                raise
            meter.depth = depth
            caught = error.value
        yield from handler.many(env, caught)

    return several(many, 1, body, handler)


_NOTHING = Code(OPTIONAL, lambda env, value: EMPTY, None, 0, 1)


@builds(n.Alternative)
def alternative(node: n.Alternative, scope: Scope) -> Code:
    left, right = build(node.left, scope), build(node.right, scope)
    if left.yields < MANY and right.yields < MANY:
        first, second = left.one, right.one

        def one(env: Env, value: Value) -> Value:
            found = first(env, value)
            if found is not None and found is not False and found is not EMPTY:
                return found
            return second(env, value)

        return Code(right.yields, one, None, 1 + left.cost + right.cost, above([left, right]))

    def many(env: Env, value: Value) -> Iterator[Value]:
        any_found = False
        for found in left.many(env, value):
            env[0].charge(1)
            if found is not None and found is not False:
                any_found = True
                yield found
        if not any_found:
            yield from right.many(env, value)

    return several(many, 1, left, right)


@builds(n.Label)
def label(node: n.Label, scope: Scope) -> Code:
    body = build(node.body, scope.bind(f"*{node.name}"))

    def many(env: Env, value: Value) -> Iterator[Value]:
        meter, token = env[0], object()
        depth = meter.depth
        try:
            yield from body.many((*env, token), value)
        except Break as jump:
            if jump.token is not token:
                raise
            meter.depth = depth

    return several(many, 1, body)


@builds(n.BreakOut)
def leave(node: n.BreakOut, scope: Scope) -> Code:
    slot = scope.names.get(f"*{node.name}")
    if slot is None:
        raise CompileError(
            "expression.syntax", f"there is no label ${node.name} to break to", node.position
        )

    def one(env: Env, value: Value) -> Value:
        raise Break(env[slot])

    return Code(OPTIONAL, one, None, 1, 1)
