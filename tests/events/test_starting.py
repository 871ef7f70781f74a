"""Events start runs, and intents reach the run that they are for."""

import asyncio

import pytest

from symphainy.errors import Refused
from symphainy.json import Json
from temporal.runs import Run
from tests.events.sending import HEAD, event, new_type, send
from tests.runtime.platform import OWNER, Platform

DUNNING = (
    HEAD
    + """
intents:
  collect: {starts: true, key: "${ .invoice }"}
  paid: {event: TYPE, correlate: "${ .data.invoice }"}
do:
  - paid: {listen: {to: {one: {with: {type: TYPE}}}}}
"""
)


async def collecting(platform: Platform, invoice: str) -> tuple[str, str, str]:
    """A run that is about an invoice: its solution, itself, and the type that means `paid`."""
    type_ = new_type()
    solution = platform.deploy(DUNNING.replace("TYPE", type_))
    runs = [
        (await platform.submit(solution, {"invoice": one}, intent="collect")).run
        for one in (invoice, "another")
    ]
    for run in runs:
        await platform.until(run, "run.listening")
    return solution, runs[0], type_


async def test_an_event_that_means_an_intent_is_for_the_run_of_its_key(platform: Platform) -> None:
    solution, run, type_ = await collecting(platform, "i/1 @ä")

    taken = await send(platform, type_, {"invoice": "i/1 @ä", "by": "bank"})

    assert taken.runs == (run,)
    assert (await platform.finish(run)).output == [{"invoice": "i/1 @ä", "by": "bank"}]
    other = await platform.runs.get("acme", f"{solution}:another")
    assert other.status == "running"


async def test_an_intent_is_told_to_the_run_of_its_key(platform: Platform) -> None:
    solution, run, _ = await collecting(platform, "i-1")

    told = await platform.submit(solution, {"invoice": "i-1", "n": 1}, intent="paid", key="k1")
    again = await platform.submit(solution, {"invoice": "i-1", "n": 1}, intent="paid", key="k1")

    assert (told.run, told.existing) == (run, True)
    assert (await platform.finish(run)).output == [{"invoice": "i-1", "n": 1}]
    late = await platform.submit(solution, {"invoice": "i-1", "n": 1}, intent="paid", key="k1")
    assert again == late == told
    with pytest.raises(Refused, match=r"intent\.key-reused"):
        await platform.submit(solution, {"invoice": "i-1", "n": 2}, intent="paid", key="k1")


async def test_an_intent_for_no_run_is_refused(platform: Platform) -> None:
    solution, run, type_ = await collecting(platform, "i-1")
    await send(platform, type_, {"invoice": "i-1"})
    await platform.finish(run)

    for payload, code in (
        ({"invoice": "unknown"}, "run.unknown"),
        ({"invoice": "i-1"}, "run.closed"),
        ({"nothing": 1}, "intent.key"),
    ):
        with pytest.raises(Refused, match=code):
            await platform.submit(solution, payload, intent="paid")


async def started(platform: Platform, solution: str, count: int) -> list[Run]:
    """The runs of the solution once there are that many and they are over, oldest first."""
    async with asyncio.timeout(30):
        while True:
            runs = (await platform.runs.page("acme", solution=solution)).runs
            if len(runs) >= count and all(one.status != "running" for one in runs):
                ended = [await platform.runs.get("acme", one.run) for one in reversed(runs)]
                return sorted(ended, key=lambda one: one.started)
            await asyncio.sleep(0.1)


async def test_an_event_starts_the_run_of_its_key_once(platform: Platform) -> None:
    type_ = new_type()
    text = """
intents:
  placed: {starts: true, event: TYPE, key: "${ .order }"}
do:
  - seen: {set: {order: "${ .order }"}}
"""
    solution = platform.deploy(HEAD + text.replace("TYPE", type_))
    sent = event(type_, {"order": "o-1"})

    taken = await platform.intake.hub.accept(OWNER, "production", sent)
    await platform.intake.hub.accept(OWNER, "production", sent)
    await send(platform, new_type(), {"order": "o-2"})

    assert taken.runs == (f"{solution}:o-1",)
    (run,) = await started(platform, solution, 1)
    assert (run.run, run.output) == (f"{solution}:o-1", {"order": "o-1"})


@pytest.mark.parametrize(
    ("on", "sent", "begun"),
    [
        ("one: {with: {type: T}}", [1, 2], [[1], [2]]),
        ("any: [{with: {type: T, data: 1}}, {with: {type: T, data: 2}}]", [1, 3, 2], [[1], [2]]),
        (
            "all: [{with: {type: T, data: {k: a}}, correlate: {o: {from: .data.o}}}, "
            "{with: {type: T, data: {k: b}}, correlate: {o: {from: .data.o}}}]",
            [{"k": "b", "o": 1}, {"k": "a", "o": 2}, {"k": "a", "o": 1}, {"k": "b", "o": 2}],
            [
                [{"k": "a", "o": 1}, {"k": "b", "o": 1}],
                [{"k": "a", "o": 2}, {"k": "b", "o": 2}],
            ],
        ),
    ],
)
async def test_a_schedule_on_events_starts_runs(
    platform: Platform, on: str, sent: list[Json], begun: list[Json]
) -> None:
    type_ = new_type()
    text = f"\nschedule: {{on: {{{on.replace('T}', type_ + '}').replace('T,', type_ + ',')}}}}}"
    solution = platform.deploy(HEAD + text + '\ndo:\n  - seen: {set: {events: "${ . }"}}\n')

    for one in sent:
        await send(platform, type_, one)

    runs = await started(platform, solution, len(begun))
    assert [run.output for run in runs] == [{"events": one} for one in begun]


async def test_events_of_different_environments_start_nothing_together(platform: Platform) -> None:
    type_ = new_type()
    kinds = ", ".join(f"{{with: {{type: {type_}, data: {{k: {k}}}}}}}" for k in "ab")
    text = f"\nschedule: {{on: {{all: [{kinds}]}}}}"
    solution = platform.deploy(HEAD + text + '\ndo:\n  - seen: {set: {events: "${ . }"}}\n')
    platform.stores.definitions.deploy("acme", solution, "1.0.0", "staging", "owner")

    elsewhere = event(type_, {"k": "a", "from": "staging"})
    await platform.intake.hub.accept(OWNER, "staging", elsewhere)
    await send(platform, type_, {"k": "b"})
    await send(platform, type_, {"k": "a", "from": "production"})

    (run,) = await started(platform, solution, 1)
    assert run.output == {"events": [{"k": "a", "from": "production"}, {"k": "b"}]}
