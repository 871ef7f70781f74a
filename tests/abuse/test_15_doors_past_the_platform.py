"""Somebody speaks to Temporal itself, past the API: through every door that it has.

Temporal knows no rights below a namespace, so whoever is in can knock everywhere. Ending a run is
theirs to do, as it is the operator's; having it do something is not.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio import workflow
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.nexus.v1 import EndpointSpec, EndpointTarget
from temporalio.api.operatorservice.v1 import CreateNexusEndpointRequest
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleSpec,
    WithStartWorkflowOperation,
    WorkflowFailureError,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
)
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError

from tests.abuse.names import Names
from tests.abuse.post import MAIL, customer, letters
from tests.abuse.thief import QUEUE, attempt, bare, code_of, knowing, thieves
from tests.runtime.platform import Platform

HEAD = "document: {dsl: 1.0.3, namespace: acme, name: door-{{n}}, version: 1.0.0}\n"
WAITING = HEAD + "do: [{rest: {wait: {hours: 1}}}]\n"
ACTIVITIES = ("content.render:1", "experience.email", "call.http", "gate.decide", "gate.yield")
REFUSALS = (WorkflowUpdateFailedError, WorkflowQueryFailedError, RPCError, KeyError)
"""The last is how a client without the codec's keys sees what it cannot read."""
WIRE = {
    "step": "/do/0/x",
    "key": "/do/0/x#1",
    "with": {"template": "x", "data": {}},
    "now": "2026-01-01T00:00:00Z",
    "task": "x",
    "capability": "experience.email",
    "effect": "message",
}


@pytest.fixture(scope="module", params=["bare", "knowing"])
async def intruder(platform: Platform, request: pytest.FixtureRequest) -> Client:
    """A client of the namespace, without and with the keys of the codec."""
    return await (bare if request.param == "bare" else knowing)(platform)


@pytest.fixture(scope="module")
async def insider(platform: Platform) -> Client:
    """Somebody whose own worker reads what the platform's answers."""
    return await knowing(platform)


@pytest.fixture
async def resting(platform: Platform) -> AsyncIterator[str]:
    """The workflow id of a run that waits."""
    run = await platform.submit(platform.deploy(WAITING))
    yield platform.runs.handle("acme", run.run).id
    assert (await platform.runs.get("acme", run.run)).status == "running"
    await platform.runs.cancel("acme", run.run)


async def fails(platform: Platform, id: str) -> str | None:
    with pytest.raises(WorkflowFailureError) as caught:
        async with asyncio.timeout(30):
            await platform.client.get_workflow_handle(id).result()
    return code_of(caught.value)


async def test_a_run_that_is_started_directly_does_nothing(
    platform: Platform, intruder: Client
) -> None:
    who = customer(platform, "acme", "direct")
    solution = platform.deploy(MAIL.replace("NAME", "direct-{{n}}"))
    id = f"acme/{solution}/direct"
    await intruder.start_workflow(
        solution, {"input": {"customer": who}}, id=id, task_queue="platform"
    )
    assert str(await fails(platform, id)).startswith(("context.", "codec."))
    assert letters(platform, "acme", who) == []


@pytest.mark.parametrize("signal", ["approve", "event", "pause", "__x", "deliver"])
async def test_a_signal_changes_nothing(intruder: Client, resting: str, signal: str) -> None:
    await intruder.get_workflow_handle(resting).signal(signal, {"granted": True})


@pytest.mark.parametrize("query", ["state", "plan", "context", "input"])
async def test_a_query_tells_nothing(intruder: Client, resting: str, query: str) -> None:
    with pytest.raises(REFUSALS):
        await intruder.get_workflow_handle(resting).query(query)


@pytest.mark.parametrize("update", ["pause", "resume", "answer", "cancel", "approve", "migrate"])
async def test_an_update_changes_nothing(intruder: Client, resting: str, update: str) -> None:
    with pytest.raises(REFUSALS):
        await intruder.get_workflow_handle(resting).execute_update(
            update, rpc_timeout=timedelta(seconds=10)
        )


async def test_an_update_that_starts_a_run_starts_none_that_acts(
    platform: Platform, intruder: Client
) -> None:
    solution = platform.deploy(WAITING)
    start: Any = WithStartWorkflowOperation(
        solution,
        {"input": None},
        id=f"acme/{solution}/with-start",
        task_queue="platform",
        id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
    )
    with pytest.raises(REFUSALS):
        await intruder.execute_update_with_start_workflow(
            "pause", start_workflow_operation=start, rpc_timeout=timedelta(seconds=10)
        )
    code = await fails(platform, f"acme/{solution}/with-start")
    assert str(code).startswith(("context.", "codec."))


async def test_a_schedule_starts_none_that_acts(platform: Platform, intruder: Client) -> None:
    who = customer(platform, "acme", "scheduled")
    solution = platform.deploy(MAIL.replace("NAME", "scheduled-{{n}}"))
    id = f"acme/{solution}/planned"
    action = ScheduleActionStartWorkflow(
        solution, {"input": {"customer": who}}, id=id, task_queue="platform"
    )
    schedule = await intruder.create_schedule(
        f"theirs-{solution}", Schedule(action=action, spec=ScheduleSpec())
    )
    await schedule.trigger()
    async with asyncio.timeout(30):
        while not (ran := (await schedule.describe()).info.recent_actions):
            await asyncio.sleep(0.1)
    await schedule.delete()

    code = await fails(platform, ran[0].action.workflow_id)  # type: ignore[union-attr]
    assert str(code).startswith(("context.", "codec."))
    assert letters(platform, "acme", who) == []


@pytest.mark.parametrize("activity", ACTIVITIES)
async def test_an_activity_of_no_run_does_nothing(intruder: Client, activity: str) -> None:
    handle: Any = await intruder.start_activity(
        activity,
        WIRE,
        id=f"alone-{activity}-{id(intruder)}",
        task_queue="platform",
        start_to_close_timeout=timedelta(seconds=10),
        schedule_to_close_timeout=timedelta(seconds=20),
    )
    with pytest.raises(Exception) as caught:  # noqa: PT011 - the cause is what counts
        async with asyncio.timeout(40):
            await handle.result()
    # What was not even sealed is no request, and is tried again until its time is over.
    assert str(code_of(caught.value)).startswith(("grant.", "context.", "codec.", "None"))


@pytest.mark.parametrize("activity", ACTIVITIES)
async def test_a_worker_without_the_gate_gets_nothing_done(insider: Client, activity: str) -> None:
    async with thieves(insider):
        found = await attempt(insider, f"acme/thief/{activity}-{id(insider)}", activity, WIRE)
    assert str(found).startswith(("grant.", "context.", "codec."))


@workflow.defn(name="Parent")
class Parent:
    """Has a solution of the platform as its child."""

    @workflow.run
    async def run(self, child: list[str]) -> Any:
        """What the child gives."""
        return await workflow.execute_child_workflow(
            child[0], {"input": {"customer": child[2]}}, id=child[1], task_queue="platform"
        )


async def test_a_child_of_a_strange_workflow_does_nothing(
    platform: Platform, insider: Client
) -> None:
    who = customer(platform, "acme", "parented")
    solution = platform.deploy(MAIL.replace("NAME", "parented-{{n}}"))
    child = [solution, f"acme/{solution}/child", who]
    async with thieves(insider, Parent):
        with pytest.raises(WorkflowFailureError) as caught:
            await insider.execute_workflow(
                Parent.run, child, id=f"acme/thief/{solution}", task_queue=QUEUE
            )
    assert str(code_of(caught.value)).startswith(("context.", "codec."))
    assert letters(platform, "acme", who) == []


@workflow.defn(name="Caller", sandboxed=False)
class Caller:
    """Asks the platform over Nexus."""

    @workflow.run
    async def run(self, endpoint: str) -> Any:
        """What it answers."""
        client = workflow.create_nexus_client(service="Symphainy", endpoint=endpoint)
        return await client.execute_operation(
            "submit", {}, schedule_to_close_timeout=timedelta(seconds=3)
        )


async def test_nexus_leads_nowhere(platform: Platform, insider: Client) -> None:
    endpoint = f"theirs-{id(insider)}"
    target = EndpointTarget(
        worker=EndpointTarget.Worker(namespace=platform.client.namespace, task_queue="platform")
    )
    await insider.operator_service.create_nexus_endpoint(
        CreateNexusEndpointRequest(spec=EndpointSpec(name=endpoint, target=target))
    )
    async with thieves(insider, Caller):
        with pytest.raises(WorkflowFailureError):
            await insider.execute_workflow(
                Caller.run,
                endpoint,
                id=f"acme/thief/{endpoint}",
                task_queue=QUEUE,
                execution_timeout=timedelta(seconds=20),
            )


ASKING = (
    HEAD
    + """
do:
  - ask: {call: http, with: {method: get, endpoint: {uri: "http://partner.example:PORT/"}}}
  - keep: {set: {stolen: "${ .stolen // false }"}}
"""
)


async def test_a_result_said_past_the_worker_is_no_result(
    platform: Platform, dns: Names, tmp_path: Path
) -> None:
    dns.answers = {"partner.example": ["127.0.0.1"]}
    held = asyncio.Event()
    stranger = await bare(platform)

    async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held.set()
        await reader.read()
        writer.close()

    async with await asyncio.start_server(never, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        run = await platform.submit(platform.deploy(ASKING.replace("PORT", str(port))))
        handle = platform.runs.handle("acme", run.run)
        await asyncio.wait_for(held.wait(), 30)
        described = await handle.describe()
        (pending,) = described.raw_description.pending_activities
        said = stranger.get_async_activity_handle(
            workflow_id=handle.id, run_id=described.run_id, activity_id=pending.activity_id
        )
        await said.complete({"stolen": True})
        finished = await platform.finish(run.run)

    assert finished.status == "faulted", finished.output
    assert finished.problem is not None
    assert str(finished.problem["code"]).startswith("codec.")


async def test_a_run_that_is_reset_sends_nothing_twice(
    platform: Platform, intruder: Client
) -> None:
    who = customer(platform, "acme", f"reset-{id(intruder)}")
    solution = platform.deploy(MAIL.replace("NAME", "reset-{{n}}"))
    run = await platform.submit(solution, {"customer": who})
    assert (await platform.finish(run.run)).status == "completed"
    handle = platform.runs.handle("acme", run.run)
    described = await handle.describe()
    first = await anext(
        one.event_id
        async for one in handle.fetch_history_events()
        if one.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
    )

    await intruder.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=platform.client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=handle.id, run_id=described.run_id),
            reason="theirs",
            workflow_task_finish_event_id=first,
            request_id=f"reset-{solution}",
        )
    )
    await platform.finish(run.run)

    assert len(letters(platform, "acme", who)) == 1
    (sent,) = letters(platform, "acme", who)
    assert len(platform.stores.ledger.attempts("acme", sent.id)) == 1


@pytest.mark.parametrize("how", ["cancel", "terminate"])
async def test_a_run_that_is_ended_is_shown_as_what_it_is(
    platform: Platform, intruder: Client, how: str
) -> None:
    run = await platform.submit(platform.deploy(WAITING))
    handle = intruder.get_workflow_handle(platform.runs.handle("acme", run.run).id)
    await (handle.cancel() if how == "cancel" else handle.terminate())
    finished = await platform.finish(run.run)
    assert finished.status == ("cancelled" if how == "cancel" else "terminated")
