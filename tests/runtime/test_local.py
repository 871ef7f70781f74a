"""Short steps without effect are done where the run is, and pass the same gate."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from temporalio import worker, workflow
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ApplicationError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.insights import CAPABILITIES
from activities.serve import activity_of
from temporal.gate.activity import ActivityGate
from temporal.plans import Plans
from tests.runtime.platform import Platform
from tests.runtime.test_doors import bare
from workers.pool import gate_services

HEAD = """
document: {dsl: 1.0.3, namespace: test, name: local-{{n}}, version: 1.0.0}
"""
SCORE = {"model": "payment-risk", "features": {"daysOverdue": 35}}
SCORES = (
    HEAD
    + """
do:
  - each:
      for: {in: "${ [range(.times)] }"}
      do:
        - score: {call: insights.score, with: {model: lead-fit, features: {}}, output: {as: {}}}
"""
)


async def kinds(platform: Platform, run: str) -> Counter[str]:
    """How many events of each kind the run's history has."""
    history = await platform.runs.handle("acme", run).fetch_history()
    return Counter(EventType.Name(event.event_type)[11:].lower() for event in history.events)


async def test_a_short_step_is_one_event_and_no_task(platform: Platform) -> None:
    run = await platform.run(HEAD + f"\ndo:\n  - score: {{call: insights.score, with: {SCORE}}}\n")

    found = await kinds(platform, run.run)
    # How often the task was given out depends on how busy the machine is.
    for given in ("scheduled", "started", "timed_out", "failed"):
        found.pop(f"workflow_task_{given}", None)
    assert found == {
        "workflow_execution_started": 1,
        "workflow_task_completed": 1,
        "marker_recorded": 1,
        "workflow_execution_completed": 1,
    }
    (told,) = [one for one in await platform.events(run.run) if one.step]
    assert (told.type, told.step) == ("step.completed", "/do/0/score")
    assert told.data == {"capability": "insights.score:1", "output": run.output}


async def test_after_a_hundred_short_steps_one_ends_the_workflow_task(platform: Platform) -> None:
    run = await platform.run(SCORES, {"times": 150})

    assert run.status == "completed", run.problem
    found = await kinds(platform, run.run)
    assert (found["marker_recorded"], found["activity_task_scheduled"]) == (149, 1)


async def test_a_result_too_large_for_a_local_activity_comes_from_an_ordinary_one(
    platform: Platform,
) -> None:
    long = "x" * 1_900
    rules = [{"feature": "a", "op": "gt", "value": 0, "points": 1, "reason": long}] * 12
    run = await platform.run(
        HEAD
        + """
do:
  - score: {call: insights.score, with: {features: {a: 1}, scorecard: "${ .card }"}}
""",
        {"card": {"rules": rules}},
    )

    assert run.status == "completed", run.problem
    found = await kinds(platform, run.run)
    assert (found["marker_recorded"], found["activity_task_completed"]) == (1, 1)
    assert [one.type for one in await platform.events(run.run) if one.step] == [
        "step.started",
        "step.completed",
    ]


async def test_a_short_step_that_fails_is_a_fault_as_any_other(platform: Platform) -> None:
    problem = await platform.problem(
        HEAD
        + """
do:
  - score: {call: insights.score, with: {features: {}, model: "${ .model }"}}
""",
        {"model": "no-such"},
    )

    assert problem["type"].endswith("/errors/validation")
    assert problem["instance"] == "/do/0/score"


class JustActivities(worker.Interceptor):
    """The gate of a worker whose workflows are not ours."""

    def __init__(self, platform: Platform) -> None:
        plans = Plans(platform.stores.definitions)
        self._services = gate_services(platform.settings, platform.stores, plans)

    def intercept_activity(
        self, next: worker.ActivityInboundInterceptor
    ) -> worker.ActivityInboundInterceptor:
        return ActivityGate(next, self._services)


@workflow.defn(name="Insider")
class Insider:
    """A workflow in a worker of ours that asks for a local activity past the gate."""

    @workflow.run
    async def run(self) -> Any:
        return await workflow.execute_local_activity(
            "insights.score:1",
            {"step": "/do/0/x", "key": "/do/0/x#1", "with": SCORE},
            start_to_close_timeout=timedelta(seconds=5),
        )


async def test_a_local_activity_without_a_grant_is_refused(platform: Platform) -> None:
    client = await bare(platform)
    async with Worker(
        client,
        task_queue="insiders",
        workflows=[Insider],
        activities=[activity_of(one, {}) for one in CAPABILITIES],
        interceptors=[JustActivities(platform)],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        with pytest.raises(WorkflowFailureError) as caught:
            await client.execute_workflow(Insider.run, id="insider", task_queue="insiders")

    assert isinstance(caught.value.cause, ApplicationError)
    assert caught.value.cause.type == "grant.missing"
