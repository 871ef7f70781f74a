"""Endpoints that events are sent to: made, shown without secrets, rotated, disabled and enabled."""

import base64

import httpx2
import pytest

from tests.api.world import World, principal, problem

URL = "https://erp.partner.example/hooks"


@pytest.fixture
async def erp(world: World, api: httpx2.AsyncClient) -> str:
    """The name of an endpoint."""
    name = world.name("erp")
    made = await api.post("/v1/webhooks", json={"name": name, "url": URL})
    assert made.status_code == 201, made.text
    return name


async def test_a_secret_is_shown_once(world: World, api: httpx2.AsyncClient) -> None:
    name = world.name("erp")
    made = await api.post("/v1/webhooks", json={"name": name, "url": URL})
    shown = await api.get(made.headers["location"])
    secret = made.json().pop("secret")

    assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 32
    assert {**shown.json(), "secret": secret} == {**made.json(), "posts": {}}
    assert (shown.json()["name"], shown.json()["url"], shown.json()["enabled"]) == (name, URL, True)
    assert secret not in (await api.get("/v1/webhooks")).text


async def test_a_rotation_shows_a_new_secret_and_until_when_the_old_one_signs(
    world: World, api: httpx2.AsyncClient, erp: str
) -> None:
    first = await api.post(f"/v1/webhooks/{erp}/rotate")
    kept = world.services.stores.webhooks.secrets("acme", erp)
    second = await api.post(f"/v1/webhooks/{erp}/rotate", json={"overlap": 0})

    assert len(kept) == 2
    assert kept[0] == first.json()["secret"]
    assert first.json()["overlap"] > first.json()["updated"]
    assert world.services.stores.webhooks.secrets("acme", erp) == (second.json()["secret"],)


async def test_an_endpoint_is_disabled_and_enabled_by_people_too(
    api: httpx2.AsyncClient, erp: str
) -> None:
    disabled = await api.post(f"/v1/webhooks/{erp}/disable")
    enabled = await api.post(f"/v1/webhooks/{erp}/enable")

    assert (disabled.json()["enabled"], disabled.json()["reason"]) == (False, "by owner")
    assert (enabled.json()["enabled"], enabled.json()["reason"]) == (True, None)


async def test_what_is_removed_is_gone(api: httpx2.AsyncClient, erp: str) -> None:
    removed = await api.delete(f"/v1/webhooks/{erp}")

    assert (removed.status_code, removed.content) == (204, b"")
    for answer in (
        await api.get(f"/v1/webhooks/{erp}"),
        await api.delete(f"/v1/webhooks/{erp}"),
        await api.post(f"/v1/webhooks/{erp}/enable"),
        await api.post(f"/v1/webhooks/{erp}/rotate"),
    ):
        assert problem(answer) == (404, "webhook.missing")


async def test_a_name_is_taken_once(api: httpx2.AsyncClient, erp: str) -> None:
    again = await api.post("/v1/webhooks", json={"name": erp, "url": URL})

    assert problem(again) == (409, "webhook.taken")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "erp",
        "ftp://erp.example/",
        "http://erp.example/",
        "https://",
        "https://ada:secret@erp.example/",
        "https://127.0.0.1/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest",
        "https://erp.example:22/",
        "https://erp.example/\n",
        "https://[",
    ],
)
async def test_an_endpoint_is_in_the_world_and_encrypted(api: httpx2.AsyncClient, url: str) -> None:
    assert problem(await api.post("/v1/webhooks", json={"name": "x", "url": url})) == (
        422,
        "webhook.url",
    )


@pytest.mark.parametrize("name", ["", "a b", "../x", "-x", "x" * 64, "https://erp.example/"])
async def test_a_name_is_no_url(api: httpx2.AsyncClient, name: str) -> None:
    answer = await api.post("/v1/webhooks", json={"name": name, "url": URL})

    assert problem(answer) == (422, "api.invalid-request")


async def test_endpoints_are_their_tenants(
    world: World, api: httpx2.AsyncClient, stranger: httpx2.AsyncClient, erp: str
) -> None:
    async with await world.client(principal("vera", "viewer")) as viewer:
        seen = await viewer.get(f"/v1/webhooks/{erp}")
        tried = await viewer.post(f"/v1/webhooks/{erp}/rotate")
    listed = (await api.get("/v1/webhooks", params={"limit": 200})).json()["items"]

    assert seen.status_code == 200
    assert problem(tried) == (403, "api.forbidden")
    assert problem(await stranger.get(f"/v1/webhooks/{erp}")) == (404, "webhook.missing")
    assert erp in [one["name"] for one in listed]
    assert (await stranger.get("/v1/webhooks")).json() == {"items": [], "cursor": None}


async def test_endpoints_come_in_pages(world: World, api: httpx2.AsyncClient, erp: str) -> None:
    newer = world.name("erp")
    await api.post("/v1/webhooks", json={"name": newer, "url": URL})
    first = (await api.get("/v1/webhooks", params={"limit": 1})).json()
    more = {"limit": 1, "cursor": first["cursor"]}
    second = (await api.get("/v1/webhooks", params=more)).json()

    assert [one["name"] for one in (*first["items"], *second["items"])] == [newer, erp]
