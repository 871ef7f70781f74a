"""What browsers and the curious are given: cookies, headers, and nothing to learn from."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx2
import pytest

from tests.api.world import World, listening, principal, problem, signed_in

BASE = "https://symphainy.acme.example"
DOORS = ("/outbox/session", "/codec/session")


@pytest.fixture
async def encrypted(world: World) -> AsyncIterator[str]:
    """The API as the world reaches it by https, which ends in front of it."""
    settings = world.services.settings.model_copy(update={"public_base_url": BASE})
    async with listening(replace(world.services, settings=settings)) as url:
        yield url


async def key_of(world: World) -> str:
    who = principal("vera", "operator")
    return await asyncio.to_thread(
        world.services.stores.keys.issue, who, name="browser", environment="all"
    )


@pytest.mark.parametrize("door", DOORS)
async def test_a_cookie_is_this_hosts_alone_and_no_script_reads_it(
    world: World, encrypted: str, door: str
) -> None:
    async with httpx2.AsyncClient(base_url=encrypted, timeout=60) as browser:
        entered = await browser.post(door, data={"key": await key_of(world)})
        left = await browser.post(f"{door}/end")

    assert left.headers["clear-site-data"] == '"cache", "storage"'
    for answer in (entered, left):
        (cookie,) = answer.headers.get_list("set-cookie")
        assert cookie.startswith("__Host-symphainy_sign_in=")
        said = {part.strip().lower().partition("=")[0] for part in cookie.split(";")[1:]}
        assert {"secure", "httponly", "samesite", "path"} <= said
        assert "domain" not in said
        assert "; Path=/;" in cookie
        assert "SameSite=strict" in cookie


async def test_a_cookie_that_another_host_could_have_set_is_not_taken(
    world: World, encrypted: str
) -> None:
    (known,) = (await signed_in(world.services)).values()
    async with httpx2.AsyncClient(base_url=encrypted, timeout=60) as browser:
        for name, opens in (("symphainy_sign_in", False), ("__Host-symphainy_sign_in", True)):
            page = await browser.get("/outbox", headers={"Cookie": f"{name}={known}"})
            assert ("Open the outbox" not in page.text) == opens


async def test_browsers_are_told_to_stay_with_https_where_the_world_comes_by_it(
    world: World, encrypted: str
) -> None:
    async with httpx2.AsyncClient(timeout=60) as browser:
        for path in ("/health", "/outbox", "/v1/runs", "/nowhere"):
            told = (await browser.get(f"{encrypted}{path}")).headers
            plain = (await browser.get(f"{world.url}{path}")).headers
            assert told["strict-transport-security"] == "max-age=31536000; includeSubDomains"
            assert "strict-transport-security" not in plain


async def test_every_answer_says_what_it_is_and_in_which_characters(
    nobody: httpx2.AsyncClient,
) -> None:
    kinds = {
        "/health": "application/json",
        "/v1/runs": "application/problem+json",
        "/openapi.json": "application/json",
        "/outbox": "text/html; charset=utf-8",
        "/docs": "text/html; charset=utf-8",
        "/pages/style.css": "text/css; charset=utf-8",
    }
    for path, kind in kinds.items():
        headers = (await nobody.get(path)).headers
        assert headers["content-type"] == kind, path
        assert "base-uri 'none'" in headers["content-security-policy"], path


async def test_there_is_nothing_to_look_around_in(nobody: httpx2.AsyncClient) -> None:
    for path in ("/pages/", "/pages", "/widgets/", "/.git/config", "/pages/..%2fapp.py", "/static"):
        assert problem(await nobody.get(path)) == (404, "api.not-found"), path
    for path in ("/", "/health", "/outbox", "/v1/solutions"):
        answer = await nobody.request("TRACE", path, headers={"X-Canary": "canary"})
        assert answer.status_code in (404, 405)
        assert "canary" not in answer.text


async def test_a_key_in_an_address_opens_nothing(world: World, nobody: httpx2.AsyncClient) -> None:
    key = await key_of(world)
    for name in ("key", "api_key", "access_token", "token", "authorization"):
        answer = await nobody.get("/v1/solutions", params={name: key})
        assert problem(answer) == (401, "api.unauthenticated")


async def test_a_fault_of_ours_says_nothing_of_us_and_the_api_goes_on(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    broken = replace(world.services, bearers=None)  # type: ignore[arg-type]
    headers = {"Authorization": "Bearer canary"}
    async with listening(broken) as url, httpx2.AsyncClient(base_url=url, timeout=60) as client:
        answer = await client.get("/v1/solutions", headers=headers)
        assert problem(answer) == (500, "api.internal")
        assert (await client.get("/health")).status_code == 200

    incident = answer.json()["detail"].split()[-1].rstrip(".")
    for word in ("Traceback", "NoneType", ".py", "holder", "canary"):
        assert word not in answer.text
    (line,) = (one for one in caplog.records if incident in one.getMessage())
    assert line.exc_info is not None
    assert "canary" not in line.getMessage()


async def test_who_is_not_let_in_is_in_the_log(
    world: World, nobody: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, logger="symphainy.api")
    wrong = {"Authorization": "Bearer sym_all_canary"}
    await nobody.get("/v1/solutions/acme.canary", headers=wrong)
    await nobody.post("/outbox/session", data={"key": "canary"})

    said = [one.getMessage() for one in caplog.records]
    assert "not let in: GET /v1/solutions/{name} from 127.0.0.1" in said
    assert "not let in: POST /outbox/session from 127.0.0.1" in said
    assert not any("canary" in one for one in said)
