"""Where approvals are asked for: an environment that wants them, a mail that waits for one, and an
identity provider that says who is who."""

import asyncio
from typing import Any

import httpx2

from symphainy.identity import Principal
from tests.abuse.city import flow, said
from tests.abuse.post import customer, mailing
from tests.api.world import World, principal, problem
from tests.runtime.platform import Platform

__all__ = [
    "GUARDED",
    "REFUND",
    "acting",
    "asked",
    "customer_of",
    "decided",
    "deployed",
    "drafted",
    "grouped",
    "has_sent",
    "provisioned",
    "resting",
    "state",
    "submitted",
]

GUARDED = "guarded"
"""An environment that takes approved versions only."""

REFUND = {"kind": "approval", "before": ["send"], "role": "refunds", "distinctFrom": ["initiator"]}
SCIM = "urn:ietf:params:scim:schemas:core:2.0"


async def acting(world: World, by: Principal, path: str, body: Any = None) -> httpx2.Response:
    """What a POST answers to `by`, who has a key of their own."""
    async with await world.client(by) as client:
        return await client.post(path, json=body)


async def drafted(world: World, by: Principal) -> str:
    """The address of a version that `by` registered."""
    name, text = flow(world, "do:\n  - greet: {set: {greeting: hello}}\n")
    async with await world.client(by) as client:
        answer = await said(client, name, text)
    assert answer.status_code == 201, answer.text
    return f"/v1/solutions/acme.{name}/versions/1.0.0"


async def submitted(world: World, by: Principal, **more: Any) -> str:
    """The address of a version that `by` registered and laid before those who approve."""
    version = await drafted(world, by)
    answer = await acting(world, by, f"{version}/submit", more)
    assert answer.status_code == 200, answer.text
    return version


async def state(api: httpx2.AsyncClient, version: str) -> tuple[str, list[str]]:
    """The state of a version, and who has approved it."""
    shown = (await api.get(f"{version}/review")).json()
    return shown["state"], [one["by"] for one in shown["review"]["approvals"]]


async def deployed(api: httpx2.AsyncClient, version: str) -> tuple[str, list[str]]:
    """What an operator hears who deploys the version where it takes approval, and what has run
    there since."""
    answer = await api.post(f"{version}/deploy", json={"environment": GUARDED})
    heard = answer.json()["ground"] if answer.status_code == 200 else problem(answer)[1]
    solution = version.partition("/versions/")[0]
    ran = await api.get(f"{solution}/deployments", params={"environment": GUARDED})
    return heard, [one["version"] for one in ran.json()["items"]]


async def asked(
    world: World, platform: Platform, by: Principal, **more: Any
) -> tuple[str, dict[str, Any]]:
    """A run that `by` started, and the approval without which it sends no mail."""
    who = customer_of(platform, world)
    name = world.name("refund")
    text = mailing(sure={**REFUND, **more}).replace("NAME", name, 1)
    async with await world.client(principal("owner", "admin")) as api:
        assert (await said(api, name, text)).status_code == 201
        assert (await api.post(f"/v1/solutions/acme.{name}/versions/1.0.0/deploy")).is_success
    started = await acting(world, by, f"/v1/solutions/acme.{name}/intents/start", {"customer": who})
    assert started.status_code == 202, started.text
    return await resting(platform, started.json()["run"])


async def resting(platform: Platform, run: str) -> tuple[str, dict[str, Any]]:
    """The run, once it waits for a person, and what it asks."""
    await platform.until(run, "step.decided", outcome="approve")
    pending = await asyncio.to_thread(platform.stores.approvals.pending, "acme", None, 500)
    (found,) = [one for one in pending if one.run == run]
    return run, found.model_dump(mode="json")


def customer_of(platform: Platform, world: World) -> str:
    """A customer that nobody has written to."""
    return customer(platform, "acme", world.name("customer"))


async def decided(world: World, by: Principal, approval: dict[str, Any]) -> tuple[int, str]:
    """How an approval of `by` is refused."""
    return problem(await acting(world, by, f"/v1/approvals/{approval['id']}/approve"))


async def has_sent(platform: Platform, run: str) -> int:
    """How many mails the run has in the ledger."""
    found = await asyncio.to_thread(platform.stores.ledger.list, "acme", run=run)
    return len(found)


async def provisioned(world: World, **says: Any) -> str:
    """The id of somebody whom the identity provider tells of."""
    return await _told(world, "User", says)


async def grouped(world: World, name: str, *members: str) -> str:
    """The id of a group that the identity provider tells of."""
    inside = [{"value": one} for one in members]
    return await _told(world, "Group", {"displayName": name, "members": inside})


async def _told(world: World, kind: str, says: dict[str, Any]) -> str:
    body = {"schemas": [f"{SCIM}:{kind}"], **says}
    idp = principal("idp", "provisioner", kind="service")
    answer = await acting(world, idp, f"/scim/v2/{kind}s", body)
    assert answer.status_code == 201, answer.text
    id: str = answer.json()["id"]
    return id
