"""Limits: how often whom may ask, and what answers say of it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import httpx2
import pytest

from public_works import Settings
from solution_api.limits import Bucket, Limits
from symphainy.codes import CODES
from tests.api.world import World, listening, principal, problem

TIGHT = Settings(
    rate_principal=0.5,
    rate_principal_burst=3,
    rate_tenant=0.5,
    rate_tenant_burst=5,
    rate_intents=0.5,
    rate_intents_burst=1,
    rate_source=0.5,
    rate_source_burst=2,
    rate_doubted=0.5,
    rate_doubted_burst=4,
)


@dataclass
class Clock:
    """A clock that stands until it is told."""

    at: float = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def tight(world: World, clock: Clock) -> AsyncIterator[World]:
    """The API with little patience."""
    services = replace(world.services, limits=Limits(TIGHT, clock))
    async with listening(services) as url:
        yield World(url, services)


async def statuses(client: httpx2.AsyncClient, times: int, path: str = "/v1/keys") -> list[int]:
    return [(await client.get(path)).status_code for _ in range(times)]


def test_a_bucket_fills_again_and_never_above_its_brim(clock: Clock) -> None:
    bucket = Bucket("b", 2.0, 3, clock=clock)
    taken = [bucket.take("ada") for _ in range(4)]
    assert [(one.left, one.wait) for one in taken] == [(2, 0.0), (1, 0.0), (0, 0.0), (0, 0.5)]
    assert (taken[0].policy, taken[3].limit) == ('"b";q=3;w=2', '"b";r=0;t=1')
    assert bucket.take("eve").left == 2
    clock.at += 0.5
    assert [bucket.take("ada").wait for _ in range(2)] == [0.0, 0.5]
    clock.at += 3600
    assert bucket.take("ada").left == 2


def test_buckets_of_whoever_asked_long_ago_are_forgotten(clock: Clock) -> None:
    bucket = Bucket("b", 0.001, 1, clock=clock)
    bucket.take("first")
    assert bucket.take("first").wait > 0
    for n in range(20_000):
        bucket.take(str(n))
    assert bucket.take("first").wait == 0.0


async def test_who_asks_too_often_waits_and_their_colleague_does_not(
    tight: World, clock: Clock
) -> None:
    async with (
        await tight.client(principal("ada", "admin", tenant="busy")) as ada,
        await tight.client(principal("bob", "admin", tenant="busy")) as bob,
        await tight.client(principal("eve", "admin", tenant="idle")) as eve,
    ):
        assert await statuses(ada, 3) == [200, 200, 200]
        late = await ada.get("/v1/keys")
        assert problem(late) == (429, "api.rate-limited")
        assert late.headers["retry-after"] == "2"
        assert late.headers["ratelimit-policy"] == '"principal";q=3;w=6'
        assert late.headers["ratelimit"] == '"principal";r=0;t=2'
        # Two of the tenant's five are left, whoever asks.
        assert await statuses(bob, 3) == [200, 200, 429]
        first = await eve.get("/v1/keys")
        assert first.headers["ratelimit-policy"] == '"principal";q=3;w=6, "tenant";q=5;w=10'
        assert first.headers["ratelimit"] == '"principal";r=2;t=0, "tenant";r=4;t=0'
        clock.at += 2
        assert await statuses(ada, 2) == [200, 429]


async def test_another_key_of_the_same_principal_has_the_same_limit(tight: World) -> None:
    ada = principal("ada", "admin", tenant="rotating")
    async with await tight.client(ada) as first:
        assert await statuses(first, 2) == [200, 200]
        mine = first.headers["authorization"].split("_")[2]
        rotated = await first.post(f"/v1/keys/{mine}/rotate")
        headers = {"Authorization": f"Bearer {rotated.json()['key']}"}
    async with (
        httpx2.AsyncClient(base_url=tight.url, headers=headers, timeout=60) as second,
        await tight.client(ada) as third,
    ):
        assert await statuses(second, 1) == [429]
        assert await statuses(third, 1) == [429]


async def test_nobody_asks_more_often_by_having_agents(tight: World) -> None:
    ada = principal("ada", "admin", tenant="helped")
    agents = [
        ada.model_copy(update={"id": f"helper-{n}", "kind": "agent", "on_behalf_of": "ada"})
        for n in range(4)
    ]
    async with await tight.client(ada) as own:
        answers = []
        for one in agents:
            async with await tight.client(one) as agent:
                answers.append(await agent.get("/v1/solutions"))
        assert [one.status_code for one in answers] == [200, 200, 200, 429]
        assert answers[3].headers["ratelimit"].startswith('"principal";r=2;t=0, "user";r=0')
        assert await statuses(own, 1) == [429]


@pytest.mark.parametrize(
    "header",
    [
        *("x-forwarded-for", "x-real-ip", "forwarded", "host", "user-agent", "idempotency-key"),
        *("x-tenant", "on-behalf-of", "x-http-method-override", "cookie", "traceparent"),
    ],
)
async def test_no_header_is_a_way_round(tight: World, header: str) -> None:
    async with await tight.client(principal(header, "admin", tenant="dodging")) as client:
        sent = [await client.get("/v1/keys", headers={header: f"h{n}"}) for n in range(4)]
    assert [one.status_code for one in sent] == [200, 200, 200, 429]


async def test_intents_are_counted_by_themselves(tight: World) -> None:
    async with await tight.client(principal("ina", "admin", tenant="eager")) as ina:
        sent = [await ina.post("/v1/solutions/acme.none/intents/start") for _ in range(2)]
        assert [problem(one) for one in sent] == [
            (404, "solution.unknown"),
            (429, "api.rate-limited"),
        ]
        assert '"intents";q=1;w=2' in sent[1].headers["ratelimit-policy"]
        assert (await ina.get("/v1/keys")).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/v1/unsubscribe/x", "/preferences/x", "/v1/widgets/session"],
)
async def test_strangers_are_counted_by_their_address(tight: World, path: str) -> None:
    async with httpx2.AsyncClient(base_url=tight.url, timeout=60) as nobody:
        answers = [await nobody.get(path) for _ in range(3)]
        assert 429 not in [one.status_code for one in answers[:2]]
        assert problem(answers[2]) == (429, "api.rate-limited")
        assert answers[2].headers["ratelimit-policy"] == '"source";q=2;w=4'
        assert (await nobody.get("/health")).status_code == 200


async def test_strangers_of_another_tenant_come_in_while_those_of_one_are_too_many(
    tight: World,
) -> None:
    async with httpx2.AsyncClient(base_url=tight.url, timeout=60) as nobody:
        assert (await statuses(nobody, 3, "/v1/widgets/session?t=one"))[2] == 429
        assert (await statuses(nobody, 1, "/v1/widgets/session?t=two"))[0] != 429
        # Names of tenants that are made up are no way round.
        many = [(await statuses(nobody, 1, f"/v1/widgets/session?t=n{n}"))[0] for n in range(20)]
        assert many[-1] == 429


async def test_a_flood_of_wrong_keys_is_stopped_and_who_was_known_is_not(tight: World) -> None:
    async with (
        await tight.client(principal("known", "admin", tenant="flooded")) as known,
        httpx2.AsyncClient(base_url=tight.url, timeout=60) as nobody,
    ):
        assert await statuses(known, 1) == [200]
        wrong = {"Authorization": "Bearer sym_wrong"}
        answers = [(await nobody.get("/v1/keys", headers=wrong)).status_code for _ in range(5)]
        assert answers == [401, 401, 401, 401, 429]
        assert await statuses(known, 1) == [200]
        new = await tight.client(principal("new", "admin", tenant="flooded"))
        assert problem(await new.get("/v1/keys")) == (429, "api.rate-limited")
        await new.aclose()
        assert (await nobody.get("/v1/codes")).status_code == 200


async def test_what_is_usual_is_never_limited(world: World) -> None:
    async with await world.client(principal("usual", "admin", tenant="usual")) as client:
        found = await asyncio.gather(*(client.get("/v1/keys") for _ in range(300)))
    assert {one.status_code for one in found} == {200}
    assert CODES["api.rate-limited"].status == 429
