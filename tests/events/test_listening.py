"""Runs wait for events and get exactly those they are waiting for."""

import asyncio
import base64

import pytest
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import Client

from symphainy.identity import Principal
from symphainy.json import Json
from tests.events.sending import event, flow, listening, new_type, paid, send
from tests.runtime.platform import OWNER, Platform


async def test_a_run_that_waits_gets_its_event_and_no_other(platform: Platform) -> None:
    type_, text = paid()
    first = await listening(platform, text, {"id": 1})
    second = await listening(platform, text, {"id": 2})

    taken = await send(platform, type_, {"invoice": 2, "by": "ada"})
    ended = await platform.finish(second)

    assert taken.runs == (second,)
    assert ended.output == [{"invoice": 2, "by": "ada"}]
    assert (await platform.runs.get("acme", first)).status == "running"
    await send(platform, type_, {"invoice": "1", "by": "bob"})
    assert (await platform.finish(first)).output == [{"invoice": "1", "by": "bob"}]


async def test_a_run_finds_what_came_before_it_waited(platform: Platform) -> None:
    type_, text = paid()
    await send(platform, type_, {"invoice": 1, "before": "the run"})
    rest = """
  - rest: {listen: {to: {one: {with: {type: TYPE.go}}}}, output: {as: $input}}
""".replace("TYPE", type_)
    run = await listening(platform, text.replace("do:\n", f"do:{rest}"), {"id": 1})

    taken = await send(platform, type_, {"invoice": 1, "before": "it waited"})
    await send(platform, f"{type_}.go")
    ended = await platform.finish(run)

    assert taken.runs == ()
    assert ended.output == [{"invoice": 1, "before": "it waited"}]


async def test_an_event_that_comes_twice_is_one_event(platform: Platform) -> None:
    type_ = new_type()
    to = "{any: [{with: {type: TYPE}}], until: '(. | length) == 2'}"
    run = await listening(platform, flow(f"  - two: {{listen: {{to: {to}}}}}", type_))

    for id in ("a", "a", "a", "b"):
        await send(platform, type_, {"id": id}, id=id)

    assert (await platform.finish(run)).output == [{"id": "a"}, {"id": "b"}]


async def test_tenants_do_not_hear_each_other(platform: Platform) -> None:
    type_, text = paid()
    eve = Principal(tenant="evil", id="eve", roles=frozenset({"admin"}))
    mine = await listening(platform, text, {"id": 1})
    theirs = await platform.submit(platform.deploy(text, tenant="evil"), {"id": 1}, principal=eve)

    foreign = await send(platform, type_, {"invoice": 1, "by": "eve"}, by=eve)
    await send(platform, type_, {"invoice": 1, "by": "ada"})

    assert mine not in foreign.runs
    assert (await platform.finish(mine)).output == [{"invoice": 1, "by": "ada"}]
    ended = await platform.finish(theirs.run, tenant="evil")
    assert ended.output == [{"invoice": 1, "by": "eve"}]


async def test_what_one_run_emits_another_hears(platform: Platform) -> None:
    type_, text = paid()
    hearing = await listening(platform, text, {"id": 77})
    telling = flow(
        """
  - tell: {emit: {event: {with: {type: TYPE, data: {invoice: "${ .id }"}}}}}
""",
        type_,
    )

    emitted = await platform.output(telling, {"id": 77})

    assert (await platform.finish(hearing)).output == [{"invoice": 77}]
    assert isinstance(emitted, dict)
    assert sorted(emitted) == ["data", "id", "source", "specversion", "time", "type"]
    assert str(emitted["source"]).startswith("/test/hears-")


async def test_what_a_run_took_it_does_not_take_again(platform: Platform) -> None:
    type_ = new_type()
    run = await listening(
        platform,
        flow(
            """
  - first: {listen: {to: {one: {with: {type: TYPE}}}}, export: {as: "."}}
  - second: {listen: {to: {one: {with: {type: TYPE}}}}}
  - both: {set: {all: "${ $context + . }"}}
""",
            type_,
        ),
    )

    for n in range(3):
        await send(platform, type_, n)

    assert (await platform.finish(run)).output == {"all": [0, 1]}


KINDS: list[tuple[str, list[Json], Json]] = [
    ("any: [{with: {type: T}}, {with: {type: T.other}}]", [1], [1]),
    ("any: [{with: {type: 'T\\..*'}}, {with: {type: T}}]", [1], [1]),
    ("one: {with: {type: T, data: '${ .n > 2 }'}}", [{"n": 1}, {"n": 3}], [{"n": 3}]),
    ("one: {with: {type: T, data: '${ .n > $input.least }'}}", [{"n": 1}, {"n": 9}], [{"n": 9}]),
    ("one: {with: {type: T, data: {n: 3}}}", [{"n": 1}, {"n": 3, "m": 1}], [{"n": 3, "m": 1}]),
    ("one: {with: {type: T, data: {n: '${ . > 2 }'}}}", [{"n": 1}, {"n": 3}], [{"n": 3}]),
    ("all: [{with: {type: T, data: 1}}, {with: {type: T, data: 2}}]", [2, 2, 3, 1], [2, 1]),
    ("any: [{with: {type: T}}], until: '(. | length) == 3'", [1, 2, 3, 4], [1, 2, 3]),
    (
        "any: [{with: {type: T, data: '${ . > 0 }'}}], until: {one: {with: {type: T, data: 0}}}",
        [1, 2, 0, 3],
        [1, 2],
    ),
    (
        "any: [{with: {type: T, data: '${ . > 1 }'}}], "
        "until: {all: [{with: {type: T, data: 0}}, {with: {type: T, data: 1}}]}",
        [0, 2, 0, 1, 3],
        [2],
    ),
    (
        "all: [{with: {type: T, data: {k: a}}, correlate: {o: {from: .data.o}}}, "
        "{with: {type: T, data: {k: b}}, correlate: {o: {from: .data.o}}}]",
        [{"k": "a", "o": 1}, {"k": "b", "o": 2}, {"k": "b", "o": 1}],
        [{"k": "a", "o": 1}, {"k": "b", "o": 1}],
    ),
]


@pytest.mark.parametrize(("to", "sent", "heard"), KINDS)
async def test_a_strategy_takes_the_events_it_means(
    platform: Platform, to: str, sent: list[Json], heard: Json
) -> None:
    type_ = new_type()
    text = flow("  - hear: {listen: {to: {" + to.replace("T", "TYPE") + "}}}", type_)
    run = await listening(platform, text, {"least": 5})

    for one in sent:
        await send(platform, type_, one)

    assert (await platform.finish(run)).output == heard


async def test_an_empty_any_hears_everything(replaying: Platform) -> None:
    run = await listening(replaying, flow("  - hear: {listen: {to: {any: []}}}"))

    await send(replaying, new_type(), "anything")

    assert (await replaying.finish(run)).output == ["anything"]


@pytest.mark.parametrize("read", ["data", "envelope", "raw"])
async def test_an_event_is_read_as_it_is_asked_for(platform: Platform, read: str) -> None:
    type_ = new_type()
    to = "{any: [{with: {type: TYPE}}], until: '(. | length) == 3'}"
    text = flow(f"  - hear: {{listen: {{read: {read}, to: {to}}}}}", type_)
    run = await listening(platform, text)
    encoded = base64.b64encode(b"\x00\xff").decode()
    sent = [event(type_, {"b": 1, "a": 2}), event(type_, "text"), event(type_)]
    sent[2] = {**sent[2], "data_base64": encoded}
    del sent[2]["data"]

    for one in sent:
        await platform.intake.hub.accept(OWNER, "production", one)

    heard = {
        "data": [{"b": 1, "a": 2}, "text", encoded],
        "envelope": sent,
        "raw": ['{"a":2,"b":1}', "text", encoded],
    }
    assert (await platform.finish(run)).output == heard[read]


async def test_each_event_is_gone_through_in_order(platform: Platform) -> None:
    type_ = new_type()
    run = await listening(
        platform,
        flow(
            """
  - readings:
      listen:
        to:
          any: [{with: {type: TYPE}}]
          until: ($context.sum // 0) >= 60
      foreach:
        item: reading
        at: place
        do:
          - rest: {wait: {milliseconds: 20}}
          - double: {set: {twice: "${ $reading.value * 2 }", at: "${ $place }"}}
        output: {as: "[.at, .twice]"}
        export: {as: "{sum: (($context.sum // 0) + $output[1])}"}
  - told: {set: {heard: "${ . }", sum: "${ $context.sum }"}}
""",
            type_,
        ),
    )

    for value in (5, 10, 15, 20):
        await send(platform, type_, {"value": value})

    heard = [[0, 10], [1, 20], [2, 30]]
    assert (await platform.finish(run)).output == {"heard": heard, "sum": 60}


async def test_both_branches_that_wait_have_the_event(platform: Platform) -> None:
    type_ = new_type()
    text = """
  - two:
      fork:
        branches:
          - left: {listen: {to: {one: {with: {type: TYPE}}}}}
          - right: {listen: {to: {one: {with: {type: TYPE}}}}}
"""
    run = await listening(platform, flow(text, type_))

    await send(platform, type_, 1)

    assert (await platform.finish(run)).output == [[1], [1]]


async def test_the_branch_that_lost_takes_nothing_any_more(platform: Platform) -> None:
    type_ = new_type()
    run = await listening(
        platform,
        flow(
            """
  - race:
      fork:
        compete: true
        branches:
          - slow: {listen: {to: {one: {with: {type: TYPE}}}}}
          - fast: {listen: {to: {one: {with: {type: TYPE.fast}}}}}
  - later: {wait: {milliseconds: 100}}
  - after: {listen: {to: {one: {with: {type: TYPE}}}}}
""",
            type_,
        ),
    )

    await send(platform, f"{type_}.fast", "go")
    await platform.until(run, "run.waiting")
    await send(platform, type_, "for the one after")

    assert (await platform.finish(run)).output == ["for the one after"]


async def test_a_listener_that_is_timed_out_or_cancelled_is_closed(platform: Platform) -> None:
    type_ = new_type()
    endless = "  - hear: {listen: {to: {one: {with: {type: TYPE}}}}}"
    bounded = endless.removesuffix("}") + ", timeout: {after: PT1S}}"
    late = await platform.problem(flow(bounded, type_))
    run = await listening(platform, flow(endless, type_))
    await platform.runs.cancel("acme", run)
    cancelled = await platform.finish(run)

    taken = await send(platform, type_)

    assert (late["status"], cancelled.status) == (408, "cancelled")
    assert taken.runs == ()


async def test_a_run_tells_what_it_waits_for(platform: Platform) -> None:
    type_, text = paid()
    run = await listening(platform, text, {"id": 42})
    handle = platform.runs.handle("acme", run)

    async with asyncio.timeout(30):
        while "waits for" not in (told := await _details(platform.client, handle.id)):
            await asyncio.sleep(0.05)

    assert told.splitlines()[-1] == f"- `/do/0/paid` waits for `{type_}` (invoice = 42)"
    await send(platform, type_, {"invoice": 42})
    await platform.finish(run)
    received = await platform.until(run, "run.received")
    assert (received.data["type"], received.data["source"]) == (type_, "/test")


async def _details(client: Client, workflow_id: str) -> str:
    handle = client.get_workflow_handle(workflow_id)
    metadata = await handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
    return metadata.current_details


@pytest.mark.parametrize("args", [[1], [1, {"type": "x"}], ["x", "y", "z"]])
async def test_a_signal_that_the_platform_did_not_send_is_ignored(
    platform: Platform, args: list[Json]
) -> None:
    type_, text = paid()
    run = await listening(platform, text, {"id": 1})
    past = await Client.connect(
        platform.settings.temporal_address or "", namespace=platform.client.namespace
    )
    handle = past.get_workflow_handle(platform.runs.handle("acme", run).id)

    await handle.signal("event", args=args)
    await handle.signal("event", args=[1, event(type_, {"invoice": 1, "by": "eve"})])
    await send(platform, type_, {"invoice": 1, "by": "ada"})

    assert (await platform.finish(run)).output == [{"invoice": 1, "by": "ada"}]


@pytest.mark.parametrize(
    ("with_", "code"),
    [
        ("{type: t, data: '${ \"x\" * 300000 }'}", "event.too-large"),
        ("{type: t, time: '${ \"noon\" }'}", "event.malformed"),
    ],
)
async def test_what_is_no_event_is_not_emitted(platform: Platform, with_: str, code: str) -> None:
    problem = await platform.problem(flow(f"  - tell: {{emit: {{event: {{with: {with_}}}}}}}"))

    assert (problem["code"], problem["status"]) == (code, 400)


async def test_waiting_for_a_value_that_is_not_there_faults(platform: Platform) -> None:
    _, text = paid()

    problem = await platform.problem(text, {})

    assert (problem["code"], problem["status"]) == ("event.expects-nothing", 400)
