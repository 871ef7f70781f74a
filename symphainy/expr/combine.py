"""Every combination of the values several nodes yield."""

from collections.abc import Iterator, Sequence

from symphainy.expr.code import Code, Env, Value


def combinations(
    codes: Sequence[Code], env: Env, value: Value, last_outermost: bool
) -> Iterator[list[Value]]:
    """One list of values per combination, in jq's order; an explicit stack, not recursion."""
    order = list(reversed(codes)) if last_outermost else list(codes)
    meter = env[0]
    stack = [iter(order[0].many(env, value))]
    chosen: list[Value] = []
    while stack:
        for found in stack[-1]:
            meter.charge(1)
            chosen.append(found)
            break
        else:
            stack.pop()
            if chosen:
                chosen.pop()
            continue
        if len(stack) < len(order):
            stack.append(iter(order[len(stack)].many(env, value)))
            continue
        yield chosen[::-1] if last_outermost else list(chosen)
        chosen.pop()
