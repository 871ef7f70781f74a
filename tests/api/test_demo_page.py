"""The page with all widgets: for whoever operates the tenant, on their own machine only."""

from dataclasses import replace

import httpx2
import pytest

from tests.api.world import (
    World,
    deployed,
    listening,
    principal,
    problem,
    signed_in,
    waiting,
)

PAGE = "/demo/widgets"


async def test_solutions_of_another_tenant_are_not_there(
    world: World, api: httpx2.AsyncClient, nobody: httpx2.AsyncClient
) -> None:
    solution = await deployed(api, name := world.name("shown"), waiting(name))
    wanted = {"solution": solution}

    nobody.cookies.update(await signed_in(world.services, "evil"))
    assert "token-url" not in (await nobody.get(PAGE, params=wanted)).text
    refused = await nobody.post(f"{PAGE}/token", params=wanted)
    assert problem(refused) == (404, "solution.unknown")
    nobody.cookies.update(await signed_in(world.services))
    assert solution in (await nobody.get(PAGE, params=wanted)).text
    assert (await nobody.post(f"{PAGE}/token", params=wanted)).status_code == 200
    elsewhere = {"Sec-Fetch-Site": "same-site"}
    refused = await nobody.post(f"{PAGE}/token", params=wanted, headers=elsewhere)
    assert problem(refused) == (401, "api.unauthenticated")


@pytest.mark.parametrize("given", [{}, {"symphainy_sign_in": "none"}])
async def test_to_whom_nobody_signed_in_nothing_is_sold(
    nobody: httpx2.AsyncClient, given: dict[str, str]
) -> None:
    nobody.cookies.update(given)
    refused = await nobody.post(f"{PAGE}/token")
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
        httpx2.AsyncClient(
            base_url=url, cookies=await signed_in(world.services), timeout=60
        ) as browser,
    ):
        answers = [
            await browser.get(PAGE),
            await browser.post(PAGE, data={"key": "x"}),
            await browser.post(f"{PAGE}/token"),
        ]
    assert [problem(one) for one in answers] == [(404, "api.not-found")] * 3
