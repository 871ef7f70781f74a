"""Functions of paths."""

from collections.abc import Iterator

from symphainy.expr import nodes as n
from symphainy.expr.builtins.counting import counted
from symphainy.expr.builtins.registry import follows, form, function, special
from symphainy.expr.code import MANY, ONE, Code, Env, Path, Paths, Value, above, several
from symphainy.expr.draft import Draft, delete, get
from symphainy.expr.emit.build import build, trace
from symphainy.expr.emit.paths import access, each, known
from symphainy.expr.errors import mismatch
from symphainy.expr.meter import Meter
from symphainy.expr.scope import Scope
from symphainy.expr.values import kind

Found = Iterator[tuple[Path, Value]]


def _traced(argument: n.Node, scope: Scope) -> tuple[Paths, int, int]:
    """The argument's paths, the nodes it has and the frames it may need."""
    size, tallness = n.shape(argument)
    return trace(argument, scope), size, 3 * tallness + 4


@special("path", 1)
def path(node: n.Call, scope: Scope) -> Code:
    paths, size, height = _traced(node.arguments[0], scope)

    def many(env: Env, value: Value) -> Iterator[Value]:
        for found in known(paths, env, value):
            env[0].charge(len(found) >> 2)
            yield list(found)

    return Code(MANY, None, many, 1 + size, height + 2)


@special("paths", 0)
def all_paths(node: n.Call, scope: Scope) -> Code:
    def many(env: Env, value: Value) -> Iterator[Value]:
        for place, _ in below(env, (), value):
            if place:
                env[0].charge(len(place) >> 2)
                yield list(place)

    return several(many, 1)


@form("paths", 1)
def paths_where(condition: Code) -> Code:
    def many(env: Env, value: Value) -> Iterator[Value]:
        for place, found in below(env, (), value):
            env[0].charge(condition.cost + 1)
            for test in condition.many(env, found):
                if place and test is not None and test is not False:
                    env[0].charge(1 + (len(place) >> 2))
                    yield list(place)

    return Code(MANY, None, many, 1, above([condition]) + 3)


def below(env: Env, path: Path, value: Value) -> Found:
    """The place itself and every place under it, depth first."""
    env[0].charge(1)
    yield path, value
    if type(value) not in (list, dict):
        return
    stack = [each(env, path, value)]
    while stack:
        for place, found in stack[-1]:
            yield place, found
            if type(found) in (list, dict):
                stack.append(each(env, place, found))
                break
        else:
            stack.pop()


def _path_of(value: Value) -> tuple[Value, ...]:
    if type(value) is not list:
        raise mismatch("Path must be specified as an array")
    return tuple(value)


@function("getpath", 1)
def get_path(meter: Meter, value: Value, path: Value) -> Value:
    keys = _path_of(path)
    meter.nested(len(keys))
    return get(meter, value, keys)


@follows("getpath", 1)
def trace_get_path(node: n.Call, scope: Scope) -> Paths:
    keys = build(node.arguments[0], scope)

    def follow(env: Env, path: Path, value: Value) -> Found:
        for found in keys.many(env, value):
            env[0].charge(1 + keys.cost)
            steps = _path_of(found)
            if path is None:
                access(env, path, value, steps[0] if steps else None)
                continue
            env[0].nested(len(path) + len(steps))
            yield (*path, *steps), get(env[0], value, steps)

    return follow


@function("setpath", 2)
def set_path(meter: Meter, value: Value, path: Value, new: Value) -> Value:
    draft = Draft(meter, value)
    draft.put(_path_of(path), new)
    return draft.root


@function("delpaths", 1)
def delete_paths(meter: Meter, value: Value, paths: Value) -> Value:
    if type(paths) is not list:
        raise mismatch("Paths must be specified as an array")
    meter.charge(len(paths))
    for path in paths:
        if type(path) is not list:
            raise mismatch(f"Path must be specified as array, not {kind(path)}")
    return delete(meter, value, [tuple(p) for p in paths])


@special("del", 1)
def delete_places(node: n.Call, scope: Scope) -> Code:
    paths, size, height = _traced(node.arguments[0], scope)

    def one(env: Env, value: Value) -> Value:
        return delete(env[0], value, list(known(paths, env, value)))

    return Code(ONE, one, None, 1 + size, height + 2)


@special("pick", 1)
def pick(node: n.Call, scope: Scope) -> Code:
    paths, size, height = _traced(node.arguments[0], scope)

    def one(env: Env, value: Value) -> Value:
        draft = Draft(env[0], None)
        for place in known(paths, env, value):
            draft.put(place, get(env[0], value, place))
        return draft.root

    return Code(ONE, one, None, 1 + size, height + 2)


@follows("empty", 0)
def trace_empty(node: n.Call, scope: Scope) -> Paths:
    return lambda env, path, value: iter(())


@follows("error", 0)
def trace_error(node: n.Call, scope: Scope) -> Paths:
    return _raising(build(node, scope))


@follows("error", 1)
def trace_error_with(node: n.Call, scope: Scope) -> Paths:
    return _raising(build(node, scope))


def _raising(code: Code) -> Paths:
    def follow(env: Env, path: Path, value: Value) -> Found:
        env[0].charge(code.cost)
        for found in code.many(env, value):
            yield None, found

    return follow


@follows("select", 1)
def trace_select(node: n.Call, scope: Scope) -> Paths:
    test = build(node.arguments[0], scope)

    def follow(env: Env, path: Path, value: Value) -> Found:
        env[0].charge(test.cost + 1)
        for found in test.many(env, value):
            env[0].charge(1)
            if found is not None and found is not False:
                yield path, value

    return follow


@follows("recurse", 0)
def trace_recurse(node: n.Call, scope: Scope) -> Paths:
    return below


@follows("recurse", 1)
def trace_recurse_by(node: n.Call, scope: Scope) -> Paths:
    return recursion(trace(node.arguments[0], scope))


@follows("recurse", 2)
def trace_recurse_while(node: n.Call, scope: Scope) -> Paths:
    chosen = n.Call(node.position, "select", [node.arguments[1]])
    return recursion(trace(n.Pipe(node.position, [node.arguments[0], chosen]), scope))


def recursion(step: Paths) -> Paths:
    def follow(env: Env, path: Path, value: Value) -> Found:
        env[0].charge(1)
        yield path, value
        stack = [step(env, path, value)]
        while stack:
            for place, found in stack[-1]:
                env[0].charge(1)
                yield place, found
                stack.append(step(env, place, found))
                break
            else:
                stack.pop()

    return follow


@follows("first", 0)
def trace_first_item(node: n.Call, scope: Scope) -> Paths:
    return lambda env, path, value: iter((access(env, path, value, 0),))


@follows("last", 0)
def trace_last_item(node: n.Call, scope: Scope) -> Paths:
    return lambda env, path, value: iter((access(env, path, value, -1),))


@follows("nth", 1)
def trace_nth_item(node: n.Call, scope: Scope) -> Paths:
    position = build(node.arguments[0], scope)

    def follow(env: Env, path: Path, value: Value) -> Found:
        for found in position.many(env, value):
            env[0].charge(1 + position.cost)
            yield access(env, path, value, found)

    return follow


@follows("first", 1)
def trace_first(node: n.Call, scope: Scope) -> Paths:
    source = trace(node.arguments[0], scope)

    def follow(env: Env, path: Path, value: Value) -> Found:
        for found in source(env, path, value):
            yield found
            return

    return follow


@follows("last", 1)
def trace_last(node: n.Call, scope: Scope) -> Paths:
    source = trace(node.arguments[0], scope)

    def follow(env: Env, path: Path, value: Value) -> Found:
        last = None
        for found in source(env, path, value):
            env[0].charge(1)
            last = found
        if last is not None:
            yield last

    return follow


def _bounded(node: n.Call, scope: Scope, kind: str) -> Paths:
    count, source = build(node.arguments[0], scope), trace(node.arguments[1], scope)
    complaint = {
        "limit": "limit doesn't support negative count",
        "skip": "skip doesn't support negative count",
        "nth": "nth doesn't support negative indices",
    }[kind]

    def follow(env: Env, path: Path, value: Value) -> Found:
        for given in count.many(env, value):
            left = counted(given, complaint)
            env[0].charge(1 + count.cost)
            if kind == "limit" and left <= 0:
                continue
            for found in source(env, path, value):
                env[0].charge(1)
                left -= 1
                if kind == "limit" or left < 0:
                    yield found
                if (kind == "limit" and left <= 0) or (kind == "nth" and left < 0):
                    break

    return follow


@follows("limit", 2)
def trace_limit(node: n.Call, scope: Scope) -> Paths:
    return _bounded(node, scope, "limit")


@follows("skip", 2)
def trace_skip(node: n.Call, scope: Scope) -> Paths:
    return _bounded(node, scope, "skip")


@follows("nth", 2)
def trace_nth(node: n.Call, scope: Scope) -> Paths:
    return _bounded(node, scope, "nth")
