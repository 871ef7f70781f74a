"""Every door past the platform is shut: no context, no grant, no effect."""

import asyncio
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from temporalio import workflow
from temporalio.client import Client, WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from public_works.keyfiles import public_key_pems
from smart_city.context import ExecutionContext, seal
from smart_city.signing import Keyring, SigningKey
from symphainy.errors import Refused
from symphainy.identity import Principal
from symphainy.json import Json
from temporal.gate.contexts import Contexts
from temporal.gate.request import saying
from temporal.headers import outgoing
from tests.runtime.platform import LEAD, OWNER, Platform
from tests.runtime.test_messages import NOTICE, SEND, customer, payload

HEAD = """
document: {dsl: 1.0.3, namespace: test, name: door-{{n}}, version: 1.0.0}
"""
WAITING = (
    HEAD
    + """
do:
  - rest: {wait: {hours: 1}}
"""
)


async def bare(platform: Platform) -> Client:
    """A client that knows how the platform seals, and nothing else of Symphainy."""
    return await Client.connect(
        platform.client.service_client.config.target_host,
        namespace=platform.client.namespace,
        data_converter=platform.client.data_converter,
    )


def context(platform: Platform, workflow_id: str, **changes: Any) -> ExecutionContext:
    known: dict[str, Any] = {
        "tenant": "acme",
        "environment": "production",
        "principal": OWNER,
        "solution": "test.door",
        "version": "1.0.0",
        "plan": "",
        "workflow": workflow_id,
        "intent": "i",
        "issued": 0,
    }
    return ExecutionContext(**{**known, **changes})


async def fails_with(client: Client, workflow_type: str, workflow_id: str) -> str | None:
    handle = await client.start_workflow(
        workflow_type, {"input": None}, id=workflow_id, task_queue="platform"
    )
    with pytest.raises(WorkflowFailureError) as caught:
        await handle.result()
    cause = caught.value.cause
    return cause.type if isinstance(cause, ApplicationError) else None


async def test_a_run_started_past_the_platform_is_refused_with_a_reason(platform: Platform) -> None:
    solution = platform.deploy(WAITING)

    code = await fails_with(await bare(platform), solution, f"acme/{solution}/sneaked")

    assert code == "context.missing"


async def test_a_context_of_another_run_opens_nothing(platform: Platform) -> None:
    solution = platform.deploy(WAITING)
    elsewhere = context(platform, f"acme/{solution}/elsewhere")

    with outgoing(seal(elsewhere, platform.intake.key)):
        code = await fails_with(platform.client, solution, f"acme/{solution}/here")

    assert code == "context.misplaced"


async def test_a_context_signed_with_a_key_of_ones_own_opens_nothing(platform: Platform) -> None:
    solution = platform.deploy(WAITING)
    id = f"acme/{solution}/forged"

    with outgoing(seal(context(platform, id), SigningKey.generate())):
        code = await fails_with(platform.client, solution, id)

    assert code == "context.forged"


STEP = {"step": "/do/0/x", "key": "/do/0/x#1"}
DECISION = {
    "now": "2026-01-01T00:00:00Z",
    "task": "x",
    "capability": "experience.email",
    "effect": "message",
}


@workflow.defn(name="Thief")
class Thief:
    """Somebody else's workflow that asks our workers to act."""

    @workflow.run
    async def run(self, activity: str) -> Any:
        return await workflow.execute_activity(
            activity,
            {**STEP, "with": {"template": "x", "data": {}}, **DECISION},
            task_queue="platform",
            start_to_close_timeout=timedelta(seconds=10),
        )


@pytest.mark.parametrize(
    "activity", ["content.render:1", "experience.email", "call.http", "gate.decide"]
)
async def test_a_worker_without_the_gate_gets_nothing_done(
    platform: Platform, activity: str
) -> None:
    client = await bare(platform)
    async with Worker(
        client,
        task_queue="thieves",
        workflows=[Thief],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        with pytest.raises(WorkflowFailureError) as caught:
            await client.execute_workflow(
                Thief.run, activity, id=f"thief-{activity}", task_queue="thieves"
            )

    assert isinstance(caught.value.cause, ActivityError)
    cause = caught.value.cause.cause
    assert isinstance(cause, ApplicationError)
    assert cause.type in ("grant.missing", "context.missing")


async def test_a_standalone_activity_gets_nothing_done(platform: Platform) -> None:
    client = await bare(platform)

    handle = await client.start_activity(
        "content.render:1",
        {"step": "/do/0/x", "key": "x", "with": {"template": "x", "data": {}}},
        id="alone",
        task_queue="platform",
        start_to_close_timeout=timedelta(seconds=10),
    )
    with pytest.raises(Exception) as caught:  # noqa: PT011 - the cause is what counts
        await handle.result()

    cause = caught.value.__cause__
    assert isinstance(cause, ApplicationError)
    assert cause.type == "grant.missing"


async def test_an_update_without_context_or_of_another_tenant_is_refused(
    platform: Platform,
) -> None:
    run = await platform.submit(platform.deploy(WAITING))
    id = platform.runs.handle("acme", run.run).id
    stranger = Principal(tenant="evil", id="mallory", kind="user", roles=frozenset({"admin"}))

    with pytest.raises(WorkflowUpdateFailedError):
        await (await bare(platform)).get_workflow_handle(id).execute_update("pause")
    with (
        outgoing(
            seal(context(platform, id, tenant="evil", principal=stranger), platform.intake.key)
        ),
        pytest.raises(WorkflowUpdateFailedError),
    ):
        await platform.client.get_workflow_handle(id).execute_update("pause")

    await platform.runs.cancel("acme", run.run)
    assert (await platform.finish(run.run)).status == "cancelled"


async def test_what_was_signed_for_one_update_is_good_for_no_other(platform: Platform) -> None:
    run = await platform.submit(platform.deploy(WAITING))
    id = platform.runs.handle("acme", run.run).id
    pausing = context(platform, id, principal=LEAD, intent=saying("pause", []))

    with outgoing(seal(pausing, platform.intake.key)):
        handle = platform.client.get_workflow_handle(id)
        with pytest.raises(WorkflowUpdateFailedError) as caught:
            await handle.execute_update("resume")
        await handle.execute_update("pause")

    assert isinstance(caught.value.cause, ApplicationError)
    assert caught.value.cause.type == "context.misplaced"
    await platform.runs.cancel("acme", run.run)


async def test_a_run_of_another_tenant_cannot_be_named(platform: Platform) -> None:
    run = await platform.submit(platform.deploy(WAITING))

    with pytest.raises(Refused, match=r"run\.unknown"):
        await platform.runs.get("evil", run.run)
    with pytest.raises(Refused, match=r"run\.unknown"):
        await platform.runs.cancel("evil", run.run)

    await platform.runs.cancel("acme", run.run)


async def test_consent_withdrawn_while_a_message_waits_is_heeded(skipping: Platform) -> None:
    zone = ZoneInfo("Pacific/Kiritimati")
    now = (await skipping.now()).astimezone(zone)
    window = f'from: "{now - timedelta(hours=2):%H:%M}", to: "{now + timedelta(hours=2):%H:%M}"'
    solution = skipping.deploy(
        NOTICE
        + f"""
policies:
  night: {{kind: quietHours, channels: [email], {window}}}
  consent: {{kind: consent, channels: [email]}}
"""
        + SEND
    )
    run = await skipping.submit(solution, payload(customer(skipping, "ida", zone=zone.key)))
    await skipping.until(run.run, "run.waiting")

    customer(skipping, "ida", zone=zone.key, consent=False)
    finished = await skipping.finish(run.run)

    assert finished.status == "faulted"
    assert finished.problem is not None
    assert finished.problem["code"] == "policy.no-consent"
    assert skipping.stores.ledger.list("acme", customer="ida") == []


async def test_a_kill_switch_stops_messages_of_its_channel(platform: Platform) -> None:
    solution = platform.deploy(NOTICE + SEND)
    platform.stores.switches.set("acme", "channel:email", True, "owner", "incident")
    try:
        run = await platform.submit(solution, payload(customer(platform, "jan")))
        finished = await platform.finish(run.run)
    finally:
        platform.stores.switches.set("acme", "channel:email", False, "owner", "over")

    assert finished.status == "faulted"
    assert finished.problem is not None
    assert finished.problem["type"].endswith("/errors/authorization")


async def test_the_same_idempotency_key_is_the_same_run(platform: Platform) -> None:
    solution = platform.deploy(HEAD + "\ndo:\n  - keep: {set: {x: 1}}\n")

    first = await platform.submit(solution, {"a": 1}, key="once")
    again = await platform.submit(solution, {"a": 1}, key="once")

    assert again == first
    with pytest.raises(Refused, match=r"intent\.key-reused"):
        await platform.submit(solution, {"a": 2}, key="once")


async def test_the_same_business_key_is_the_same_run_until_one_fails(platform: Platform) -> None:
    solution = platform.deploy(
        HEAD
        + """
intents:
  collect: {starts: true, key: "${ .invoice }"}
do:
  - check: {if: .bad, raise: {error: {type: "https://acme.example/bad", status: 400}}}
"""
    )

    async def collect(**more: Any) -> Any:
        return await platform.submit(solution, {"invoice": "INV/1", **more}, intent="collect")

    failed = await collect(bad=True)
    assert (await platform.finish(failed.run)).status == "faulted"
    again = await collect(bad=False)
    assert (await platform.finish(again.run)).status == "completed"
    third = await collect(bad=False)

    assert failed.run == again.run == third.run == f"{solution}:INV%2F1"
    assert (failed.existing, again.existing, third.existing) == (False, False, True)


async def test_a_paused_run_begins_nothing_new(platform: Platform) -> None:
    solution = platform.deploy(
        NOTICE
        + """
do:
  - hear: {listen: {to: {one: {with: {type: com.acme.door.v1}}}}, output: {as: $input}}
  - remind:
      call: email
      with: {to: "${ .customer }", template: reminder, data: {invoice: "${ .invoice }"}}
"""
    )
    run = await platform.submit(solution, payload(customer(platform, "kai")))
    event: Json = {"specversion": "1.0", "id": "d", "source": "/x", "type": "com.acme.door.v1"}

    await platform.until(run.run, "run.listening")
    await platform.runs.pause(LEAD, run.run)
    await platform.intake.hub.accept(OWNER, "production", event)
    async with asyncio.timeout(60):
        while (await platform.runs.get("acme", run.run)).stage != "paused":
            await asyncio.sleep(0.05)
    assert platform.stores.ledger.list("acme", customer="kai") == []
    await platform.runs.resume(LEAD, run.run)
    finished = await platform.finish(run.run)

    assert finished.status == "completed", finished.problem
    assert len(platform.stores.ledger.list("acme", customer="kai")) == 1


async def test_a_worker_that_never_saw_a_run_reads_whose_it_is_in_its_history(
    platform: Platform,
) -> None:
    run = await platform.submit(platform.deploy(WAITING))
    handle = platform.runs.handle("acme", run.run)
    run_id = (await handle.describe()).run_id
    keys = Keyring.from_pems(public_key_pems(platform.settings.home).values())

    found = await Contexts(keys).of(platform.client, workflow=handle.id, run=run_id)

    assert (found.tenant, found.principal, found.workflow) == ("acme", OWNER, handle.id)
    await platform.runs.cancel("acme", run.run)
    strangers = Contexts(Keyring.of(SigningKey.generate().public()))
    with pytest.raises(Refused, match=r"context\.forged"):
        await strangers.of(platform.client, workflow=handle.id, run=run_id)


async def test_a_run_past_the_platform_has_nobody_for_its_steps(platform: Platform) -> None:
    solution = platform.deploy(WAITING)
    id = f"acme/{solution}/nobodys"
    assert await fails_with(await bare(platform), solution, id) == "context.missing"
    run_id = (await platform.client.get_workflow_handle(id).describe()).run_id
    keys = Keyring.from_pems(public_key_pems(platform.settings.home).values())

    with pytest.raises(Refused, match=r"context\.missing"):
        await Contexts(keys).of(platform.client, workflow=id, run=run_id)
