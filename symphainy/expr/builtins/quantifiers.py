"""Whether any, all or none of many values are so."""

from symphainy.expr.access import members
from symphainy.expr.builtins.loops import truthy
from symphainy.expr.builtins.registry import form
from symphainy.expr.code import ONE, Code, Env, Value, above, several, single


@form("isempty", 1)
def is_empty(source: Code) -> Code:
    def one(env: Env, value: Value) -> Value:
        return not any(True for _ in source.many(env, value))

    return Code(ONE, one, None, 1 + source.cost, above([source]) + 1)


def _quantified(source: Code, condition: Code, decides: bool) -> Code:
    """`any` and `all`: the first condition that decides ends it."""
    cost = condition.cost + 1

    def one(env: Env, value: Value) -> Value:
        meter = env[0]
        for item in source.many(env, value):
            meter.fuel -= cost
            if meter.fuel < 0:
                raise meter.out_of_fuel()
            for found in condition.many(env, item):
                meter.charge(1)
                if truthy(found) is decides:
                    return decides
        return not decides

    return Code(ONE, one, None, 1 + source.cost, above([source, condition]) + 1)


_ITEMS = several(lambda env, value: members(value), 1)
_SELF = single(lambda env, value: value, 1)


@form("any", 0)
def any_item() -> Code:
    return _quantified(_ITEMS, _SELF, True)


@form("any", 1)
def any_by(condition: Code) -> Code:
    return _quantified(_ITEMS, condition, True)


@form("any", 2)
def any_of(source: Code, condition: Code) -> Code:
    return _quantified(source, condition, True)


@form("all", 0)
def all_items() -> Code:
    return _quantified(_ITEMS, _SELF, False)


@form("all", 1)
def all_by(condition: Code) -> Code:
    return _quantified(_ITEMS, condition, False)


@form("all", 2)
def all_of(source: Code, condition: Code) -> Code:
    return _quantified(source, condition, False)
