"""Path mode: nodes as code that yields where in its input each value is."""

from collections.abc import Callable, Iterator

from symphainy.expr import nodes as n
from symphainy.expr.access import lookup, not_iterable
from symphainy.expr.code import Code, Env, Path, Paths, Value
from symphainy.expr.combine import combinations
from symphainy.expr.emit.bindings import Binding
from symphainy.expr.emit.build import build, opaque, trace, traces
from symphainy.expr.emit.calls import _frames, declare, enter_paths, resolve
from symphainy.expr.errors import Break, EvaluationError, failure
from symphainy.expr.jsontext import brief
from symphainy.expr.scope import Closure, Definition, Scope
from symphainy.expr.scope import Value as ValueParameter

Found = Iterator[tuple[Path, Value]]


def known(paths: Paths, env: Env, value: Value) -> Iterator[tuple[Value, ...]]:
    """The paths; raises for a value that is not at one."""
    for path, found in paths(env, (), value):
        env[0].charge(1)
        if path is None:
            raise failure(f"Invalid path expression with result {brief(found)}")
        yield path


def lost(value: Value, key: Value) -> EvaluationError:
    """No path goes on from a value that was computed."""
    shown = brief(value)
    return failure(
        f"Invalid path expression near attempt to access element {brief(key)} of {shown}"
    )


def access(env: Env, path: Path, value: Value, key: Value) -> tuple[Path, Value]:
    """One step down from a place."""
    if path is None:
        raise lost(value, key)
    env[0].nested(len(path))
    return (*path, key), lookup(env[0], value, key)


def each(env: Env, path: Path, value: Value) -> Found:
    """Every place directly below one."""
    meter = env[0]
    if path is None:
        raise failure(f"Invalid path expression near attempt to iterate through {brief(value)}")
    meter.nested(len(path))
    if type(value) is list:
        for position, found in enumerate(value):
            meter.charge(1)
            yield (*path, position), found
    elif type(value) is dict:
        for key, found in value.items():
            meter.charge(1)
            yield (*path, key), found
    else:
        raise not_iterable(value)


@traces(n.Identity)
def identity(node: n.Identity, scope: Scope) -> Paths:
    return lambda env, path, value: iter(((path, value),))


@traces(n.Index)
def index(node: n.Index, scope: Scope) -> Paths:
    key, term = build(node.key, scope), trace(node.term, scope)
    return _steps(term, [key], node.optional, lambda keys: keys[0])


@traces(n.Slice)
def slice_node(node: n.Slice, scope: Scope) -> Paths:
    nothing = n.Literal(node.position, None)
    ends = [build(node.start or nothing, scope), build(node.end or nothing, scope)]
    return _steps(
        trace(node.term, scope),
        ends,
        node.optional,
        lambda keys: {"start": keys[0], "end": keys[1]},
    )


def _steps(
    term: Paths, keys: list[Code], optional: bool, key_of: Callable[[list[Value]], Value]
) -> Paths:
    cost = sum(k.cost for k in keys) + 1

    def follow(env: Env, path: Path, value: Value) -> Found:
        env[0].charge(cost)
        for chosen in combinations(keys, env, value, False):
            for place, found in term(env, path, value):
                env[0].charge(1)
                key = key_of(chosen)
                if place is None:
                    raise lost(found, key)
                try:
                    step = access(env, place, found, key)
                except EvaluationError as error:
                    if error.uncatchable or not optional:
                        raise
                    continue
                yield step

    return follow


@traces(n.Iterate)
def iterate(node: n.Iterate, scope: Scope) -> Paths:
    term, optional = trace(node.term, scope), node.optional

    def follow(env: Env, path: Path, value: Value) -> Found:
        for place, found in term(env, path, value):
            env[0].charge(1)
            if optional and place is not None and type(found) not in (list, dict):
                continue
            yield from each(env, place, found)

    return follow


@traces(n.Pipe)
def pipe(node: n.Pipe, scope: Scope) -> Paths:
    stages = [trace(stage, scope) for stage in node.stages]

    def follow(env: Env, path: Path, value: Value) -> Found:
        """Depth first over the stages, with an explicit stack."""
        meter = env[0]
        stack = [stages[0](env, path, value)]
        while stack:
            for place, found in stack[-1]:
                meter.charge(1)
                if len(stack) == len(stages):
                    yield place, found
                else:
                    stack.append(stages[len(stack)](env, place, found))
                    break
            else:
                stack.pop()

    return follow


@traces(n.Comma)
def comma(node: n.Comma, scope: Scope) -> Paths:
    items = [trace(item, scope) for item in node.items]

    def follow(env: Env, path: Path, value: Value) -> Found:
        for item in items:
            env[0].charge(1)
            yield from item(env, path, value)

    return follow


@traces(n.If)
def conditional(node: n.If, scope: Scope) -> Paths:
    condition = build(node.condition, scope)
    then, otherwise = trace(node.then, scope), trace(node.otherwise, scope)

    def follow(env: Env, path: Path, value: Value) -> Found:
        env[0].charge(condition.cost + 1)
        for found in condition.many(env, value):
            env[0].charge(1)
            branch = otherwise if found is None or found is False else then
            yield from branch(env, path, value)

    return follow


@traces(n.Try)
def attempt(node: n.Try, scope: Scope) -> Paths:
    body = trace(node.body, scope)
    handler = trace(node.handler, scope) if node.handler is not None else None

    def follow(env: Env, path: Path, value: Value) -> Found:
        meter = env[0]
        depth = meter.depth
        try:
            yield from body(env, path, value)
            return
        except EvaluationError as error:
            if error.uncatchable:
                raise
            meter.depth = depth
            caught = error.value
        if handler is not None:
            meter.charge(1)
            yield from handler(env, None, caught)

    return follow


@traces(n.Alternative)
def alternative(node: n.Alternative, scope: Scope) -> Paths:
    left, right = trace(node.left, scope), trace(node.right, scope)

    def follow(env: Env, path: Path, value: Value) -> Found:
        any_found = False
        for place, found in left(env, path, value):
            env[0].charge(1)
            if found is not None and found is not False:
                any_found = True
                yield place, found
        if not any_found:
            yield from right(env, path, value)

    return follow


@traces(n.Label)
def label(node: n.Label, scope: Scope) -> Paths:
    body = trace(node.body, scope.bind(f"*{node.name}"))

    def follow(env: Env, path: Path, value: Value) -> Found:
        meter, token = env[0], object()
        depth = meter.depth
        try:
            yield from body((*env, token), path, value)
        except Break as jump:
            if jump.token is not token:
                raise
            meter.depth = depth

    return follow


@traces(n.Define)
def define(node: n.Define, scope: Scope) -> Paths:
    return trace(node.rest, declare(node.function, scope))


@traces(n.Bind)
def bind(node: n.Bind, scope: Scope) -> Paths:
    source, binding = build(node.source, scope), Binding(node.patterns, scope)
    body = trace(node.body, binding.scope)

    def follow(env: Env, path: Path, value: Value) -> Found:
        env[0].charge(source.cost + 1)
        for found in source.many(env, value):
            env[0].charge(binding.cost + 1)
            yield from binding.runs(env, found, lambda frame: body(frame, path, value))

    return follow


@traces(n.Reduce)
def reduction(node: n.Reduce, scope: Scope) -> Paths:
    source, start = build(node.source, scope), trace(node.start, scope)
    binding = Binding(node.patterns, scope)
    update = trace(node.update, binding.scope)

    def follow(env: Env, path: Path, value: Value) -> Found:
        for state in start(env, path, value):
            env[0].charge(source.cost + 1)
            for found in source.many(env, value):
                env[0].charge(binding.cost + 1)
                state = _last(binding, env, found, update, state)
            yield state

    return follow


def _last(
    binding: Binding, env: Env, found: Value, update: Paths, state: tuple[Path, Value]
) -> tuple[Path, Value]:
    last: tuple[Path, Value] = (None, None)
    for result in binding.runs(env, found, lambda frame: update(frame, *state)):
        env[0].charge(1)
        last = result
    return last


@traces(n.Foreach)
def iteration(node: n.Foreach, scope: Scope) -> Paths:
    source, start = build(node.source, scope), trace(node.start, scope)
    binding = Binding(node.patterns, scope)
    update = trace(node.update, binding.scope)
    extract = trace(node.extract or n.Identity(node.position), binding.scope)

    def step(env: Env, found: Value, held: list[tuple[Path, Value]]) -> Found:
        state, held[0] = held[0], (None, None)

        def run(frame: Env) -> Found:
            for place in update(frame, *state):
                env[0].charge(1)
                held[0] = place
                yield from extract(frame, *place)

        yield from binding.runs(env, found, run)

    def follow(env: Env, path: Path, value: Value) -> Found:
        for begin in start(env, path, value):
            env[0].charge(source.cost + 1)
            held = [begin]
            for found in source.many(env, value):
                env[0].charge(binding.cost + 1)
                yield from step(env, found, held)

    return follow


@traces(n.Call)
def call(node: n.Call, scope: Scope) -> Paths:
    meaning = resolve(node, scope)
    if isinstance(meaning, Definition):
        return _definition(node, meaning, scope)
    if isinstance(meaning, Closure):
        return _closure(meaning.slot)
    if isinstance(meaning, ValueParameter):
        return opaque(build(node, scope))
    if meaning.trace is None:
        return opaque(build(node, scope))
    return meaning.trace(node, scope)


def _definition(node: n.Call, definition: Definition, scope: Scope) -> Paths:
    values, frames, _ = _frames(node, definition, scope)
    cost = 2 + sum(code.cost for code in values)
    if not definition.built:
        definition.recursive = True

    def follow(env: Env, path: Path, value: Value) -> Found:
        body = definition.code
        if definition.trace is None:
            definition.trace = trace(definition.function.body, definition.body)
        env[0].charge(cost)
        for frame in frames(env, value):
            height = 2 * body.height + 4
            yield from enter_paths(definition.trace, body.cost, height, frame, path, value)

    return follow


def _closure(slot: int) -> Paths:
    def follow(env: Env, path: Path, value: Value) -> Found:
        code, frame = env[slot]
        height = 2 * code.height + 4
        return enter_paths(code.paths(), code.cost, height, frame, path, value)

    return follow
