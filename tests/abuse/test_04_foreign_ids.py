"""A tenant who names an obligation that nobody knows, or signs a rule as the platform's."""

import httpx2
import pytest

from tests.abuse.city import HEAD, check
from tests.api.world import World, principal, problem

REST = "forbid(principal, action, resource);"
FOREIGN = {
    "platform's id": ('@id("platform/permit")', "not yours"),
    "solution's id": ('@id("solution/a")', "not yours"),
    "another tenant's id": ('@id("globex/a")', "not yours"),
    "no id": ("", "every statement has an @id"),
    "unknown obligation": ('@id("tenant/a") @obligation("applaud")', "none of deny, skip"),
    "generous obligation": ('@id("tenant/a") @obligation("allow")', "none of deny, skip"),
    "a layer of its own": ('@id("tenant/a") @layer("platform")', "@layer is none of"),
}


@pytest.mark.parametrize(("annotations", "why"), FOREIGN.values(), ids=FOREIGN.keys())
async def test_what_claims_to_be_of_others_is_refused_at_submission(
    world: World, annotations: str, why: str
) -> None:
    async with await world.client(principal("mallory", "admin", tenant="case-4")) as tenant:
        raw = {"policies": {"raw": {"kind": "cedar", "forbid": f"{annotations} {REST}"}}}
        answer = await tenant.put("/v1/policies/tenant", json=raw)

        assert problem(answer) == (422, "policy.value")
        assert why in answer.json()["findings"][0]["message"]
        assert (await tenant.get("/v1/policies/tenant")).json()["policies"] == {}


async def test_a_solution_cannot_speak_for_its_tenant(api: httpx2.AsyncClient) -> None:
    raw = f"policies:\n  raw: {{kind: cedar, forbid: '@id(\"tenant/a\") {REST}'}}\n"
    document = HEAD.replace("NAME", "foreign") + raw + "do:\n  - x: {set: {a: 1}}\n"

    assert await check(api, document) == ["policy.value"]


async def test_a_field_that_no_policy_knows_is_refused_and_not_dropped(world: World) -> None:
    async with await world.client(principal("mallory", "admin", tenant="case-4")) as tenant:
        cap = {"kind": "frequencyCap", "max": 1, "per": "P1D", "obligation": "applaud"}
        answer = await tenant.put("/v1/policies/tenant", json={"policies": {"cap": cap}})
        assert problem(answer) == (422, "policy.unknown-field")
