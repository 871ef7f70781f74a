"""Runs are found by what they are about."""

import asyncio

from tests.runtime.platform import Platform


async def test_a_run_is_found_by_solution_status_and_customer(platform: Platform) -> None:
    solution = platform.deploy("""
        document: {dsl: 1.0.3, namespace: test, name: found-{{n}}, version: 1.0.0}
        intents:
          begin: {starts: true, key: "${ .id }", customer: "${ .customer.id }"}
        do:
          - keep: {set: {x: 1}}
        """)
    for id, who in (("a", "c-1"), ("b", "c-2"), ("c", "ada@personal.example")):
        await platform.submit(solution, {"id": id, "customer": {"id": who}}, intent="begin")
        await platform.finish(f"{solution}:{id}")

    async def found(**query: str) -> set[str]:
        page = await platform.runs.page("acme", solution=solution, **query)
        return {one.run.partition(":")[2] for one in page.runs}

    # Temporal's visibility comes a little after the fact.
    async with asyncio.timeout(60):
        while await found(status="completed") != {"a", "b", "c"}:
            await asyncio.sleep(0.05)
    assert await found(customer="c-1") == {"a"}
    assert await found(status="running") == set()
    assert (await platform.runs.get("acme", f"{solution}:c")).customer is None


async def test_pages_follow_each_other_without_gap(platform: Platform) -> None:
    solution = platform.deploy("""
        document: {dsl: 1.0.3, namespace: test, name: paged-{{n}}, version: 1.0.0}
        do:
          - keep: {set: {x: 1}}
        """)
    runs = {(await platform.submit(solution)).run for _ in range(5)}
    for run in runs:
        await platform.finish(run)

    async def all_pages() -> list[str]:
        first = await platform.runs.page("acme", solution=solution, limit=2)
        seen, cursor = [one.run for one in first.runs], first.cursor
        while cursor:
            page = await platform.runs.page("acme", solution=solution, limit=2, cursor=cursor)
            seen += [one.run for one in page.runs]
            cursor = page.cursor
        return seen

    async with asyncio.timeout(60):
        while len(seen := await all_pages()) != 5:
            await asyncio.sleep(0.05)
    assert set(seen) == runs
