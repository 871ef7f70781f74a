"""Filters of a listening task with what the run knows put in."""

from symphainy import expr
from symphainy.event import Bound, Criterion, Link, of_data, text_of
from symphainy.json import Json, canonical
from symphainy.plan import Correlation, Filter, Plan
from workflows.interpreter.faults import Fault
from workflows.interpreter.scope import Scope

__all__ = ["bind", "tied"]

LARGEST = 100_000
"""Bytes of one filter, all variables that its expressions read included."""


def bind(written: Filter, data: Json, scope: Scope) -> Bound:
    """`written` so that nobody needs the run any more to match by it.

    An expression for an attribute gives what the attribute has to be. One for `data` is put to
    the data of each event; so is `from` of a correlation, to the whole event.
    """
    bound = Bound(
        tests={name: _test(name, one, data, scope) for name, one in written.with_.items()},
        links={name: _link(name, one, data, scope) for name, one in written.correlate.items()},
        given=_given(written, scope),
    )
    size = len(canonical(bound.dump()))
    if size > LARGEST:
        detail = f"a filter has {size:,} bytes with its variables; {LARGEST:,} are allowed"
        raise Fault.of("runtime", detail, instance=scope.ref, code="event.filter-too-large")
    return bound


def tied(bound: Bound, plan: Plan, key: str) -> Bound:
    """`bound` for the run of that business key.

    An event that means an intent of the solution is for the run whose key the intent's `correlate`
    gives, and for no other.
    """
    more = {
        f"intent {name}": Link(source=intent.correlate, expect=key)
        for name, intent in plan.intents.items()
        if intent.correlate is not None and not intent.starts and intent.event == bound.type
    }
    return bound.model_copy(update={"links": {**bound.links, **more}}) if more else bound


def _test(name: str, written: Json, data: Json, scope: Scope) -> Criterion:
    if name == "data":
        return of_data(written)
    if isinstance(written, str) and expr.is_runtime_expression(written):
        return Criterion(how="equals", what=scope.evaluate(written, data))
    return Criterion(how="like", what=written)


def _link(name: str, written: Correlation, data: Json, scope: Scope) -> Link:
    if written.expect is None:
        return Link(source=written.from_)
    expect = text_of(scope.fill(written.expect, data))
    if expect is None:
        detail = f"`correlate.{name}.expect` gave nothing to wait for"
        raise Fault.of("validation", detail, instance=scope.ref, code="event.expects-nothing")
    return Link(source=written.from_, expect=expect)


def _given(written: Filter, scope: Scope) -> dict[str, Json]:
    given: dict[str, Json] = {}
    for source in (*_sources(written.with_.get("data")), *_froms(written)):
        given.update(scope.given(source))
    return given


def _froms(written: Filter) -> list[str]:
    return [one.from_ for one in written.correlate.values()]


def _sources(value: Json) -> list[str]:
    """The expressions in `value`."""
    if isinstance(value, str):
        return [value] if expr.is_runtime_expression(value) else []
    if isinstance(value, dict):
        return [source for one in value.values() for source in _sources(one)]
    return []
