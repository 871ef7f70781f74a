"""Our own scenarios, in the kit's words, for what the kit does not cover.

The steps below are those for which the kit has no words.
"""

from datetime import timedelta

from pytest_bdd import given, parsers, scenarios, then, when

from symphainy.definition.duration import Duration
from tests.conformance.execution import Execution, written

MEANWHILE = timedelta(minutes=1)
"""What a run may take besides its pauses."""

scenarios("features")


@given("another workflow with definition:")
def define_another(execution: Execution, docstring: str) -> None:
    execution.define(docstring)


@given(parsers.parse("the secret '{name}' is:"))
def keep_secret(execution: Execution, name: str, docstring: str) -> None:
    execution.keep_secret(name, written(docstring))


@when("the workflow is scheduled")
def schedule(execution: Execution) -> None:
    execution.schedule()


@then("the workflow should start by itself")
def starts(execution: Execution) -> None:
    execution.started_by_itself(1)


@then("the workflow should start by itself again")
def starts_again(execution: Execution) -> None:
    execution.started_by_itself(2)


@when("the workflow listens")
def listens(execution: Execution) -> None:
    execution.listens()


@when("the event is published:")
def publish(execution: Execution, docstring: str) -> None:
    execution.publish(written(docstring))


@when("the workflow is cancelled")
def cancel(execution: Execution) -> None:
    execution.cancel()


@then(parsers.parse("the definition should be refused with code '{code}' at '{pointer}'"))
@then(
    parsers.re(r"the definition should be refused with code '(?P<code>[^']+)' at '(?P<pointer>)'")
)
def definition_refused(execution: Execution, code: str, pointer: str) -> None:
    errors = [one for one in execution.findings if one.severity == "error"]
    assert [(one.code, one.pointer) for one in errors] == [(code, pointer)], errors
    assert not execution.solution


@then(parsers.parse("the definition should warn with code '{code}' at '{pointer}'"))
def definition_warns(execution: Execution, code: str, pointer: str) -> None:
    assert (code, pointer) in [(one.code, one.pointer) for one in execution.findings]
    assert execution.solution


@then(parsers.parse("the input should be refused with code '{code}'"))
def input_refused(execution: Execution, code: str) -> None:
    assert execution.refused is not None
    assert execution.refused.code == code


@then("the lifecycle events of the workflow should be:")
def lifecycle(execution: Execution, docstring: str) -> None:
    assert execution.run.closed is not None
    assert execution.lifecycle() == written(docstring)


@then(parsers.parse("nothing in the history should say '{text}'"))
def says_nothing(execution: Execution, text: str) -> None:
    kept = execution.history()
    assert execution.solution.encode() in kept
    assert text.encode() not in kept


@then(parsers.parse("{task:w} should run {n:d} times"))
def runs_times(execution: Execution, task: str, n: int) -> None:
    assert len(execution.when(task, "begins")) == n


@then(parsers.parse("{task:w} should not run"))
def runs_never(execution: Execution, task: str) -> None:
    runs_times(execution, task, 0)


@then(parsers.parse("the workflow should have taken '{duration}'"))
def took(execution: Execution, duration: str) -> None:
    assert _time(duration) <= execution.taken < _time(duration) + MEANWHILE


@then(parsers.parse("the workflow should have taken between '{least}' and '{most}'"))
def took_between(execution: Execution, least: str, most: str) -> None:
    assert _time(least) <= execution.taken < _time(most) + MEANWHILE


def _time(duration: str) -> timedelta:
    return timedelta(milliseconds=Duration.parse(duration).milliseconds or 0)
