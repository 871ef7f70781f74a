"""What a step costs, in figures that are the same on every machine, so CI keeps them."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, event

from tests.runtime.platform import Platform
from tests.runtime.test_messages import NOTICE, customer

HEAD = """
document: {dsl: 1.0.3, namespace: test, name: costs-{{n}}, version: 1.0.0}
"""
SHORT = "{call: insights.score, with: {model: lead-fit, features: {}}}"
ORDINARY = '{call: content.render, with: {template: "Dear {{ name }}", data: {name: Ada}}}'
MAIL = (
    '{call: email, with: {to: "${ $workflow.input.customer }", template: reminder,'
    ' data: {invoice: "${ $workflow.input.invoice }"}}}'
)


HANDING_ON = ("event_mark", "relayed=", "event_post", "event_handover")
"""What stands in what a pool writes by itself: events that it hands on, however old they are."""


@contextmanager
def commits(platform: Platform) -> Iterator[list[int]]:
    """Counts the transactions that write for runs, while the block runs."""
    found, others = [0], set[Connection]()

    def executing(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if any(mark in statement for mark in HANDING_ON):
            others.add(connection)

    def committed(connection: Connection) -> None:
        reading = connection.get_execution_options().get("reading", False)
        found[0] += not reading and connection not in others
        others.discard(connection)

    engine = platform.stores.database.engine
    event.listen(engine, "before_cursor_execute", executing)
    event.listen(engine, "commit", committed)
    try:
        yield found
    finally:
        event.remove(engine, "commit", committed)
        event.remove(engine, "before_cursor_execute", executing)


async def costs(platform: Platform, head: str, call: str, steps: int) -> tuple[int, int, int]:
    """Events, history bytes and transactions of a run with so many of that step."""
    solution = platform.deploy(
        head + "\ndo:\n" + "".join(f"  - s{n}: {call}\n" for n in range(steps))
    )
    await asyncio.to_thread(platform.stores.data_keys.current, "acme")
    given = {"customer": customer(platform, "mia"), "invoice": {"id": "7", "amount": 1}}
    with commits(platform) as found:
        run = await platform.submit(solution, given)
        assert (await platform.finish(run.run)).status == "completed"
    described = await platform.runs.handle("acme", run.run).describe()
    info = described.raw_description.workflow_execution_info
    return info.history_length, info.history_size_bytes, found[0]


async def least(platform: Platform, head: str, call: str, steps: int) -> list[int]:
    """What `costs` gives when nothing had to be tried again."""
    found = [await costs(platform, head, call, steps) for _ in range(3)]
    return [min(one) for one in zip(*found, strict=True)]


async def each(platform: Platform, head: str, call: str) -> tuple[float, float, float]:
    """What one step more costs."""
    few, many = await least(platform, head, call, 2), await least(platform, head, call, 6)
    events, size, writes = ((b - a) / 4 for a, b in zip(few, many, strict=True))
    return events, size, writes


@pytest.mark.parametrize(
    ("head", "call", "events", "size", "writes"),
    [
        pytest.param(HEAD, SHORT, 1, 680, 0, id="short"),
        pytest.param(HEAD, ORDINARY, 6, 920, 0, id="ordinary"),
        pytest.param(NOTICE, MAIL, 7, 1_660, 4, id="message"),
    ],
)
async def test_a_step_costs_no_more_than_it_did(
    platform: Platform, head: str, call: str, events: int, size: int, writes: int
) -> None:
    found = await each(platform, head, call)

    assert (found[0], found[2]) == (events, writes)
    assert found[1] <= size


async def test_what_surrounds_the_steps_of_a_run_fits_in_2000_bytes(platform: Platform) -> None:
    few = await costs(platform, HEAD, SHORT, 1)
    many = await costs(platform, HEAD, SHORT, 2)

    assert 2 * few[1] - many[1] <= 2_000
