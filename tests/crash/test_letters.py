"""Somebody else's adapters, interrupted: what the ledger says is what the letter box says."""

from collections.abc import AsyncIterator

import pytest

from symphainy.json import Json
from temporal.runs import Run
from tests.crash.adapters import letters, stopped
from tests.crash.city import City, city

LETTER = """
document: {dsl: 1.0.3, namespace: test, name: NAME, version: 1.0.0}
experiences:
  post: {channel: email, adapter: BOX, from: billing@acme.example, onUnknown: DOUBT}
do:
  - write:
      call: post
      with: {to: ada@customer.example, subject: Hello, text: "${ .text }"}
"""


@pytest.fixture(scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    async with city(tmp_path_factory.mktemp("letters")) as one:
        yield one


def deployed(town: City, box: str, *, doubt: str = "hold") -> str:
    """A solution that writes one letter."""
    text = LETTER.replace("NAME", f"{box}-{doubt}").replace("BOX", box).replace("DOUBT", doubt)
    return town.deploy(text)


def state(run: Run) -> Json:
    """What the run was told of its letter."""
    assert isinstance(run.output, dict), run.problem
    return run.output["state"]


async def test_a_worker_killed_around_the_write_leaves_no_second_letter(town: City) -> None:
    stop = town.box / "stop"
    stop.touch()
    runs = {
        (box, moment): await town.submit(solution, {"text": moment}, f"{box} {moment}")
        for box in ("mute-box", "open-box")
        for solution in [deployed(town, box)]
        for moment in ("before the write", "after the write")
    }
    await town.processes.until(lambda: stopped(town.box) == len(runs), "all are stopped")
    town.processes.worker.kill()
    stop.unlink()
    await town.processes.start_worker()

    told = {which: state(await town.finish(run)) for which, run in runs.items()}

    known = {one.run: one for one in town.deliveries()}
    ends = {
        which: (known[run].state, known[run].attempt, letters(town.box, known[run].id))
        for which, run in runs.items()
    }
    assert ends == {
        ("mute-box", "before the write"): ("unknown", 1, 0),
        ("mute-box", "after the write"): ("unknown", 1, 1),
        ("open-box", "before the write"): ("accepted", 2, 1),
        ("open-box", "after the write"): ("accepted", 1, 1),
    }
    assert told == {which: end for which, (end, _, _) in ends.items()}


async def test_what_is_resent_at_the_authors_risk_never_ends_as_not_sent(town: City) -> None:
    solution = deployed(town, "mute-box", doubt="resend")

    run = await town.submit(solution, {"text": "no answer"}, "resend")
    told = state(await town.finish(run))

    (known,) = (one for one in town.deliveries() if one.run == run)
    assert (told, known.state) == ("unknown", "unknown")
    assert letters(town.box, known.id) == known.attempt > 1
