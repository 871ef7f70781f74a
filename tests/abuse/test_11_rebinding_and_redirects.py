"""A name that leads elsewhere the second time, and a server that sends its visitor inside.

What opens one server is shown to no other, either.
"""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from public_works.egress import Egress
from symphainy.errors import Refused, Unavailable
from symphainy.identity import Principal
from temporal.gate.reaching import Reaching
from tests.abuse.city import check, done, start
from tests.abuse.conftest import KNOWN
from tests.abuse.names import Names
from tests.abuse.trap import Trap, trap
from tests.api.world import World
from tests.runtime.platform import Platform
from workers.posting import Posting

CANARY = "canary-of-the-door-77ab"


def asking(world: World, url: str, **more: Any) -> tuple[str, str]:
    """A definition of one request, with everything that could be a credential."""
    name = world.name("asked")
    given = {
        "method": "get",
        "endpoint": {"uri": url, "authentication": {"bearer": {"token": "${ $secrets.door }"}}},
        "headers": {"Cookie": "${ $secrets.door }", "X-Api-Key": "${ $secrets.door }"},
        **more,
    }
    document = {"dsl": "1.0.3", "namespace": "acme", "name": name, "version": "1.0.0"}
    task = {"ask": {"call": "http", "with": given}}
    return name, json.dumps({"document": document, "use": {"secrets": ["door"]}, "do": [task]})


def sent_to(location: str, status: str = "302 Found") -> bytes:
    return f"HTTP/1.1 {status}\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()


@pytest.fixture
def door(platform: Platform) -> None:
    """A secret that one server is opened with."""
    folder = platform.settings.home / "secrets" / "acme"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "door").write_text(CANARY)


async def test_a_name_is_asked_once_for_a_connection_and_its_second_answer_never_used(
    platform: Platform,
    api: httpx2.AsyncClient,
    world: World,
    dns: Names,
    door: None,
    tmp_path: Path,
) -> None:
    async with trap(tmp_path) as partner:
        dns.answers = {"partner.example": ["127.0.0.1", "169.254.169.254"]}
        dns.asked.clear()
        name, text = asking(world, f"http://partner.example:{partner.port}/", output="response")
        shown = await done(platform, api, await start(api, name, text))

    assert (shown["status"], dns.asked["partner.example"], partner.connections) == (
        "completed",
        1,
        1,
    )


async def test_where_a_name_leads_is_checked_anew_for_every_request(
    tmp_path: Path,
) -> None:
    # 203.0.113.0/24 is nobody's: no test is to knock at somebody's door.
    names = Names({"rebind.example": ["203.0.113.7", "127.0.0.1"]})
    egress = Egress(resolver=names)
    async with trap(tmp_path) as inside:
        for _ in range(3):
            with pytest.raises((Refused, Unavailable)):
                await egress.request("GET", f"http://rebind.example:{inside.port}/", timeout=1)
        assert (inside.connections, names.asked["rebind.example"]) == (0, 3)


INSIDE = (
    "http://127.0.0.1:{port}/",
    "//[::1]:{port}/",
    "http://inner.example:{port}/",
    "http://169.254.169.254/latest/meta-data/",
    "http://partner.example@127.0.0.1:{port}/",
    "file:///etc/passwd",
)


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 T", "308 P"])
@pytest.mark.parametrize("location", INSIDE)
async def test_a_redirect_inside_is_refused(
    platform: Platform,
    api: httpx2.AsyncClient,
    world: World,
    dns: Names,
    door: None,
    tmp_path: Path,
    location: str,
    status: str,
) -> None:
    (tmp_path / "inside").mkdir()
    async with trap(tmp_path / "inside") as inside:
        place = location.replace("{port}", str(inside.port))
        async with trap(tmp_path, lambda _: sent_to(place, status)) as partner:
            dns.answers = {"partner.example": ["127.0.0.1"], "inner.example": ["127.0.0.1"]}
            url = f"http://partner.example:{partner.port}/"
            name, text = asking(world, url, redirect=True)
            shown = await done(platform, api, await start(api, name, text))
    assert (shown["status"], shown["problem"]["code"]) == ("faulted", "egress.forbidden")
    assert (inside.connections, partner.connections) == (0, 1)


async def test_what_opens_one_server_is_not_shown_to_another(
    platform: Platform,
    api: httpx2.AsyncClient,
    world: World,
    dns: Names,
    door: None,
    tmp_path: Path,
) -> None:
    (tmp_path / "other").mkdir()
    async with trap(tmp_path / "other") as other:
        place = f"http://partner.example:{other.port}/"
        async with trap(tmp_path, lambda _: sent_to(place, "307 T")) as partner:
            dns.answers = {"partner.example": ["127.0.0.1"]}
            url = f"http://partner.example:{partner.port}/"
            name, text = asking(world, url, redirect=True)
            await done(platform, api, await start(api, name, text))
    canary = CANARY.encode()
    assert partner.requests[0].count(canary) == 3
    assert [canary in one for one in other.requests] == [False]
    assert _names(other) <= {
        "host",
        "user-agent",
        "accept",
        "accept-encoding",
        "connection",
        "traceparent",
    }


def _names(trap: Trap) -> set[str]:
    lines = trap.requests[0].decode().split("\r\n")[1:]
    return {line.partition(":")[0].lower() for line in lines if line}


async def test_a_redirect_without_end_ends(
    platform: Platform,
    api: httpx2.AsyncClient,
    world: World,
    dns: Names,
    door: None,
    tmp_path: Path,
) -> None:
    async with trap(tmp_path, lambda _: sent_to("/again")) as partner:
        dns.answers = {"partner.example": ["127.0.0.1"]}
        url = f"http://partner.example:{partner.port}/"
        name, text = asking(world, url, redirect=True)
        shown = await done(platform, api, await start(api, name, text))
    assert (shown["status"], shown["problem"]["code"]) == ("faulted", "egress.redirects")
    assert partner.connections <= 21


HERE: dict[str, Any] = {"kind": "allowList", "destinations": ["partner.example"]}
NOT_THERE: dict[str, Any] = {"kind": "denyList", "destinations": ["*.example"]}
EUROPE: dict[str, Any] = {
    "kind": "residency",
    "regions": ["eu"],
    "hosts": {"eu": ["partner.example"], "us": ["elsewhere.example"]},
}
BOUND = {
    "an allow list": (HERE, "policy.destination"),
    "a deny list": ({**NOT_THERE, "destinations": ["elsewhere.example"]}, "policy.destination"),
    "residency": (EUROPE, "policy.region"),
}


@pytest.fixture
def said_above(platform: Platform) -> Iterator[Callable[[Any], None]]:
    """What the tenant says; nothing of it holds afterwards."""

    def says(policies: Any) -> None:
        platform.stores.policies.put("acme", {"policies": policies}, by="owner")

    yield says
    says({})


@pytest.mark.parametrize("layer", ["solution", "tenant"])
@pytest.mark.parametrize("bound", BOUND)
async def test_a_redirect_leads_only_to_where_policy_lets_the_step_go(
    platform: Platform,
    api: httpx2.AsyncClient,
    world: World,
    dns: Names,
    door: None,
    said_above: Callable[[Any], None],
    tmp_path: Path,
    bound: str,
    layer: str,
) -> None:
    policy, code = BOUND[bound]
    (tmp_path / "other").mkdir()
    async with trap(tmp_path / "other") as other:
        place = f"http://elsewhere.example:{other.port}/"
        async with trap(tmp_path, lambda _: sent_to(place)) as partner:
            dns.answers = {"*": ["127.0.0.1"]}
            url = f"http://partner.example:{partner.port}/"
            # Of a step without effect what the tenant says is known up to five seconds late.
            name, text = asking(world, url, redirect=True, method="post")
            if layer == "solution":
                text = json.dumps({**json.loads(text), "policies": {"bound": policy}})
            else:
                said_above({"bound": policy})
            shown = await done(platform, api, await start(api, name, text))
    assert (shown["status"], shown["problem"]["code"]) == ("faulted", code)
    assert (other.connections, partner.connections) == (0, 1)


async def test_who_gives_out_a_token_is_asked_only_where_policy_lets_the_step_go(
    platform: Platform,
    api: httpx2.AsyncClient,
    world: World,
    dns: Names,
    door: None,
    tmp_path: Path,
) -> None:
    async with trap(tmp_path) as inside:
        dns.answers = {"*": ["127.0.0.1"]}
        granted = {
            "authority": f"http://elsewhere.example:{inside.port}",
            "grant": "client_credentials",
            "client": {"id": "x", "secret": "${ $secrets.door }"},
        }
        url = f"http://partner.example:{inside.port}/"
        endpoint = {"uri": url, "authentication": {"oauth2": granted}}
        name, text = asking(world, url, endpoint=endpoint, headers={})
        whole = {**json.loads(text), "policies": {"here": HERE}}
        shown = await done(platform, api, await start(api, name, json.dumps(whole)))
    assert (shown["status"], shown["problem"]["code"]) == ("faulted", "policy.destination")
    assert inside.connections == 0


async def test_events_are_posted_only_to_where_policy_lets_messages_go(
    world: World, dns: Names, said_above: Callable[[Any], None], tmp_path: Path
) -> None:
    stores, type_ = world.services.stores, f"test.{world.name('feed')}"
    said_above({"here": HERE})
    async with trap(tmp_path) as other:
        dns.answers = {"*": ["127.0.0.1"]}
        url, name = f"http://elsewhere.example:{other.port}/", world.name("feed")
        stores.webhooks.create("acme", name, url, types=[type_], environment="production")
        event: Any = {"specversion": "1.0", "id": name, "source": "/x", "type": type_}
        by = Principal(tenant="acme", id="shop", kind="service")
        stores.events.accept("acme", environment="production", envelope=event, by=by)
        each = Posting(stores, Egress([*KNOWN], resolver=dns), 5.0, Reaching(stores))
        async with asyncio.timeout(30):
            # The platform's own workers may have taken it first.
            while "dead" not in stores.posts.states("acme", name):
                await each.look()
                await asyncio.sleep(0.05)
    (letter,) = [one for one in stores.letters.list("acme") if one.target == name]
    assert letter.reason.startswith("policy.destination: ")
    assert other.connections == 0


async def test_documents_are_fetched_only_from_where_policy_lets_calls_go(
    api: httpx2.AsyncClient,
    world: World,
    dns: Names,
    said_above: Callable[[Any], None],
    tmp_path: Path,
) -> None:
    said_above({"here": HERE})
    async with trap(tmp_path) as other:
        dns.answers = {"*": ["127.0.0.1"]}
        source = {"endpoint": f"http://elsewhere.example:{other.port}/"}
        task = {"call": "openapi", "with": {"document": source, "operationId": "x"}}
        name = world.name("fetched")
        document = {"dsl": "1.0.3", "namespace": "acme", "name": name, "version": "1.0.0"}
        assert await check(api, json.dumps({"document": document, "do": [{"ask": task}]}))
    assert other.connections == 0
