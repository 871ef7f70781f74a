"""Somebody in Temporal's namespace shows the platform's workers a signed context or a grant that
was signed by nobody, for something else, long ago, or for somebody else.

The thief has the codec's keys and reads every history: the most that a worker taken over has.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from temporalio import workflow
from temporalio.client import Client, WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.worker import StartActivityInput

from public_works.keyfiles import public_key_pems, signing_key_pem
from smart_city.context import seal, unseal
from smart_city.grant import Grant, issue
from smart_city.signing import Keyring, SigningKey
from symphainy.json import digest
from temporal.codec import converter_for
from temporal.headers import CONTEXT, GRANT, PROOF, outgoing
from tests.abuse.post import MAIL, customer, letters
from tests.abuse.thief import Forger, attempt, code_of, knowing, thieves
from tests.runtime.platform import OWNER, Platform

RENDER = "content.render:1"
GREETING = {
    "step": "/do/0/send",
    "key": "/do/0/send#1",
    "with": {"template": "hello {{ n }}", "data": {"n": 1}},
}


def ring(platform: Platform) -> Keyring:
    return Keyring.from_pems(public_key_pems(platform.settings.home).values())


def key(platform: Platform, name: str) -> SigningKey:
    return SigningKey.from_pem(signing_key_pem(platform.settings.home, name))


@dataclass
class Loot:
    """What the thief found in the history of a run that mailed somebody."""

    client: Client
    plan: str
    solution: str
    workflow: str
    run: str
    context: bytes
    activity: str
    header: tuple[str, bytes]
    wire: Any
    id: str
    who: str


@pytest.fixture(scope="module")
async def loot(platform: Platform) -> AsyncIterator[Loot]:
    who = customer(platform, "acme", "looted")
    solution = platform.deploy(MAIL.replace("NAME", "looted-{{n}}"))
    run = await platform.submit(solution, {"customer": who})
    finished = await platform.finish(run.run)
    assert finished.status == "completed", finished.problem
    handle = platform.runs.handle("acme", run.run)
    described = await handle.describe()
    history = [one async for one in handle.fetch_history_events()]
    started = history[0].workflow_execution_started_event_attributes
    token = started.header.fields[CONTEXT].data
    scheduled = [
        one.activity_task_scheduled_event_attributes
        for one in history
        if one.HasField("activity_task_scheduled_event_attributes")
        and "email" in one.activity_task_scheduled_event_attributes.activity_type.name
    ][-1]
    ((name, header),) = [
        (name, scheduled.header.fields[name].data)
        for name in (GRANT, PROOF)
        if name in scheduled.header.fields
    ]
    client = await knowing(platform)
    (wire,) = await converter_for(client, handle.id).decode(list(scheduled.input.payloads))
    context = unseal(token, ring(platform), workflow=handle.id)
    async with thieves(client):
        yield Loot(
            client,
            context.plan,
            solution,
            handle.id,
            described.run_id,
            token,
            scheduled.activity_type.name,
            (name, header),
            wire,
            scheduled.activity_id,
            who,
        )


def granting(loot: Loot, signer: SigningKey, **changes: Any) -> Forger:
    """A grant for exactly the call that is made, but for `changes`."""

    def forge(info: workflow.Info, input: StartActivityInput) -> dict[str, bytes]:
        now = int(workflow.now().timestamp())
        known: dict[str, Any] = {
            "tenant": "acme",
            "environment": "production",
            "principal": OWNER,
            "solution": loot.solution,
            "plan": loot.plan,
            "workflow": info.workflow_id,
            "run": info.run_id,
            "activity": input.activity,
            "step": "/do/0/send",
            "key": "/do/0/send#1",
            "arguments": digest(input.args[0]),
            "bundle": "",
            "issued": now,
            "expires": now + 600,
        }
        known |= {name: now + by for name, by in changes.items() if isinstance(by, int)}
        known |= {name: to for name, to in changes.items() if isinstance(to, str)}
        return {GRANT: issue(Grant(**known), signer)}

    return forge


async def test_a_grant_of_the_gate_opens_what_it_was_issued_for(
    platform: Platform, loot: Loot
) -> None:
    # Else everything below would be refused for some other reason.
    forge = granting(loot, key(platform, "gate"))
    given = await attempt(loot.client, "acme/thief/right", RENDER, GREETING, forge)
    assert isinstance(given, dict), given


MISPLACED = {
    "another workflow": ({"workflow": "acme/acme.x/1"}, "grant.misplaced"),
    "another run": ({"run": "5a2e"}, "grant.misplaced"),
    "another activity": ({"activity": "experience.email"}, "grant.misplaced"),
    "another queue": ({"queue": "acme-pool"}, "grant.misplaced"),
    "other arguments": ({"arguments": "sha256:" + "0" * 64}, "grant.misplaced"),
    "long ago": ({"issued": -1000, "expires": -400}, "grant.expired"),
}


@pytest.mark.parametrize(("changes", "code"), MISPLACED.values(), ids=MISPLACED)
async def test_a_grant_for_something_else_opens_nothing(
    platform: Platform, loot: Loot, changes: dict[str, Any], code: str
) -> None:
    id = f"acme/thief/{digest([changes])}"
    forge = granting(loot, key(platform, "gate"), **changes)
    assert await attempt(loot.client, id, RENDER, GREETING, forge) == code


async def test_a_grant_that_nobody_of_the_platform_signed_opens_nothing(loot: Loot) -> None:
    forge = granting(loot, SigningKey.generate())
    found = await attempt(loot.client, "acme/thief/signed", RENDER, GREETING, forge)
    assert found == "grant.forged"


@pytest.mark.parametrize("token", [b"", b"x", b"\0" * 64, b"{}" * 100])
@pytest.mark.parametrize("name", [GRANT, PROOF])
async def test_nonsense_opens_nothing(loot: Loot, name: str, token: bytes) -> None:
    id = f"acme/thief/nonsense-{name}-{len(token)}"
    found = await attempt(loot.client, id, RENDER, GREETING, lambda *_: {name: token})
    assert str(found).startswith(("grant.", "context."))


async def test_a_context_shown_as_a_grant_opens_nothing(loot: Loot) -> None:
    for name in (GRANT, PROOF):
        id = f"acme/thief/context-{name}"
        headers = {name: loot.context, CONTEXT: loot.context}
        found = await attempt(loot.client, id, RENDER, GREETING, lambda *_: headers)  # noqa: B023
        assert str(found).startswith(("grant.", "context."))


async def test_what_opened_a_message_once_opens_it_for_nobody_else(
    platform: Platform, loot: Loot
) -> None:
    before = len(letters(platform, "acme", loot.who))
    name, header = loot.header

    found = await attempt(
        loot.client,
        "acme/thief/again",
        loot.activity,
        loot.wire,
        lambda *_: {name: header},
        activity_id=loot.id,
    )

    assert str(found).startswith(("grant.", "context."))
    assert len(letters(platform, "acme", loot.who)) == before == 1


async def test_a_run_of_the_same_name_with_the_stolen_context_and_grant_sends_nothing(
    platform: Platform, loot: Loot
) -> None:
    name, header = loot.header
    stolen = {name: header, CONTEXT: loot.context}

    found = await attempt(
        loot.client, loot.workflow, loot.activity, loot.wire, lambda *_: stolen, activity_id=loot.id
    )

    assert str(found).startswith(("grant.", "context."))
    assert len(letters(platform, "acme", loot.who)) == 1


async def test_what_was_granted_to_one_tenant_is_of_no_use_in_another(
    platform: Platform, loot: Loot
) -> None:
    name, header = loot.header
    found = await attempt(
        loot.client,
        loot.workflow.replace("acme/", "evil/", 1),
        loot.activity,
        loot.wire,
        lambda *_: {name: header, CONTEXT: loot.context},
        activity_id=loot.id,
    )
    assert str(found).startswith(("grant.", "context."))
    assert platform.stores.ledger.list("evil") == []


CONTEXTS = {
    "another run's": ({}, "context.misplaced"),
    "another tenant's": ({"tenant": "evil", "workflow": "evil/x/1"}, "context.misplaced"),
}


@pytest.mark.parametrize(("changes", "code"), CONTEXTS.values(), ids=CONTEXTS)
async def test_a_run_begins_with_its_own_context_only(
    platform: Platform, loot: Loot, changes: dict[str, Any], code: str
) -> None:
    context = unseal(loot.context, ring(platform), workflow=loot.workflow)
    forged = seal(context.model_copy(update=changes), key(platform, "intake"))
    assert await begun(platform, f"acme/{loot.solution}/{code}", loot, forged) == code


async def test_a_context_that_nobody_of_the_platform_signed_begins_nothing(
    platform: Platform, loot: Loot
) -> None:
    id = f"acme/{loot.solution}/signed"
    context = unseal(loot.context, ring(platform), workflow=loot.workflow)
    for token in (
        seal(context.model_copy(update={"workflow": id}), SigningKey.generate()),
        loot.context[:-1] + bytes([loot.context[-1] ^ 1]),
        b"",
    ):
        assert str(await begun(platform, id, loot, token)).startswith("context.")


async def begun(platform: Platform, id: str, loot: Loot, token: bytes) -> str | None:
    with outgoing(token):
        handle = await platform.client.start_workflow(
            loot.solution, {"input": {"customer": loot.who}}, id=id, task_queue="platform"
        )
    with pytest.raises(WorkflowFailureError) as caught:
        await handle.result()
    return code_of(caught.value)


async def test_an_update_said_once_cannot_be_said_as_something_else(
    platform: Platform, loot: Loot
) -> None:
    waits = "document: {dsl: 1.0.3, namespace: acme, name: waits-{{n}}, version: 1.0.0}\n"
    run = await platform.submit(platform.deploy(waits + "do: [{rest: {wait: {hours: 1}}}]\n"))
    handle = platform.runs.handle("acme", run.run)
    with outgoing(loot.context), pytest.raises(WorkflowUpdateFailedError) as caught:
        await platform.client.get_workflow_handle(handle.id).execute_update("pause")
    assert code_of(caught.value) == "context.misplaced"
    await platform.runs.cancel("acme", run.run)
