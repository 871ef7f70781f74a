"""The page with all widgets: for whoever operates the tenant, on their own machine only."""

from dataclasses import replace

import httpx2
import pytest

from tests.api.world import World, deployed, listening, principal, problem, waiting

PAGE = "/demo/widgets"


def ticket(world: World, tenant: str, *, acts: bool = True) -> dict[str, str]:
    return {"token": world.services.tickets.issue(tenant, key=None if acts else "none")}


async def test_solutions_of_another_tenant_are_not_there(
    world: World, api: httpx2.AsyncClient, nobody: httpx2.AsyncClient
) -> None:
    solution = await deployed(api, name := world.name("shown"), waiting(name))
    theirs = {"solution": solution, **ticket(world, "evil")}
    own = {"solution": solution, **ticket(world, "acme")}

    assert solution in (await nobody.get(PAGE, params=own)).text
    assert "token-url" not in (await nobody.get(PAGE, params=theirs)).text
    refused = await nobody.post(f"{PAGE}/token", params=theirs)
    assert problem(refused) == (404, "solution.unknown")
    assert (await nobody.post(f"{PAGE}/token", params=own)).status_code == 200


@pytest.mark.parametrize("given", [{}, {"token": "none"}, {"token": "a.b"}])
async def test_without_a_ticket_nothing_is_sold(
    nobody: httpx2.AsyncClient, given: dict[str, str]
) -> None:
    refused = await nobody.post(f"{PAGE}/token", params=given)
    assert problem(refused) == (401, "api.unauthenticated")


async def test_who_may_only_read_buys_nothing(world: World, nobody: httpx2.AsyncClient) -> None:
    async with await world.client(principal("vic", "viewer")) as viewer:
        key = viewer.headers["authorization"].removeprefix("Bearer ")
    answer = await nobody.post(PAGE, data={"key": key})
    assert (answer.status_code, "may not operate" in answer.text) == (401, True)


async def test_where_the_world_reaches_the_platform_there_is_no_such_page(world: World) -> None:
    settings = world.services.settings.model_copy(
        update={"public_base_url": "https://platform.acme.example"}
    )
    async with (
        listening(replace(world.services, settings=settings)) as url,
        httpx2.AsyncClient(base_url=url) as browser,
    ):
        answers = [
            await browser.get(PAGE, params=ticket(world, "acme")),
            await browser.post(PAGE, data={"key": "x"}),
            await browser.post(f"{PAGE}/token", params=ticket(world, "acme")),
        ]
    assert [problem(one) for one in answers] == [(404, "api.not-found")] * 3
