"""A tenant who may only forbid writes Cedar that permits everything, hoping to open every door."""

import httpx2
import pytest

from tests.abuse.city import HEAD, said
from tests.api.world import World, principal, problem

PERMIT = "permit(principal, action, resource);"
HIDDEN = (
    '@id("tenant/a") forbid(principal, action, resource) when { false }; '
    '@id("tenant/b") permit(principal, action, resource);'
)


@pytest.mark.parametrize("text", [PERMIT, f'@id("tenant/all") {PERMIT}', HIDDEN])
async def test_a_permit_of_a_tenant_is_refused_and_the_rule_is_named(
    world: World, text: str
) -> None:
    async with await world.client(principal("mallory", "admin", tenant="case-1")) as tenant:
        raw = {"policies": {"raw": {"kind": "cedar", "forbid": text}}}
        answer = await tenant.put("/v1/policies/tenant", json=raw)

        assert problem(answer) == (422, "policy.value")
        (found,) = answer.json()["findings"]
        assert found["pointer"] == "/policies/raw/forbid"
        assert "only the platform permits" in found["message"]
        assert (await tenant.get("/v1/policies/tenant")).json()["policies"] == {}


async def test_a_permit_in_a_definition_is_refused_and_the_rule_is_named(
    api: httpx2.AsyncClient, world: World
) -> None:
    name = world.name("permit")
    permit = (
        f"policies:\n  raw: {{kind: cedar, forbid: '{PERMIT}'}}\ndo:\n  - x: {{set: {{a: 1}}}}\n"
    )

    answer = await said(api, name, HEAD.replace("NAME", name) + permit)

    assert problem(answer) == (422, "policy.value")
    (found,) = [one for one in answer.json()["findings"] if one["severity"] == "error"]
    assert (found["pointer"], "only the platform permits" in found["message"]) == (
        "/policies/raw/forbid",
        True,
    )
    assert problem(await api.get(f"/v1/solutions/acme.{name}")) == (404, "solution.missing")


@pytest.mark.parametrize("layer", ["tenant", "platform"])
async def test_nobody_but_whoever_governs_writes_a_layer(world: World, layer: str) -> None:
    async with await world.client(principal("mallory", "author", tenant="case-1")) as author:
        answer = await author.put(f"/v1/policies/{layer}", json={"policies": {}})
        assert problem(answer) == (403, "api.forbidden")
