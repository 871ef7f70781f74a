"""What the log says of requests: who was let in for what, and what was refused, by route."""

import asyncio
import logging

import httpx2
import pytest

from tests.api.world import World, principal


def told(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str | None, str | None, str]]:
    """Lines of requests: their text, whose tenant's, who, and how loud."""
    return [
        (
            one.getMessage(),
            one.__dict__.get("by"),
            one.__dict__.get("code"),
            one.levelname,
        )
        for one in caplog.records
        if one.name == "symphainy.access"
    ]


async def heard(caplog: pytest.LogCaptureFixture, lines: int) -> None:
    """Wait for so many: a request has its line when all is done, its answer before."""
    async with asyncio.timeout(60):
        while len(told(caplog)) < lines:
            await asyncio.sleep(0.02)


async def test_every_request_of_somebody_who_is_let_in_has_a_line(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    async with await world.client(principal("vera", "viewer")) as vera:
        with caplog.at_level(logging.INFO, logger="symphainy.access"):
            await vera.get("/v1/runs?customer=c-canary")
            await vera.get("/v1/customers/c-canary")
            await vera.post("/v1/customers/c-canary/erase", json={"reason": "no"})
            await heard(caplog, 3)

    assert told(caplog) == [
        ("GET /v1/runs answered 200", "user:vera", None, "INFO"),
        ("GET /v1/customers/{customer} answered 404", "user:vera", "customer.missing", "INFO"),
        (
            "POST /v1/customers/{customer}/erase answered 403",
            "user:vera",
            "api.forbidden",
            "WARNING",
        ),
    ]
    assert "canary" not in caplog.text


async def test_what_is_refused_for_what_it_is_has_a_loud_line(
    api: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="symphainy.access"):
        await api.post("/v1/events", json={"specversion": "canary"})
        await heard(caplog, 1)

    ((line, _, code, level),) = told(caplog)
    assert (line, level) == ("POST /v1/events answered 422", "WARNING")
    assert code == "event.malformed"


async def test_strangers_who_only_look_have_no_line(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    async with httpx2.AsyncClient(base_url=world.url, timeout=60) as nobody:
        with caplog.at_level(logging.INFO, logger="symphainy.access"):
            await nobody.get("/v1/health")
            await nobody.get("/pages/style.css")

    assert [one for one in told(caplog) if " 20" in one[0]] == []
