"""The suppression list over the API."""

import httpx2
import pytest

from public_works.suppressions import address_hash
from tests.api.world import World, principal, problem

MARIA = {"channel": "email", "address": "Maria@example.com", "scope": "topic:news"}


async def test_an_address_is_put_on_the_list_found_and_taken_off(api: httpx2.AsyncClient) -> None:
    made = await api.post("/v1/suppressions", json=MARIA)
    entry = made.json()
    assert made.status_code == 201
    assert {name: entry[name] for name in ("channel", "address_hash", "scope", "reason")} == {
        "channel": "email",
        "address_hash": address_hash("acme", "maria@example.com"),
        "scope": "topic:news",
        "reason": "manual",
    }
    assert (entry["source"], entry["expires"]) == ("owner", None)

    again = await api.post("/v1/suppressions", json={**MARIA, "expires": "2030-01-01T00:00:00Z"})
    assert (again.json()["id"], again.json()["expires"]) == (entry["id"], "2030-01-01T00:00:00Z")
    query = {"address": "maria@EXAMPLE.com", "channel": "email"}
    found = (await api.get("/v1/suppressions", params=query)).json()["items"]
    assert [one["id"] for one in found] == [entry["id"]]

    assert (await api.delete(f"/v1/suppressions/{entry['id']}")).status_code == 204
    assert (await api.get("/v1/suppressions", params=query)).json()["items"] == []
    gone = await api.delete(f"/v1/suppressions/{entry['id']}")
    assert problem(gone) == (404, "suppression.missing")


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"channel": "email"}, "suppression.address", None),
        ({"channel": "pigeon", "address": "a"}, "api.invalid-request", "/channel"),
        ({**MARIA, "scope": "everything"}, "api.invalid-request", "/scope"),
        ({**MARIA, "reason": "because"}, "api.invalid-request", "/reason"),
        ({**MARIA, "expires": "tomorrow"}, "api.invalid-request", "/expires"),
    ],
)
async def test_what_is_no_entry_is_refused_with_its_place(
    api: httpx2.AsyncClient, body: object, code: str, pointer: str | None
) -> None:
    answer = await api.post("/v1/suppressions", json=body)
    assert problem(answer) == (422, code)
    assert answer.json().get("pointer") == pointer


async def test_who_may_only_look_changes_nothing(world: World) -> None:
    async with await world.client(principal("vera", "viewer")) as viewer:
        assert (await viewer.get("/v1/suppressions")).status_code == 200
        refused = await viewer.post("/v1/suppressions", json=MARIA)
    assert problem(refused) == (403, "api.forbidden")
