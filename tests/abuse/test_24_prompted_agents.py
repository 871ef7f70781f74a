"""An agent was talked into something: what it asks for then is no more than it may.

What tools and models agents may use is for the policies of the kind agentTools; here an agent has
every role there is, and does what nobody but a person may.
"""

import asyncio

import httpx2

from symphainy.identity import Principal
from tests.abuse.city import flow, said
from tests.api.world import World, problem

ROLES = frozenset({"admin", "platform-admin", "approver", "reviewer"})


async def test_an_agent_with_every_role_neither_approves_nor_deploys_nor_governs(
    world: World, api: httpx2.AsyncClient
) -> None:
    agent = Principal(tenant="acme", id="helper", kind="agent", roles=ROLES)
    name, text = flow(world, "do:\n  - x: {set: {a: 1}}\n")
    assert (await said(api, name, text)).status_code == 201
    version = f"/v1/solutions/acme.{name}/versions/1.0.0"
    approving = world.services.stores.approvals
    asked = await asyncio.to_thread(
        approving.request,
        "acme",
        id=world.name("asked"),
        run="acme.x:1",
        workflow_id="acme/acme.x/1",
        solution="acme.x",
        step="/do/0",
        policy="solution/p",
        role="approver",
        reason=None,
        initiator="owner",
        expires=None,
    )
    async with await world.client(agent) as client:
        tried = [
            await client.post(f"{version}/deploy"),
            await client.post(f"{version}/approve"),
            await client.put("/v1/policies/tenant", json={"policies": {}}),
            await client.put("/v1/policies/platform", json={"policies": {}}),
            await client.post("/v1/keys", json={"name": "k", "principal": "k", "roles": ["admin"]}),
        ]
        answered = await client.post(f"/v1/approvals/{asked.id}/approve")

    assert [problem(one) for one in tried] == [(403, "api.forbidden")] * len(tried)
    assert problem(answered)[0] in (403, 404, 409)
    kept = await asyncio.to_thread(approving.get, "acme", asked.id)
    assert kept is not None
    assert kept.state == "pending"
