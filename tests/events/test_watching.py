"""That runs began and ended is told at least once, in order, whoever dies in between."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text as text_

from public_works import Stores
from public_works.blobs import Folder
from public_works.database import Database
from public_works.record import now
from smart_city.signing import SigningKey
from symphainy.json import Json
from temporal.hub import Watch
from tests.events.sending import flow, listening, send
from tests.runtime.platform import Platform

HELLO = flow("  - hello: {set: {greeting: hello}}")


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Stores]:
    """A log that nobody else writes to."""
    database = Database(f"sqlite:///{tmp_path / 'symphainy.db'}")
    database.migrate()
    blobs = Folder(tmp_path / "blobs")
    yield Stores.over(database, pepper=b"p" * 32, blobs=blobs, audit_key=SigningKey.generate)
    database.dispose()


async def over(platform: Platform, many: int) -> list[str]:
    """Runs that are over, and that everybody can see."""
    solution = platform.deploy(HELLO)
    runs = [(await platform.submit(solution)).run for _ in range(many)]
    for run in runs:
        await platform.finish(run)
    return runs


def told(log: Stores, runs: list[str]) -> list[tuple[str, Json]]:
    """What was told of these runs, in order: the type and the run."""
    found = [one.envelope for one in log.events.after("acme", "production", 0, limit=1_000)]
    kinds = [(str(one["type"]).split(".")[-2], one["subject"]) for one in found]
    return [one for one in kinds if one[1] in runs]


async def seen(watch: Watch, log: Stores, runs: list[str]) -> list[tuple[str, Json]]:
    """What is told once the server shows that all of them ended."""
    while len(found := told(log, runs)) < 2 * len(runs):
        await watch.look()
    return found


async def test_that_a_run_began_is_told_before_that_it_ended(
    platform: Platform, log: Stores
) -> None:
    # As if that it began was looked at just before it did.
    began = f"runs.began.{platform.client.namespace}"
    log.marks.get(began, now())
    log.marks.move(began, now() + timedelta(hours=1))
    log.marks.get(f"runs.ended.{platform.client.namespace}", now())
    (run,) = await over(platform, 1)

    assert await seen(Watch(platform.client, log), log, [run]) == [
        ("started", run),
        ("completed", run),
    ]


async def test_who_dies_half_way_leaves_nothing_out_and_the_next_tells_nothing_twice(
    platform: Platform, log: Stores
) -> None:
    for what in ("began", "ended"):
        log.marks.get(f"runs.{what}.{platform.client.namespace}", now())
    runs = await over(platform, 3)
    first = Watch(platform.client, log)
    found = await seen(first, log, runs)
    ids = {one.envelope["id"] for one in log.events.after("acme", "production", 0)}
    # It knows what it told; whoever comes after it knows only what is in the log.
    for watch in (first, Watch(platform.client, log), Watch(platform.client, log)):
        await watch.look()

    assert told(log, runs) == found
    assert sorted(found) == sorted((what, run) for run in runs for what in ("completed", "started"))
    for run in runs:
        assert [what for what, subject in found if subject == run] == ["started", "completed"]
    again = {one.envelope["id"] for one in log.events.after("acme", "production", 0)}
    assert ids <= again


PONG = """
  - turns:
      for: {each: n, in: "${ [range(3)] }"}
      do:
        - hear: {listen: {to: {one: {with: {type: TYPE.HEARS}}}}}
        - say: {emit: {event: {with: {type: TYPE.SAYS}}}}
"""


async def test_every_answer_to_an_answer_is_one_hop_further(platform: Platform) -> None:
    type_ = f"test.{platform.deploy(HELLO).replace('.', '-')}"
    for hears, says in (("ping", "pong"), ("pong", "ping")):
        tasks = PONG.replace("HEARS", hears).replace("SAYS", says)
        await listening(platform, flow(tasks, type_))
    await send(platform, f"{type_}.ping")
    stores = platform.stores

    def hops() -> list[int]:
        query = text_("SELECT hops FROM cloud_event WHERE type LIKE :type ORDER BY seq")
        with stores.database.reading() as session:
            return list(session.connection().execute(query, {"type": f"{type_}.%"}).scalars())

    async with asyncio.timeout(60):
        while len(hops()) < 7:
            await asyncio.sleep(0.05)
    assert hops() == [*range(7)]
