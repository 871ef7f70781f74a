"""Which filter means which event."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from symphainy import expr
from symphainy.event.bound import Bound, Criterion, Evaluate, is_pattern, text_of
from symphainy.event.cloud_event import Envelope
from symphainy.json import Json

__all__ = ["evaluator", "matches", "may_be"]


def evaluator(now: float, charge: Callable[[int], None] = lambda steps: None) -> Evaluate:
    """How expressions of filters are evaluated at the moment `now`; `charge` is told the steps."""

    def evaluate(source: str, data: Json, variables: Mapping[str, Json]) -> Json:
        program = expr.compile(expr.strip(source), frozenset(variables))
        try:
            outcome = expr.evaluate(program, data, variables, now=now)
        except expr.EvaluationError as error:
            charge(error.steps)
            raise
        charge(outcome.steps)
        value: Json = outcome.value
        return value

    return evaluate


def matches(
    bound: Bound, envelope: Envelope, evaluate: Evaluate, learned: dict[str, str] | None = None
) -> bool:
    """Whether `bound` means `envelope`; an expression without a value means no event.

    Where nothing is expected of a correlation it has to be as in `learned`, which takes up what
    the first event has.
    """
    known = {} if learned is None else learned
    try:
        return _passes(bound, envelope, evaluate) and _tied(bound, envelope, evaluate, known)
    except expr.ExpressionError:
        return False


def _tied(bound: Bound, envelope: Envelope, evaluate: Evaluate, learned: dict[str, str]) -> bool:
    found: dict[str, str] = {}
    for name, link in bound.links.items():
        value = text_of(evaluate(link.source, envelope, bound.given))
        expect = link.expect if link.expect is not None else learned.get(name, value)
        if value is None or value != expect:
            return False
        if link.expect is None:
            found[name] = value
    learned.update(found)
    return True


def _passes(bound: Bound, envelope: Envelope, evaluate: Evaluate) -> bool:
    for name, test in bound.tests.items():
        value = envelope.get(name)
        if name == "data" and "data_base64" in envelope:
            value = envelope["data_base64"]
        if not _holds(test, value, bound, evaluate):
            return False
    return True


def _holds(test: Criterion, value: Json, bound: Bound, evaluate: Evaluate) -> bool:
    if test.how == "has":
        return isinstance(value, dict) and all(
            _holds(one, value.get(name), bound, evaluate) for name, one in test.members.items()
        )
    if test.how == "holds":
        found = evaluate(str(test.what), value, bound.given)
        return found if isinstance(found, bool) else _equal(found, value)
    return _fits(test, value)


def _fits(test: Criterion, value: Json) -> bool:
    if test.how == "like" and isinstance(value, str) and value != test.what:
        return is_pattern(test.what) and _like(str(test.what), value)
    return _equal(test.what, value)


def may_be(written: Json, type: str) -> bool:
    """Whether a filter that asks this of `type`, expressions not evaluated, can mean that type."""
    if isinstance(written, str) and expr.is_runtime_expression(written):
        return True
    return _fits(Criterion(how="like", what=written), type)


def _equal(one: Json, other: Json) -> bool:
    """Equality of JSON, where true is not 1."""
    return text_of(one) == text_of(other) and isinstance(one, str) == isinstance(other, str)


def _like(pattern: str, text: str) -> bool:
    program = _pattern(pattern)
    return program is not None and program.fullmatch(text.encode("utf-8", "replace")) is not None


@lru_cache(maxsize=512)
def _pattern(text: str) -> Any:
    # Imported on first use, as the expression engine does.
    import re2

    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 21
    try:
        return re2.compile(text.encode("utf-8", "replace"), options)
    except re2.error:
        return None
