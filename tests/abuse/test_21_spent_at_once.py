"""Fifty runs at once that would each take what is left of a budget or a cap."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from public_works.caps import LEASE
from tests.abuse.city import done, start
from tests.abuse.post import MAIL, customer, letters
from tests.api.world import World, principal
from tests.runtime.platform import Platform

RUNS, LEFT = 50, 7
BUDGET = {"kind": "budget", "limit": f"{LEFT}.50 EUR", "per": "P1D", "amount": "1.00 EUR"}
CAP = {"kind": "frequencyCap", "max": LEFT, "per": "P1D", "scope": "solution", "onBreach": "deny"}


@pytest.mark.parametrize(
    ("policy", "code"),
    [(BUDGET, "policy.budget-exceeded"), (CAP, "policy.cap-reached")],
    ids=["budget", "cap"],
)
async def test_never_more_than_there_is_and_nothing_of_it_is_lost(
    platform: Platform, world: World, policy: dict[str, object], code: str
) -> None:
    tenant = f"case-21-{policy['kind']}".lower()
    who = customer(platform, tenant, "nell")
    async with await world.client(principal("mallory", "admin", tenant=tenant)) as api:
        name = world.name("spender")
        limited = {"policies": {"limit": policy}}
        assert (await api.put("/v1/policies/tenant", json=limited)).status_code == 200
        first = await start(api, name, MAIL.replace("NAME", name), {"customer": who})
        path = f"/v1/solutions/acme.{name}/intents/start"
        some = [api.post(path, json={"customer": who, "n": n}) for n in range(1, RUNS)]
        runs = [first, *(one.json()["run"] for one in await asyncio.gather(*some))]
        ends = [await done(platform, api, run, tenant=tenant) for run in runs]

        codes = [one["problem"]["code"] for one in ends if one["problem"]]
        assert (len(codes), set(codes)) == (RUNS - LEFT, {code})
        assert len(letters(platform, tenant, who)) == LEFT


def test_a_place_of_a_run_that_was_killed_before_it_began_is_free_again(
    platform: Platform,
) -> None:
    now = datetime(2026, 6, 3, tzinfo=UTC)
    place: dict[str, Any] = {
        "policy": "tenant/limit",
        "scope": "all",
        "max": 1,
        "window": timedelta(days=1),
    }
    reserve = platform.stores.caps.reserve
    killed = reserve("case-21", **place, key="killed", now=now, begun=False)
    next_ = reserve("case-21", **place, key="next", now=now)
    after = reserve("case-21", **place, key="next", now=now + LEASE)

    assert (killed.granted, next_.granted, after.granted) == (True, False, True)
