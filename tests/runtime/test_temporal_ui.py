"""What engineers see in Temporal's own UI."""

from temporalio.client import WorkflowHandle, WorkflowHistory

from tests.histories.opening import opened
from tests.runtime.platform import LEAD, Platform
from tests.runtime.test_messages import BIG, customer, payload


async def details(handle: WorkflowHandle[object, object]) -> str:
    """The current details, as the UI asks for them."""
    metadata = await handle.query("__temporal_workflow_metadata")
    return str(metadata.get("currentDetails") if isinstance(metadata, dict) else metadata)


def summarised(history: WorkflowHistory) -> list[str]:
    """What stands beside the events of a run."""
    return [
        event.user_metadata.summary.data.decode()
        for event in history.events
        if event.user_metadata.HasField("summary")
    ]


async def test_a_waiting_run_says_what_it_waits_for_and_why(platform: Platform) -> None:
    solution = platform.deploy(BIG)
    run = await platform.submit(solution, payload(customer(platform, "lea"), 20_000))
    await platform.until(run.run, "step.decided", outcome="approve")
    handle = platform.runs.handle("acme", run.run)

    told = await details(handle)
    described = await handle.describe()
    history = await opened(platform.client, await handle.fetch_history())

    assert described.workflow_type == solution
    assert handle.id == f"acme/{solution}/{run.run.partition(':')[2]}"
    assert "`/do/0/remind` waits for a person" in told
    assert "collections-lead" in told
    summaries = summarised(history)
    assert any("needs the approval of a collections-lead" in one for one in summaries)

    (asked,) = [one for one in platform.stores.approvals.pending("acme") if one.run == run.run]
    await platform.runs.answer(LEAD, run.run, asked.id, granted=True)
    await platform.finish(run.run)


async def test_a_time_limit_is_named_by_its_task(platform: Platform) -> None:
    run = await platform.submit(
        platform.deploy("""
        document: {dsl: 1.0.3, namespace: test, name: limited-{{n}}, version: 1.0.0}
        do:
          - pause: {wait: PT1S, timeout: {after: PT1H}}
        """)
    )
    await platform.finish(run.run)

    sealed = await platform.runs.handle("acme", run.run).fetch_history()
    history = await opened(platform.client, sealed)

    assert '"time limit of `pause`"' in summarised(history)


async def test_a_run_stays_on_the_interpreter_it_began_with(platform: Platform) -> None:
    run = await platform.submit(
        platform.deploy("""
        document: {dsl: 1.0.3, namespace: test, name: pinned-{{n}}, version: 1.0.0}
        do:
          - keep: {set: {x: 1}}
        """)
    )
    await platform.finish(run.run)

    described = await platform.runs.handle("acme", run.run).describe()
    versioning = described.raw_description.workflow_execution_info.versioning_info

    assert versioning.deployment_version.deployment_name == "symphainy"
    assert versioning.deployment_version.build_id == "interpreter-1"
    assert versioning.behavior == 1  # VERSIONING_BEHAVIOR_PINNED
