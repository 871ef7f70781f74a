"""The steps of the specification's conformance kit, word for word, on the real product."""

import re
from collections.abc import Iterator

import pytest
from pytest_bdd import given, parsers, then, when
from pytest_bdd.parser import Scenario

from tests.conformance.execution import Execution, at, written
from tests.conformance.stage import Stage, watched

QUOTED = re.compile(r"'([^']*)'")


def pytest_bdd_apply_tag(tag: str, function: object) -> bool | None:
    """Our tags are read by the steps; they are no markers of pytest."""
    return True if tag == "waits" else None


def pytest_bdd_before_scenario(request: pytest.FixtureRequest, scenario: Scenario) -> None:
    """Let the steps know the tags of what is played."""
    request.node.stash[TAGGED] = scenario.tags | scenario.feature.tags


TAGGED = pytest.StashKey[set[str]]()


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The servers and pools that all scenarios share."""
    with watched() as trails, Stage(tmp_path_factory.mktemp("conformance"), trails).lit() as lit:
        yield lit


@pytest.fixture
def execution(stage: Stage, request: pytest.FixtureRequest) -> Iterator[Execution]:
    """What the steps of a scenario share."""
    played = Execution(stage, skipping="waits" in request.node.stash[TAGGED])
    yield played
    played.close()


@given("a workflow with definition:")
def define(execution: Execution, docstring: str) -> None:
    execution.define(docstring)


@given("given the workflow input is:")
def given_input(execution: Execution, docstring: str) -> None:
    execution.input = written(docstring)


@when("the workflow is executed")
def execute(execution: Execution) -> None:
    execution.start()


@then("the workflow should complete")
def completes(execution: Execution) -> None:
    assert execution.run.status == "completed", execution.run.problem


@then("the workflow should complete with output:")
def completes_with(execution: Execution, docstring: str) -> None:
    assert execution.output == written(docstring)


@then("the workflow should cancel")
def cancels(execution: Execution) -> None:
    assert execution.run.status == "cancelled"


@then("the workflow should fault")
def faults(execution: Execution) -> None:
    assert execution.run.status == "faulted", execution.run.output


@then("the workflow should fault with error:")
def faults_with(execution: Execution, docstring: str) -> None:
    wanted = written(docstring)
    assert {name: execution.problem.get(name) for name in wanted} == wanted


@then(parsers.re(r"the workflow output should have properties (?P<paths>'.+')"))
def has_properties(execution: Execution, paths: str) -> None:
    for path in QUOTED.findall(paths):
        at(execution.output, path)


@then(parsers.re(r"the workflow output should have a '(?P<path>[^']+)' property with value:"))
def has_value(execution: Execution, path: str, docstring: str) -> None:
    assert at(execution.output, path) == written(docstring)


@then(
    parsers.re(
        r"the workflow output should have a '(?P<path>[^']+)' property containing (?P<n>\d+) items"
    )
)
def has_items(execution: Execution, path: str, n: str) -> None:
    found = at(execution.output, path)
    assert isinstance(found, list)
    assert len(found) == int(n)


@then(parsers.re(r"(?P<task>\w+) should run first"))
def runs_first(execution: Execution, task: str) -> None:
    assert execution.when(task, "begins")[0] == 0


@then(parsers.re(r"(?P<task>\w+) should run last"))
def runs_last(execution: Execution, task: str) -> None:
    begun = [one for one in execution.trail if one.phase == "begins"]
    assert begun[-1].task.rpartition("/")[2] == task


@then(parsers.re(r"(?P<task>\w+) should run after (?P<other>\w+)"))
def runs_after(execution: Execution, task: str, other: str) -> None:
    assert execution.when(task, "begins")[0] > execution.when(other, "ends", "faults")[0]


@then(parsers.re(r"(?P<task>\w+) should run before (?P<other>\w+)"))
def runs_before(execution: Execution, task: str, other: str) -> None:
    runs_after(execution, other, task)


@then(parsers.re(r"(?P<task>(?!the workflow)\w+) should cancel"))
def task_cancels(execution: Execution, task: str) -> None:
    assert execution.when(task, "is cancelled") != []


@then(parsers.re(r"(?P<task>\w+) should complete"))
def task_completes(execution: Execution, task: str) -> None:
    assert execution.when(task, "ends") != []


@then(parsers.re(r"(?P<task>\w+) should fault"))
def task_faults(execution: Execution, task: str) -> None:
    assert execution.when(task, "faults") != []


@then(parsers.re(r"(?P<task>\w+) should fault with error:"))
def task_faults_with(execution: Execution, task: str, docstring: str) -> None:
    wanted = written(docstring)
    errors = [execution.trail[i].error for i in execution.when(task, "faults")]
    assert wanted["type"] in errors
