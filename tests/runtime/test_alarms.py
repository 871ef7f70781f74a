"""Alarms on the real server: each is provoked, told once, and over when its cause is."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from public_works import Settings, Stores
from smart_city.audit import Actor, Entry, Subject
from symphainy.catalog import Catalog
from symphainy.delivery import SendResult
from symphainy.identity import Principal
from temporal import attributes
from temporal.telemetry.alarming import look
from tests.runtime.platform import real_server

SOON = {
    "tenant": "acme",
    "alarm_approval_hours": 0,
    "alarm_poll_minutes": 0,
    "alarm_unknown": 2,
    "alarm_dead_letters": 2,
    "alarm_review_hours": 0,
    "alarm_checkpoint_minutes": 0,
}
DELIVERY = {
    "solution": "acme.dunning",
    "run": "acme.dunning:7",
    "step": "/do/0/remind",
    "channel": "email",
    "binding": "email",
}


@workflow.defn(name="acme.broken")
class Broken:
    """A run whose code is at fault."""

    @workflow.run
    async def run(self) -> None:
        """Fail the workflow task, not the run."""
        raise RuntimeError("a bug")


@dataclass(frozen=True)
class Watched:
    """Stores and a server of their own: no pool is at work there that would look or post too."""

    client: Client
    stores: Stores
    settings: Settings


@pytest.fixture(scope="module")
async def watched(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Watched]:
    """Where everything is an alarm at once."""
    folder = tmp_path_factory.mktemp("watched")
    setting = "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute=1"
    settings = Settings(home=folder / "home", **SOON)
    stores = Stores.open(settings)
    async with real_server(folder, setting) as server:
        await attributes.register(server.client)
        yield Watched(server.client, stores, settings)
    stores.close()


async def standing(platform: Watched) -> dict[str, str]:
    """The alarms after a look: what is told, by what it is about."""
    await look(platform.client, platform.stores, platform.settings)
    return {one.subject: one.told for one in platform.stores.alarms.list("acme")}


async def until(platform: Watched, subject: str, *, there: bool = True) -> str:
    """What the alarm tells, once it stands, or nothing once it is over."""
    async with asyncio.timeout(60):
        while True:
            found = (await standing(platform)).get(subject)
            if (found is not None) == there:
                return found or ""
            await asyncio.sleep(0.2)


async def test_a_run_whose_workflow_tasks_fail(watched: Watched) -> None:
    # Not through the platform: what it interprets ends such a run instead.
    client, runner = watched.client, UnsandboxedWorkflowRunner()
    async with Worker(client, task_queue="broken", workflows=[Broken], workflow_runner=runner):
        started = await client.start_workflow(
            "acme.broken", id="acme/acme.broken/1", task_queue="broken"
        )
        told = await until(watched, "runs")
        await started.terminate()

    assert told == "The workflow tasks of 1 run fail: acme.broken:1."
    assert await until(watched, "runs", there=False) == ""


async def test_work_on_a_queue_that_nobody_polls(watched: Watched) -> None:
    watched.stores.catalogs.publish("ghost", Catalog())
    started = await watched.client.start_workflow(
        "acme.broken", id="acme/acme.broken/2", task_queue="ghost"
    )

    told = await until(watched, "queue:ghost")

    assert told == "No worker polls the task queue ghost, and 1 task waiting there."
    await started.terminate()


async def test_an_approval_that_nobody_answers(watched: Watched) -> None:
    watched.stores.approvals.request(
        "acme",
        id="a",
        run="acme.dunning:7",
        workflow_id="acme/acme.dunning/7",
        solution="acme.dunning",
        step="/do/1/escalate",
        policy="bigMoney",
        role="lead",
        reason="more than 10000",
        initiator="ada",
        expires=None,
    )

    assert "approvals" in await standing(watched)

    watched.stores.approvals.decide("acme", "a", outcome="approved", by="ben")
    assert "approvals" not in await standing(watched)


async def test_deliveries_of_which_nobody_knows(watched: Watched) -> None:
    ledger, found = watched.stores.ledger, []
    for id in ("u1", "u2"):
        ledger.plan("acme", id=id, **DELIVERY)
        ledger.claim("acme", id, binding="email", provider="smtp")
        ledger.settle("acme", id, 1, SendResult(outcome="unknown"))
        found.append((await standing(watched)).get("deliveries"))

    assert found == [None, "Of 2 deliveries in the last hour nobody knows."]


async def test_events_that_come_to_nothing(watched: Watched) -> None:
    watched.stores.webhooks.create("acme", "gone", "https://gone.example/hook", types=["com.x.*"])
    by, found = Principal(tenant="acme", id="shop", kind="service"), []
    for id in ("n1", "n2"):
        envelope = {"specversion": "1.0", "id": id, "source": "/shop", "type": "com.x.y", "data": 1}
        watched.stores.events.accept("acme", environment="production", envelope=envelope, by=by)
        watched.stores.posts.fan_out()
        for post in watched.stores.posts.due(timedelta(seconds=1)):
            watched.stores.posts.settle(post, "dead", "410")
        found.append((await standing(watched)).get("letters"))

    assert found == [None, "2 events of the last hour came to nothing."]
    for letter in watched.stores.letters.list("acme"):
        watched.stores.letters.discard("acme", letter.id)
    assert "letters" not in await standing(watched)


async def test_records_of_the_audit_log_that_nobody_seals(watched: Watched) -> None:
    actor, subject = Actor(id="ada", kind="user"), Subject(type="solution", id="acme.dunning")
    watched.stores.audit.record("acme", Entry(actor=actor, action="test.done", subject=subject))

    assert "audit" in await standing(watched)

    watched.stores.audit.checkpoint("acme")
    assert "audit" not in await standing(watched)


async def test_an_alarm_is_told_once_as_an_event_and_once_when_it_is_over(
    watched: Watched,
) -> None:
    actor, subject = Actor(id="ada", kind="user"), Subject(type="solution", id="acme.dunning")
    watched.stores.audit.record("acme", Entry(actor=actor, action="test.done", subject=subject))
    raised = (await look(watched.client, watched.stores, watched.settings))["acme"].raised
    again = (await look(watched.client, watched.stores, watched.settings))["acme"].raised
    watched.stores.audit.checkpoint("acme")
    over = (await look(watched.client, watched.stores, watched.settings))["acme"].cleared

    assert [one.subject for one in raised] == ["audit"]
    assert again == ()
    assert [one.id for one in over] == [raised[0].id]
    told = watched.stores.events.page("acme", "production", type="com.symphainy.alarm.raised.v1")
    assert told[0].envelope["data"]["id"] == raised[0].id


async def test_the_first_who_looks_into_an_alarm_stands(watched: Watched) -> None:
    actor, subject = Actor(id="ada", kind="user"), Subject(type="solution", id="acme.dunning")
    watched.stores.audit.record("acme", Entry(actor=actor, action="test.done", subject=subject))
    (raised,) = (await look(watched.client, watched.stores, watched.settings))["acme"].raised
    store, moment = watched.stores.alarms, raised.since + timedelta(minutes=1)

    store.acknowledge("acme", raised.id, "ben", "on it", moment)
    second = store.acknowledge("acme", raised.id, "eve", None, moment + timedelta(hours=1))

    assert (second.by, second.note, second.acknowledged) == ("ben", "on it", moment)
