"""Whose intent is next: tenants in turn, however many intents one of them has waiting."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from symphainy.errors import Unavailable
from temporal import turns
from temporal.turns import PRESENT, Turns


class Door:
    """What has had its turn, in order, and what is let go on by `open`."""

    def __init__(self, size: int) -> None:
        self.now = 0.0
        self.turns = Turns(size, lambda: self.now)
        self.inside: list[str] = []
        self.entered: list[str] = []
        self._ends: dict[str, asyncio.Event] = {}

    async def comes(self, *names: str) -> list["asyncio.Task[None]"]:
        """Intents called `tenant/n` that come one after the other."""
        tasks = []
        for name in names:
            tasks.append(asyncio.create_task(self._passes(name)))
            await settled()
        return tasks

    async def ends(self, name: str) -> None:
        self._ends[name].set()
        await settled()

    async def _passes(self, name: str) -> None:
        self._ends[name] = asyncio.Event()
        async with self.turns.turn(name.partition("/")[0]):
            self.entered.append(name)
            self.inside.append(name)
            await self._ends[name].wait()
            self.inside.remove(name)


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_tenant_alone_has_every_turn_and_no_more_than_there_are() -> None:
    door = Door(2)

    await door.comes("loud/1", "loud/2", "loud/3")
    assert door.inside == ["loud/1", "loud/2"]

    await door.ends("loud/1")
    assert door.inside == ["loud/2", "loud/3"]


async def test_who_comes_after_a_flood_waits_for_one_intent_of_it_and_not_for_all() -> None:
    door = Door(1)
    await door.comes("loud/1", "loud/2", "loud/3", "quiet/1")

    await door.ends("loud/1")

    assert door.inside == ["quiet/1"]


async def test_while_another_is_there_a_flood_has_one_turn_and_leaves_the_rest_free() -> None:
    door = Door(3)
    await door.comes("quiet/1")
    await door.ends("quiet/1")

    await door.comes("loud/1", "loud/2", "loud/3")
    assert door.inside == ["loud/1"]

    await door.comes("quiet/2")
    assert door.inside == ["loud/1", "quiet/2"]


async def test_once_the_other_is_gone_for_long_the_flood_has_every_turn_again() -> None:
    door = Door(3)
    await door.comes("quiet/1")
    await door.ends("quiet/1")
    await door.comes("loud/1", "loud/2", "loud/3", "loud/4")

    door.now += PRESENT + 1
    await door.ends("loud/1")

    assert door.inside == ["loud/2", "loud/3", "loud/4"]


async def test_tenants_take_turns_and_one_s_own_intents_keep_their_order() -> None:
    door = Door(1)
    names = ["a/1", "a/2", "a/3", "b/1", "b/2", "c/1"]
    await door.comes(*names)

    for _ in names:
        await door.ends(door.inside[0])

    assert door.entered == ["a/1", "b/1", "c/1", "a/2", "b/2", "a/3"]


async def test_who_goes_while_waiting_or_while_it_has_its_turn_leaves_it_to_the_next() -> None:
    door = Door(1)
    first, second, _ = await door.comes("a/1", "a/2", "a/3")

    second.cancel()
    first.cancel()
    await settled()

    assert door.entered == ["a/1", "a/3"]


async def test_a_turn_that_was_given_as_its_asker_went_is_given_on() -> None:
    door = Door(1)
    _, second, _ = await door.comes("a/1", "a/2", "a/3")

    door._ends["a/1"].set()
    await asyncio.sleep(0)
    second.cancel()
    await settled()

    assert door.entered == ["a/1", "a/3"]


async def test_what_fails_gives_its_turn_back() -> None:
    line = Turns(1)

    async def asks(then: Callable[[], Awaitable[None]]) -> None:
        async with line.turn("a"):
            await then()

    async def fails() -> None:
        raise LookupError

    async def does() -> None:
        return None

    with pytest.raises(LookupError):
        await asks(fails)
    await asyncio.wait_for(asks(does), 30)


async def test_a_tenant_s_line_has_an_end_and_another_s_is_not_shortened_by_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "WAITING", 2)
    door = Door(1)
    await door.comes("a/1", "a/2", "a/3")

    with pytest.raises(Unavailable) as refused:
        async with door.turns.turn("a"):
            pass
    await door.comes("b/1")
    await door.ends("a/1")

    assert refused.value.code == "intent.too-many-waiting"
    assert door.inside == ["b/1"]
