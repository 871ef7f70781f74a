"""`as`, `reduce` and `foreach`."""

from collections.abc import Callable, Iterable, Iterator

from symphainy.expr import nodes as n
from symphainy.expr.code import EMPTY, MANY, ONE, Code, Env, Value, above
from symphainy.expr.emit.build import build, builds
from symphainy.expr.emit.patterns import Matcher
from symphainy.expr.errors import EvaluationError
from symphainy.expr.scope import Scope


class Binding:
    """The variables of one or several alternative patterns, and the scope that has them."""

    def __init__(self, patterns: list[n.Pattern], scope: Scope) -> None:
        bound = n.bound_names(patterns)
        self.scope = scope.bind(*bound)
        self.matchers = [Matcher(p, self.scope, scope.size) for p in patterns]
        self.plain = len(patterns) == 1 and isinstance(patterns[0], n.NamePattern)
        self.cost = sum(m.cost for m in self.matchers)
        self.height = max(m.height for m in self.matchers) + 2

    def runs(
        self, env: Env, value: Value, run: Callable[[Env], Iterable[Value]]
    ) -> Iterator[Value]:
        """What `run` yields over each frame; an error moves on to the next alternative."""
        meter = env[0]
        depth = meter.depth
        for matcher in self.matchers[:-1]:
            try:
                for frame in matcher.frames(env, value):
                    yield from run(frame)
                return
            except EvaluationError as error:
                if error.uncatchable:
                    raise
                meter.depth = depth
        for frame in self.matchers[-1].frames(env, value):
            yield from run(frame)


@builds(n.Bind)
def bind(node: n.Bind, scope: Scope) -> Code:
    source = build(node.source, scope)
    binding = Binding(node.patterns, scope)
    body = build(node.body, binding.scope)
    simple = len(binding.matchers) == 1 and binding.matchers[0].simple
    height = max(above([source, body]), binding.height + body.height) + 2
    cost = binding.cost + body.cost
    if simple and source.yields == ONE and body.yields < MANY:
        frame, of, run = binding.matchers[0].only, source.one, body.one
        if binding.plain:

            def one(env: Env, value: Value) -> Value:
                return run((*env, of(env, value)), value)
        else:

            def one(env: Env, value: Value) -> Value:
                return run(frame(env, of(env, value)), value)

        return Code(body.yields, one, None, 1 + source.cost + cost, height)

    def many(env: Env, value: Value) -> Iterator[Value]:
        meter = env[0]
        for found in source.many(env, value):
            meter.charge(cost + 1)
            if binding.plain:
                yield from body.many((*env, found), value)
            else:
                yield from binding.runs(env, found, lambda frame: body.many(frame, value))

    return Code(MANY, None, many, 1 + source.cost, height)


@builds(n.Reduce)
def reduction(node: n.Reduce, scope: Scope) -> Code:
    source, start = build(node.source, scope), build(node.start, scope)
    binding = Binding(node.patterns, scope)
    update = build(node.update, binding.scope)
    step = _last_of(binding, update)
    cost = binding.cost + update.cost + 1

    def fold(env: Env, value: Value, state: Value) -> Value:
        meter = env[0]
        for found in source.many(env, value):
            meter.fuel -= cost
            if meter.fuel < 0:
                raise meter.out_of_fuel()
            state = step(env, found, state)
        return state

    height = above([source, start, update]) + binding.height
    if start.yields == ONE:
        begin = start.one

        def one(env: Env, value: Value) -> Value:
            return fold(env, value, begin(env, value))

        return Code(ONE, one, None, 1 + source.cost + start.cost, height)

    def many(env: Env, value: Value) -> Iterator[Value]:
        for state in start.many(env, value):
            env[0].charge(source.cost + 1)
            yield fold(env, value, state)

    return Code(MANY, None, many, 1 + start.cost, height)


def _last_of(binding: Binding, update: Code) -> Callable[[Env, Value, Value], Value]:
    """One step of a reduction: the last value of the update, null when it has none."""
    if binding.plain and update.yields < MANY:
        run = update.one

        def plain(env: Env, found: Value, state: Value) -> Value:
            state = run((*env, found), state)
            return None if state is EMPTY else state

        return plain

    def general(env: Env, found: Value, state: Value) -> Value:
        last = None
        for result in binding.runs(env, found, lambda frame: update.many(frame, state)):
            env[0].charge(1)
            last = result
        return last

    return general


@builds(n.Foreach)
def iteration(node: n.Foreach, scope: Scope) -> Code:
    source, start = build(node.source, scope), build(node.start, scope)
    binding = Binding(node.patterns, scope)
    update = build(node.update, binding.scope)
    extract = build(node.extract, binding.scope) if node.extract is not None else None
    cost = binding.cost + update.cost + (extract.cost if extract is not None else 0) + 1
    states = _states(binding, update, extract)

    def many(env: Env, value: Value) -> Iterator[Value]:
        meter = env[0]
        for begin in start.many(env, value):
            meter.charge(source.cost + 1)
            held = [begin]
            for found in source.many(env, value):
                meter.charge(cost)
                yield from states(env, found, held)

    parts = [source, start, update] + ([extract] if extract is not None else [])
    return Code(MANY, None, many, 1 + start.cost, above(parts) + binding.height + 1)


def _states(
    binding: Binding, update: Code, extract: Code | None
) -> Callable[[Env, Value, list[Value]], Iterable[Value]]:
    """One step of `foreach`: what it shows, leaving the new state in the holder."""

    def step(env: Env, found: Value, held: list[Value]) -> Iterator[Value]:
        state, held[0] = held[0], None

        def run(frame: Env) -> Iterator[Value]:
            for result in update.many(frame, state):
                env[0].charge(1)
                held[0] = result
                if extract is None:
                    yield result
                else:
                    yield from extract.many(frame, result)

        yield from binding.runs(env, found, run)

    return step
