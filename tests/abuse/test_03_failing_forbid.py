"""A forbid that fails to evaluate, which Cedar by itself would skip, so that its step goes on."""

import pytest

from tests.abuse.city import done, find, start
from tests.abuse.post import MAIL, customer, letters
from tests.api.world import World, principal, problem
from tests.runtime.platform import Platform

OVERFLOWS = "9223372036854775807 + 1 > 0"
LACKING = ["context.chanel == 3", "resource.channel > 3", 'context.clocks["x"].minute > 3']


def forbid(condition: str) -> dict[str, object]:
    text = f'@id("tenant/a") forbid(principal, action, resource) when {{ {condition} }};'
    return {"policies": {"raw": {"kind": "cedar", "forbid": text}}}


@pytest.mark.parametrize("condition", LACKING)
async def test_a_policy_that_reads_what_is_not_there_is_refused(
    world: World, condition: str
) -> None:
    async with await world.client(principal("mallory", "admin", tenant="case-3")) as tenant:
        answer = await tenant.put("/v1/policies/tenant", json=forbid(condition))
        assert problem(answer) == (422, "policy.not-compiled")


async def test_a_forbid_that_fails_denies_and_the_record_says_that_it_failed(
    platform: Platform, world: World
) -> None:
    who = customer(platform, "case-3", "nora")
    async with await world.client(principal("mallory", "admin", tenant="case-3")) as tenant:
        name = world.name("overflow")
        assert (await tenant.put("/v1/policies/tenant", json=forbid(OVERFLOWS))).status_code == 200
        run = await start(tenant, name, MAIL.replace("NAME", name), {"customer": who})
        shown = await done(platform, tenant, run, tenant="case-3")

        assert (shown["status"], shown["problem"]["code"]) == ("faulted", "policy.engine-error")
        assert letters(platform, "case-3", who) == []
        (decision,) = (await tenant.get("/v1/decisions", params={"run": run})).json()["items"]
        assert (decision["outcome"], decision["details"]["determining"]) == (
            "deny",
            ["engine/error"],
        )
        assert await find(tenant, "policies.changed")
