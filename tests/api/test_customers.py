"""Customers: put, changed, and told apart by tenant."""

import httpx2
import pytest

from tests.api.world import problem

MARIA = {
    "name": "Maria",
    "email": "maria@example.com",
    "zone": "Europe/Berlin",
    "locale": "de-DE",
    "consents": [
        {
            "channel": "email",
            "purpose": "marketing",
            "granted": True,
            "at": "2026-01-01T00:00:00Z",
        }
    ],
}


async def test_a_customer_is_put_and_changed_field_by_field(api: httpx2.AsyncClient) -> None:
    put = await api.put("/v1/customers/c-1", json=MARIA)
    expected = {"id": "c-1", "phone": None, **MARIA}
    assert {**put.json(), "updated": ""} == {**expected, "updated": ""}
    await api.put("/v1/customers/c-1", json={"phone": "+4930123456", "name": None})
    shown = (await api.get("/v1/customers/c-1")).json()
    changed = {**expected, "phone": "+4930123456", "name": None}
    assert {**shown, "updated": ""} == {**changed, "updated": ""}


async def test_an_older_consent_does_not_replace_a_newer_one(api: httpx2.AsyncClient) -> None:
    consent = {"channel": "sms", "purpose": "marketing"}
    new = {**consent, "granted": False, "at": "2026-05-01T00:00:00Z"}
    old = {**consent, "granted": True, "at": "2026-04-01T00:00:00Z"}
    await api.put("/v1/customers/c-2", json={"consents": [new]})
    kept = await api.put("/v1/customers/c-2", json={"consents": [old]})
    assert kept.json()["consents"] == [new]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"zone": "Europe/Atlantis"}, "/zone"),
        ({"email": 7}, "/email"),
        ({"colour": "red"}, "/colour"),
        ({"consents": [{"channel": "pigeon"}]}, "/consents/0/channel"),
        ([], ""),
        ("text", ""),
    ],
)
async def test_what_a_customer_cannot_have_is_refused_with_its_place(
    api: httpx2.AsyncClient, body: object, pointer: str
) -> None:
    answer = await api.put("/v1/customers/c-3", json=body)
    assert problem(answer) == (422, "api.invalid-request")
    assert answer.json()["pointer"] == pointer
    assert problem(await api.get("/v1/customers/c-3")) == (404, "customer.missing")


async def test_tenants_have_customers_of_their_own(
    api: httpx2.AsyncClient, stranger: httpx2.AsyncClient
) -> None:
    await api.put("/v1/customers/c-4", json={"name": "Ana"})
    assert problem(await stranger.get("/v1/customers/c-4")) == (404, "customer.missing")
    await stranger.put("/v1/customers/c-4", json={"name": "Eve"})
    assert (await api.get("/v1/customers/c-4")).json()["name"] == "Ana"
    listed = (await stranger.get("/v1/customers")).json()["items"]
    assert [one["name"] for one in listed] == ["Eve"]


async def test_ids_that_nothing_could_keep_are_refused(api: httpx2.AsyncClient) -> None:
    long = await api.put(f"/v1/customers/{'x' * 600}", json={})
    assert problem(long) == (422, "store.key-too-long")
    null = await api.put("/v1/customers/a%00b", json={})
    assert problem(null) == (422, "store.text")
    strange = await api.put("/v1/customers/%ff%fe", json={"name": "odd"})
    assert strange.status_code == 200
