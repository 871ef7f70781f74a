"""What a step costs, in figures that are the same on every machine, so CI keeps them."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, event

from tests.runtime.platform import Platform, platform_on, real_server
from tests.runtime.test_messages import NOTICE, customer
from workers.pool import Options

HEAD = """
document: {dsl: 1.0.3, namespace: test, name: costs-{{n}}, version: 1.0.0}
"""
SHORT = "{call: insights.score, with: {model: lead-fit, features: {}}}"
ORDINARY = '{call: content.render, with: {template: "Dear {{ name }}", data: {name: Ada}}}'
MAIL = (
    '{call: email, with: {to: "${ $workflow.input.customer }", template: reminder,'
    ' data: {invoice: "${ $workflow.input.invoice }"}}}'
)


@pytest.fixture(scope="module")
async def quiet(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Platform]:
    """A platform that does only what runs ask for: what it writes is theirs, however long they
    take."""
    folder = tmp_path_factory.mktemp("quiet")
    options = Options(sandboxed=True, tending=False)
    async with (
        real_server(folder) as server,
        platform_on(server, folder / "home", options) as found,
    ):
        yield found


@contextmanager
def commits(platform: Platform) -> Iterator[list[int]]:
    """Counts the transactions that write, while the block runs."""
    found = [0]

    def committed(connection: Connection) -> None:
        found[0] += not connection.get_execution_options().get("reading", False)

    engine = platform.stores.database.engine
    event.listen(engine, "commit", committed)
    try:
        yield found
    finally:
        event.remove(engine, "commit", committed)


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
    quiet: Platform, head: str, call: str, events: int, size: int, writes: int
) -> None:
    found = await each(quiet, head, call)

    assert (found[0], found[2]) == (events, writes)
    assert found[1] <= size


async def test_what_surrounds_the_steps_of_a_run_fits_in_2000_bytes(quiet: Platform) -> None:
    few = await costs(quiet, HEAD, SHORT, 1)
    many = await costs(quiet, HEAD, SHORT, 2)

    assert 2 * few[1] - many[1] <= 2_000
