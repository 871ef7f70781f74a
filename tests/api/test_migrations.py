"""Runs that go over to another version, asked for over the API."""

import asyncio
from typing import Any

import httpx2

from tests.api.world import World, problem, started, waiting


def newer(name: str, version: str = "1.1.0", more: str = ", metadata: {migrates: [1.0.*]}") -> str:
    """The definition that waits, as a version whose last task says more."""
    text = waiting(name).replace("version: 1.0.0", f"version: {version}{more}")
    return text.replace("{done: true}", "{done: better}")


async def deploy(api: httpx2.AsyncClient, name: str, version: str, text: str) -> None:
    address = f"/v1/solutions/acme.{name}/versions/{version}"
    headers = {"Content-Type": "application/yaml"}
    assert (await api.put(address, content=text, headers=headers)).status_code == 201
    done = await api.post(f"{address}/deploy")
    assert done.status_code == 200, done.text


async def until_on(api: httpx2.AsyncClient, run: str, version: str) -> None:
    async with asyncio.timeout(60):
        while (await api.get(f"/v1/runs/{run}")).json()["version"] != version:
            await asyncio.sleep(0.02)


async def moved(api: httpx2.AsyncClient, name: str) -> dict[str, Any]:
    """What is told of the runs of a solution, once they are listed."""
    path, query = f"/v1/solutions/acme.{name}/migrate", {"environment": "production"}
    async with asyncio.timeout(60):
        while True:
            told: dict[str, Any] = (await api.post(path, params=query)).json()
            if told["items"]:
                return told
            await asyncio.sleep(0.05)


async def test_a_run_goes_over_and_says_so(world: World, api: httpx2.AsyncClient) -> None:
    run = await started(api, name := world.name(), waiting(name))
    await deploy(api, name, "1.1.0", newer(name))

    told = await api.post(f"/v1/runs/{run}/migrate")
    await until_on(api, run, "1.1.0")
    again = await api.post(f"/v1/runs/{run}/migrate")

    expected = {"run": run, "before": "1.0.0", "version": "1.1.0", "asked": True}
    assert (told.status_code, told.json()) == (202, expected)
    assert again.json() == {**expected, "before": "1.1.0", "asked": False}


async def test_all_runs_of_a_solution_go_over_and_those_that_cannot_say_why(
    world: World, api: httpx2.AsyncClient
) -> None:
    run = await started(api, name := world.name(), waiting(name))
    await deploy(api, name, "1.1.0", newer(name, more=""))
    stayed = await moved(api, name)
    await deploy(api, name, "1.2.0", newer(name, "1.2.0"))
    went = await moved(api, name)
    await until_on(api, run, "1.2.0")

    assert stayed == {
        "items": [
            {
                "run": run,
                "before": "1.0.0",
                "version": None,
                "outcome": "stays",
                "reason": "run.cannot-migrate: "
                "1.1.0 does not name 1.0.0 in `document.metadata.migrates`",
            }
        ],
        "cursor": None,
    }
    assert went["items"] == [
        {"run": run, "before": "1.0.0", "version": "1.2.0", "outcome": "moving", "reason": None}
    ]


async def test_whether_runs_could_go_over_is_told_before(
    world: World, api: httpx2.AsyncClient
) -> None:
    await started(api, name := world.name(), waiting(name))
    text = newer(name).replace("rest: {wait: {hours: 10}}", "sleep: {wait: {hours: 10}}")
    await deploy(api, name, "1.1.0", text)

    address = f"/v1/solutions/acme.{name}/versions/1.1.0/migration"
    told = await api.get(f"{address}/1.0.0")
    missing = await api.get(f"{address}/0.9.0")

    assert told.json() == {
        "version": "1.1.0",
        "before": "1.0.0",
        "declared": True,
        "objections": [{"pointer": "/do/1/rest", "message": "`rest` is gone"}],
    }
    assert problem(missing) == (404, "solution.version-missing")


async def test_a_run_that_nobody_knows_moves_nowhere(api: httpx2.AsyncClient) -> None:
    assert problem(await api.post("/v1/runs/acme.nothing:1/migrate")) == (404, "run.unknown")


async def drawn(api: httpx2.AsyncClient, run: str) -> dict[str, Any]:
    """How the tasks of the run stand."""
    shown: dict[str, Any] = (await api.get(f"/v1/runs/{run}/graph")).json()["overlay"]
    return shown


async def test_the_graph_of_a_run_that_went_over_shows_what_was_done_before(
    world: World, api: httpx2.AsyncClient
) -> None:
    score = "  - score: {call: insights.score, with: {model: lead-fit, features: {}}}\n"
    text = waiting(name := world.name()).replace("  - rest:", f"{score}  - rest:")
    run = await started(api, name, text)
    async with asyncio.timeout(60):
        while "/do/2/rest" not in await drawn(api, run):
            await asyncio.sleep(0.05)
    metadata = "version: 1.1.0, metadata: {migrates: [1.0.*]}"
    first = text.replace("version: 1.0.0", metadata).replace(
        "  - first:", "  - a: {set: {a: 1}}\n  - first:"
    )
    await deploy(api, name, "1.1.0", first)
    await api.post(f"/v1/runs/{run}/migrate")
    await until_on(api, run, "1.1.0")

    shown = await drawn(api, run)

    told = {ref: shown.get(ref, {}).get("status") for ref in ("/do/1/first", "/do/2/score")}
    assert told == {"/do/1/first": "done", "/do/2/score": "done"}
