"""Who asked, where a proxy stands in front: limits, logs and callbacks go by it."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from ipaddress import ip_network

import httpx2
import pytest

from public_works import Settings
from solution_api.limits import Limits
from solution_api.proxies import came_from
from symphainy.errors import Refused
from tests.api.test_limits import TIGHT, Clock
from tests.api.world import World, listening, problem

PROXIES = [ip_network("10.0.0.0/8"), ip_network("2001:db8:1::/48")]
FLOODED = "/v1/widgets/session"

CAME = {
    "nobody said": ("10.0.0.1", [], "10.0.0.1"),
    "one": ("10.0.0.1", ["192.0.2.7"], "192.0.2.7"),
    "not by a proxy": ("192.0.2.1", ["192.0.2.7"], "192.0.2.1"),
    "through two": ("10.0.0.1", ["192.0.2.7, 10.9.9.9"], "192.0.2.7"),
    "two lines": ("10.0.0.1", ["192.0.2.7", "10.9.9.9"], "192.0.2.7"),
    "made up before it": ("10.0.0.1", ["192.0.2.66, 192.0.2.7"], "192.0.2.7"),
    "made up as a proxy": ("10.0.0.1", ["10.2.2.2, 192.0.2.7"], "192.0.2.7"),
    "proxies only": ("10.0.0.1", ["10.2.2.2, 10.3.3.3"], "10.2.2.2"),
    "with a port": ("10.0.0.1", ["192.0.2.7:4711"], "192.0.2.7"),
    "of version 6": ("2001:db8:1::1", ["[2001:DB8:2::7]:4711"], "2001:db8:2::7"),
    "of version 6, bare": ("2001:db8:1::1", ["2001:db8:2:0::7"], "2001:db8:2::7"),
    "mapped": ("::ffff:10.0.0.1", ["::ffff:192.0.2.7"], "192.0.2.7"),
    "a word": ("10.0.0.1", ["192.0.2.7, unknown"], "10.0.0.1"),
    "nothing": ("10.0.0.1", [" , "], "10.0.0.1"),
    "a scope": ("10.0.0.1", ["fe80::1%eth0"], "10.0.0.1"),
    "no number": ("10.0.0.1", ["999.0.2.7"], "10.0.0.1"),
    "no address at all": ("testclient", ["192.0.2.7"], "testclient"),
    "without end": ("10.0.0.1", ["192.0.2.7," + "10.0.0.2," * 9_000 + "10.0.0.3"], "10.0.0.2"),
}


@pytest.mark.parametrize(("peer", "said", "came"), CAME.values(), ids=CAME)
def test_the_nearest_that_is_no_proxy_is_who_asked(peer: str, said: list[str], came: str) -> None:
    assert came_from(peer, said, PROXIES) == came


RFC = {
    "one": (["for=192.0.2.7"], "192.0.2.7"),
    "more": (['proto=https;For="192.0.2.7:4711" ;by=10.0.0.1'], "192.0.2.7"),
    "of version 6": (['for="[2001:db8:2::7]:4711"'], "2001:db8:2::7"),
    "made up before it": (["for=192.0.2.66", "for=192.0.2.7"], "192.0.2.7"),
    "a quote left open": (['for="192.0.2.66, for=192.0.2.7'], "192.0.2.7"),
    "hidden": (["for=_hidden"], "10.0.0.1"),
    "by only": (["by=192.0.2.7"], "10.0.0.1"),
    "not for": (["xfor=192.0.2.7"], "10.0.0.1"),
    "the other header's": (["192.0.2.7"], "10.0.0.1"),
}


@pytest.mark.parametrize(("said", "came"), RFC.values(), ids=RFC)
def test_the_header_of_the_rfc_says_the_same(said: list[str], came: str) -> None:
    assert came_from("10.0.0.1", said, PROXIES, forwarded=True) == came


def test_a_network_is_written_as_one() -> None:
    found = Settings(trusted_proxies="10.0.0.0/8, ::1 192.0.2.1")
    assert [str(one) for one in found.trusted_proxies] == ["10.0.0.0/8", "::1/128", "192.0.2.1/32"]
    for wrong in ("10.0.0.1/8", "proxy.example", "*"):
        with pytest.raises(Refused, match="SYMPHAINY_TRUSTED_PROXIES"):
            Settings(trusted_proxies=wrong)


@pytest.fixture(params=["x-forwarded-for", "forwarded"])
async def behind(world: World, request: pytest.FixtureRequest) -> AsyncIterator[tuple[World, str]]:
    """The API with little patience behind a proxy on this machine, and the header that it sets."""
    more = {"trusted_proxies": (ip_network("127.0.0.0/8"),), "proxy_header": request.param}
    settings = world.services.settings.model_copy(update=more)
    services = replace(world.services, settings=settings, limits=Limits(TIGHT, Clock()))
    async with listening(services) as url:
        yield World(url, services), request.param


def saying(header: str, address: str) -> dict[str, str]:
    return {header: f"for={address}" if header == "forwarded" else address}


async def test_two_callers_behind_a_proxy_have_a_limit_each(behind: tuple[World, str]) -> None:
    world, header = behind
    async with httpx2.AsyncClient(base_url=world.url, timeout=60) as proxy:
        first = [await proxy.get(FLOODED, headers=saying(header, "192.0.2.7")) for _ in range(3)]
        other = await proxy.get(FLOODED, headers=saying(header, "192.0.2.8"))
    assert problem(first[2]) == (429, "api.rate-limited")
    assert other.status_code != 429


async def test_the_header_that_the_proxy_does_not_set_is_not_read(
    behind: tuple[World, str],
) -> None:
    world, header = behind
    other = {"x-forwarded-for": "forwarded", "forwarded": "x-forwarded-for"}[header]
    async with httpx2.AsyncClient(base_url=world.url, timeout=60) as proxy:
        answers = [await proxy.get(FLOODED, headers=saying(other, f"192.0.2.{n}")) for n in (1, 2)]
        answers.append(await proxy.get(FLOODED, headers=saying(other, "192.0.2.3")))
    assert problem(answers[2]) == (429, "api.rate-limited")


async def test_the_log_names_who_was_not_let_in(
    behind: tuple[World, str], caplog: pytest.LogCaptureFixture
) -> None:
    world, header = behind
    wrong = {"Authorization": "Bearer sym_wrong", **saying(header, "192.0.2.9")}
    with caplog.at_level(logging.WARNING, "symphainy.api"):
        async with httpx2.AsyncClient(base_url=world.url, timeout=60) as proxy:
            assert (await proxy.get("/v1/keys", headers=wrong)).status_code == 401
    assert "not let in: GET /v1/keys from 192.0.2.9" in caplog.messages


async def test_without_a_proxy_nobody_is_believed_who_they_say_they_are(world: World) -> None:
    services = replace(world.services, limits=Limits(TIGHT, Clock()))
    names = ("x-forwarded-for", "forwarded", "x-real-ip", "client-ip", "true-client-ip", "via")
    async with listening(services) as url, httpx2.AsyncClient(base_url=url, timeout=60) as nobody:
        codes = [
            (await nobody.get(FLOODED, headers=saying(name, f"192.0.2.{n}"))).status_code
            for n, name in enumerate(names)
        ]
    assert codes[2:] == [429] * 4
