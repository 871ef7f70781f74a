"""A conversation outlives workers, histories and memory."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.worker import Replayer

from public_works.keyfiles import public_key_pems
from smart_city.signing import Keyring, SigningKey
from symphainy.delivery import Choice
from symphainy.errors import Refused
from symphainy.session import Address
from temporal.codec import codec_of
from temporal.gate import GateServices
from temporal.plans import Plans
from temporal.plugin import SymphainyPlugin
from tests.runtime.platform import Platform, platform_on, real_server
from tests.sessions.talking import GREETER, ORDERS, Customer, customer, eventually, until
from workers.pool import Options
from workflows.session import Session

IDLE = 60
DEAF = """
document: {dsl: 1.0.3, namespace: test, name: deaf-{{n}}, version: 1.0.0}
do:
  - nothing: {set: {said: nothing}}
"""
"""A solution that no message starts."""


@pytest.fixture(scope="module")
async def forgetful(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Platform]:
    """A platform whose worker keeps ten workflows in memory."""
    folder = tmp_path_factory.mktemp("forgetful")
    options = Options(cached=10)
    async with real_server(folder) as server, platform_on(server, folder / "home", options) as one:
        yield one


async def test_a_session_goes_on_after_its_worker_was_stopped(tmp_path: Path) -> None:
    async with real_server(tmp_path) as server:
        async with platform_on(server, tmp_path / "home", Options()) as first:
            anna = customer(first, first.deploy(ORDERS), "anna")
            await anna.writes("I want a bicycle.")
            await anna.reads(2)
        async with platform_on(server, tmp_path / "home", Options()) as second:
            again = Customer(customer(second, "x").sessions, second, anna.address, anna.count)
            await again.writes("Red")
            said = await again.reads(4)

    assert [text for _, text in said] == [
        "I want a bicycle.",
        "Which colour?",
        "Red",
        "Red it is.",
    ]


async def test_a_long_conversation_goes_on_in_new_histories(short: Platform) -> None:
    anna = customer(short, short.deploy(GREETER))

    for n in range(12):
        await anna.writes(f"{n}")
    said = await anna.reads(24)

    first = await _first(short.client, anna.address)
    assert first != (await _now(short.client, anna.address))
    assert [text for who, text in said if who == "in"] == [f"{n}" for n in range(12)]
    answers = sorted(text for who, text in said if who == "out")
    assert answers == sorted(f"You said: {n}" for n in range(12))
    assert [one.seq for one in anna.transcript()] == [*range(1, 25)]


async def test_a_message_that_comes_again_after_a_new_history_is_one_message(
    short: Platform,
) -> None:
    anna = customer(short, short.deploy(GREETER))
    await anna.writes("Hello?", id="once")
    for n in range(10):
        await anna.writes(f"{n}")
    await anna.reads(22)

    again = await anna.writes("Hello?", id="once")

    assert (again.seq, again.new) == (1, False)
    assert len(anna.transcript()) == 22


async def _first(client: Client, address: Address) -> str:
    described = await client.get_workflow_handle(address.workflow("acme")).describe()
    return str(described.raw_description.workflow_execution_info.first_run_id)


async def _now(client: Client, address: Address) -> str | None:
    return (await client.get_workflow_handle(address.workflow("acme")).describe()).run_id


async def test_sessions_that_are_idle_need_no_place_in_memory(forgetful: Platform) -> None:
    solution = forgetful.deploy(DEAF)
    everybody = [customer(forgetful, solution, f"c-{n}") for n in range(IDLE)]
    at_once = asyncio.Semaphore(4)

    async def writes(one: Customer, text: str) -> int:
        async with at_once:
            return (await one.writes(text)).seq

    first = await asyncio.gather(*(writes(one, "Hello?") for one in everybody))
    second = await asyncio.gather(*(writes(one, "Still there?") for one in everybody))

    assert (first, second) == ([1] * IDLE, [2] * IDLE)
    for one in everybody:
        assert await one.reads(2) == [("in", "Hello?"), ("in", "Still there?")]
    # The first ones left the memory long ago.
    assert (await everybody[0].sessions.state("acme", everybody[0].address)).seq == 2


async def test_a_session_that_rests_waits_for_nothing_but_messages(platform: Platform) -> None:
    anna = customer(platform, platform.deploy(GREETER))
    await anna.writes("Hello?")
    await anna.reads(2)
    handle = platform.client.get_workflow_handle(anna.address.workflow("acme"))

    async def resting() -> bool:
        waiting = (await handle.describe()).raw_description
        return not (waiting.pending_activities or waiting.HasField("pending_workflow_task"))

    assert await eventually(resting)
    history = await handle.fetch_history()
    assert not [one for one in history.events if one.HasField("timer_started_event_attributes")]


async def test_a_session_whose_workflow_is_gone_goes_on_from_its_transcript(
    platform: Platform,
) -> None:
    anna = customer(platform, platform.deploy(GREETER))
    await anna.writes("Hello?", id="once")
    await anna.reads(2)
    await platform.client.get_workflow_handle(anna.address.workflow("acme")).terminate()

    again = await anna.writes("Hello?", id="once")
    more = await anna.writes("Still there?")

    assert (again.seq, again.new, more.seq) == (1, False, 3)
    assert [text for _, text in await anna.reads(4)][2:] == [
        "Still there?",
        "You said: Still there?",
    ]


async def test_what_a_session_shows_is_what_was_said(platform: Platform) -> None:
    anna = customer(platform, platform.deploy(GREETER))
    sessions, address = anna.sessions, anna.address

    await sessions.say("acme", address, id="a", text="Hello.", channel="web")
    await sessions.say(
        "acme", address, id="b", text="How are you?", channel="web", choices=(_choice("Well"),)
    )
    before = await sessions.state("acme", address)
    await sessions.seen("acme", address, delivered=2, read=1)

    async def seen() -> bool:
        return (await sessions.state("acme", address)).unread == 1

    await eventually(seen)
    after = await sessions.state("acme", address)

    assert (before.unread, before.waiting_for, before.seq) == (2, "customer", 2)
    assert before.last is not None
    assert [one.title for one in before.last.choices] == ["Well"]
    assert (after.unread, after.read) == (1, 1)


def _choice(title: str) -> Choice:
    return Choice(title=title, value=title)


async def test_whoever_writes_all_at_once_may_have_to_write_again(platform: Platform) -> None:
    anna = customer(platform, platform.deploy(DEAF))

    async def writes(n: int) -> bool:
        try:
            await anna.writes("More!", id=f"more-{n}")
            return True
        except Refused:
            return False

    await asyncio.gather(*(writes(n) for n in range(60)))
    for n in range(60):
        assert await eventually(lambda n=n: writes(n))

    assert len(await anna.reads(60)) == 60
    assert sorted({one.id for one in anna.transcript()}) == sorted(f"more-{n}" for n in range(60))


async def test_messages_without_words_are_refused(platform: Platform) -> None:
    anna = customer(platform, platform.deploy(GREETER))

    for text in ("", " \n", "a" * 12_001):
        with pytest.raises(Refused, match=r"session\.text"):
            await anna.writes(text)
    nowhere = customer(platform, "test.nowhere")
    with pytest.raises(Refused, match=r"solution\.not-deployed"):
        await nowhere.writes("Hello?")

    assert anna.transcript() == []


async def test_a_session_that_nobody_answers_for_takes_nothing(platform: Platform) -> None:
    """Temporal can be reached past the platform's door; a session cannot."""
    address = Address(platform.deploy(GREETER), "production", customer="eve")

    await platform.client.start_workflow(
        "symphainy.session", id=address.workflow("acme"), task_queue="platform"
    )
    handle = platform.client.get_workflow_handle(address.workflow("acme"))
    with pytest.raises(Exception, match="Workflow execution failed"):
        await handle.result()


async def test_what_sessions_did_replays(short: Platform) -> None:
    anna = customer(short, short.deploy(ORDERS))
    for text in ("A bicycle", "Red", "Thanks", "Bye"):
        seen = len(anna.transcript())
        await anna.writes(text)
        await until(lambda seen=seen: len(anna.transcript()) >= seen + 2)
    await anna.sessions.seen("acme", anna.address, delivered=2, read=2)
    keys = Keyring.from_pems(public_key_pems(short.settings.home).values())
    services = GateServices(
        keys=keys, plans=Plans(short.stores.definitions), key=SigningKey.generate()
    )
    codec = codec_of(short.settings, short.stores.data_keys)
    replayer = Replayer(
        workflows=[Session],
        namespace=short.client.namespace,
        plugins=[SymphainyPlugin(services, codec=codec)],
    )

    histories = []
    async for one in short.client.list_workflows(f"WorkflowId = '{anna.address.workflow('acme')}'"):
        handle = short.client.get_workflow_handle(one.id, run_id=one.run_id)
        histories.append(await handle.fetch_history())

    for history in histories:
        await replayer.replay_workflow(history)
    assert histories
