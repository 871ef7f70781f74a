"""What a run waits for outlives histories, workers, and processes that die in between."""

import asyncio
from datetime import timedelta
from pathlib import Path

from public_works.record import now
from tests.events.sending import event, flow, listening, new_type, paid, send
from tests.runtime.platform import OWNER, Platform, platform_on, real_server
from workers.pool import Options

MANY = """
  - many:
      listen: {to: {any: [{with: {type: TYPE}}], until: '(. | length) == 60'}}
      foreach:
        do:
          - work: {call: content.render, with: {template: "{{ n }}", data: {n: "${ $item }"}}}
        output: {as: .text}
"""


async def histories(platform: Platform, run: str) -> int:
    """In how many histories the run was told."""
    events = await platform.events(run)
    return len({event.id.partition(".")[0] for event in events})


async def test_events_are_gone_through_once_over_many_histories(short: Platform) -> None:
    type_ = new_type()
    run = await listening(short, flow(MANY, type_))

    for n in range(60):
        await send(short, type_, n)

    assert (await short.finish(run)).output == [str(n) for n in range(60)]
    assert await histories(short, run) > 2


async def test_a_flood_that_nobody_wants_moves_a_run_on_and_loses_nothing(short: Platform) -> None:
    type_ = new_type()
    text = """
  - all:
      listen:
        to:
          all:
            - with: {type: TYPE, data: {last: false}}
              correlate: {order: {from: .data.order}}
            - with: {type: TYPE, data: {last: true}}
              correlate: {order: {from: .data.order}}
"""
    run = await listening(short, flow(text, type_))

    for n in range(60):
        await send(short, type_, {"order": n, "last": False})
    await send(short, type_, {"order": 7, "last": True})
    await send(short, type_, {"order": 0, "last": True})

    ended = await short.finish(run)
    assert ended.output == [{"order": 0, "last": False}, {"order": 0, "last": True}]
    assert await histories(short, run) > 1


async def test_many_listens_in_a_row_each_take_the_next_event(short: Platform) -> None:
    type_ = new_type()
    text = """
  - rows:
      for: {each: n, in: "${ [range(60)] }"}
      do:
        - hear: {listen: {to: {one: {with: {type: TYPE}}}}}
        - keep: {set: {seen: "${ ($context // []) + . }"}, export: {as: .seen}}
  - told: {set: "${ {all: $context} }"}
"""
    run = await listening(short, flow(text, type_))

    for n in range(65):
        await send(short, type_, n)

    assert (await short.finish(run)).output == {"all": [*range(60)]}
    assert await histories(short, run) > 1


async def test_what_is_no_longer_listened_for_is_no_longer_sent(platform: Platform) -> None:
    type_ = new_type()
    text = """
  - first: {listen: {to: {one: {with: {type: TYPE}}}}}
  - last: {listen: {to: {one: {with: {type: TYPE.last}}}}}
"""
    run = await listening(platform, flow(text, type_))

    async with asyncio.timeout(30):
        while (await send(platform, type_)).runs:
            await asyncio.sleep(0.05)
    last = await send(platform, f"{type_}.last", "still here")

    assert last.runs == (run,)
    assert (await platform.finish(run)).output == ["still here"]


async def test_what_was_not_sent_is_sent_by_the_sweep(platform: Platform) -> None:
    type_, text = paid()
    run = await listening(platform, text, {"id": 1})
    # As if the process had died right after it had taken the event.
    accepted = platform.stores.events.accept(
        "acme", environment="production", envelope=event(type_, {"invoice": 1}), by=OWNER
    )

    assert len(accepted.handovers) == 1
    assert (await platform.finish(run)).output == [{"invoice": 1}]


async def test_of_runs_that_are_over_nothing_is_kept(platform: Platform) -> None:
    _, text = paid()
    run = await listening(platform, text, {"id": 1})
    await platform.runs.cancel("acme", run)
    await platform.finish(run)

    await platform.intake.hub.forget(timedelta(days=1))

    workflow = platform.runs.handle("acme", run).id
    assert ("acme", workflow) not in platform.stores.events.listeners(("", ""), 1_000)
    left = platform.stores.events.pending(now(), limit=1_000)
    assert [one for one in left if one.target == workflow] == []


async def test_an_event_that_comes_while_no_worker_runs_is_heard(
    tmp_path: Path,
) -> None:
    type_, text = paid()
    home = tmp_path / "home"
    async with real_server(tmp_path) as server:
        async with platform_on(server, home, Options()) as before:
            waiting = await listening(before, text, {"id": 1})
            solution = before.deploy(text)
        # The stores and the door are there again; of the platform's two workers none was
        # running when the event was taken.
        async with platform_on(server, home, Options()) as after:
            await send(after, type_, {"invoice": 1})
            later = await after.submit(solution, {"id": 2})
            await send(after, type_, {"invoice": 2})
            ended = [await after.finish(run) for run in (waiting, later.run)]

    assert [one.output for one in ended] == [[{"invoice": 1}], [{"invoice": 2}]]
