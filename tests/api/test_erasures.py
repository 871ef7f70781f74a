"""Customers who are forgotten, asked for over the API."""

import httpx2

from tests.api.world import World, principal, problem


async def test_a_customer_is_forgotten_and_that_is_on_record(
    world: World, api: httpx2.AsyncClient
) -> None:
    await api.put("/v1/customers/c-forget", json={"name": "Maria", "email": "m@example.com"})
    before = (await api.get("/v1/audit", params={"action": "customer.changed"})).json()["items"]

    told = await api.post("/v1/customers/c-forget/erase", json={"reason": "case 4711"})
    again = await api.get("/v1/customers/c-forget")

    assert told.status_code == 202, told.text
    shown = told.json()
    assert (shown["reason"], shown["settled"]) == ("case 4711", None)
    assert shown["counts"] == {"customer": 1, "token_salt": 1}
    assert shown["subject"] == before[0]["subject"]["id"]
    assert problem(again) == (404, "customer.missing")
    assert (await api.get(f"/v1/erasures/{shown['id']}")).json() == shown
    assert shown in (await api.get("/v1/erasures")).json()["items"]
    recorded = (await api.get("/v1/audit", params={"action": "customer.forgotten"})).json()
    assert recorded["items"][0]["subject"]["id"] == shown["subject"]
    assert recorded["items"][0]["details"]["reason"] == "case 4711"


async def test_who_may_only_operate_forgets_nobody(world: World) -> None:
    async with await world.client(principal("olga", "operator")) as operator:
        told = await operator.post("/v1/customers/c-1/erase", json={"reason": "no"})
        assert problem(told) == (403, "api.forbidden")


async def test_a_reason_has_to_be_given(api: httpx2.AsyncClient) -> None:
    assert problem(await api.post("/v1/customers/c-1/erase", json={}))[0] == 422
    assert problem(await api.get("/v1/erasures/none")) == (404, "erasure.missing")
