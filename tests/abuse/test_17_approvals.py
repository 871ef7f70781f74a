"""Case 17: somebody approves who must not: an author, an initiator, a machine, the same person by
another name, somebody who looked at something else, or has lost the role since.

Every attack ends with nothing deployed or sent, and then somebody does approve who may: what was
attacked had only waited for that.
"""

import asyncio
from typing import Any, Literal

import httpx2
import pytest

from symphainy.identity import Principal
from tests.abuse import bureau
from tests.api.world import World, principal, problem
from tests.runtime.platform import Platform

APPROVER = principal("ben", "approver")
FINANCE = principal("fay", "refunds")
ADA = principal("ada", "author")
SHOWN = {"kind": "simulation", "digest": "sha256:" + "1" * 64}


async def approving(world: World, by: Principal, version: str, body: Any = None) -> tuple[int, str]:
    """How an approval of `by` is refused."""
    return problem(await bureau.acting(world, by, f"{version}/approve", body))


async def was_not_approved(world: World, api: httpx2.AsyncClient, version: str) -> None:
    """Nobody approved it and nothing of it runs, until somebody approves it who may."""
    assert await bureau.state(api, version) == ("submitted", [])
    assert await bureau.deployed(api, version) == ("lifecycle.not-approved", [])
    assert (await bureau.acting(world, APPROVER, f"{version}/approve")).status_code == 200
    assert await bureau.deployed(api, version) == ("approved", ["1.0.0"])


async def was_not_sent(
    world: World, platform: Platform, run: str, approval: dict[str, Any], by: Principal = FINANCE
) -> None:
    """The run waits and has sent nothing, until somebody approves it who may."""
    kept = await asyncio.to_thread(platform.stores.approvals.get, "acme", approval["id"])
    assert kept is not None
    assert (kept.state, await bureau.has_sent(platform, run)) == ("pending", 0)
    assert (await platform.runs.get("acme", run)).status == "running"
    answer = await bureau.acting(world, by, f"/v1/approvals/{approval['id']}/approve")
    assert answer.status_code == 200, answer.text
    assert (await platform.finish(run)).status == "completed"
    assert await bureau.has_sent(platform, run) == 1


async def test_nobody_approves_the_definition_that_they_wrote(
    world: World, api: httpx2.AsyncClient
) -> None:
    amy = principal("amy", "author", "approver", "admin")
    version = await bureau.submitted(world, amy)
    assert await approving(world, amy, version) == (403, "lifecycle.own-work")
    # Nor with another key, nor after somebody else has laid it before them.
    await bureau.acting(world, ADA, f"{version}/submit", {"attached": [SHOWN]})
    for by in (amy, principal("amy", "approver")):
        assert await approving(world, by, version) == (403, "lifecycle.own-work")
    await was_not_approved(world, api, version)


async def test_nobody_approves_what_they_laid_before_others(
    world: World, api: httpx2.AsyncClient
) -> None:
    amy = principal("amy", "author", "approver")
    version = await bureau.drafted(world, ADA)
    assert (await bureau.acting(world, amy, f"{version}/submit")).status_code == 200
    assert await approving(world, amy, version) == (403, "lifecycle.own-work")
    await was_not_approved(world, api, version)


@pytest.mark.parametrize("kind", ["service", "agent"])
async def test_no_machine_approves_a_version_whatever_its_roles(
    world: World, api: httpx2.AsyncClient, kind: Literal["service", "agent"]
) -> None:
    roles = frozenset({"admin", "approver", "tenant-admin", "platform-admin"})
    machine = Principal(tenant="acme", id="robot", kind=kind, roles=roles)
    version = await bureau.submitted(world, ADA)
    assert await approving(world, machine, version) == (403, "api.forbidden")
    await was_not_approved(world, api, version)


async def test_what_an_agent_wrote_for_somebody_is_not_theirs_to_approve(
    world: World, api: httpx2.AsyncClient
) -> None:
    mia = principal("mia", "author", "approver")
    await asyncio.to_thread(world.services.stores.keys.issue, mia, name="own", environment="all")
    roles = frozenset({"author"})
    scribe = Principal(tenant="acme", id="scribe", kind="agent", roles=roles, on_behalf_of="mia")
    version = await bureau.submitted(world, scribe)
    assert await approving(world, mia, version) == (403, "lifecycle.own-work")
    await was_not_approved(world, api, version)


async def test_one_person_with_two_accounts_does_not_approve_their_own_version(
    world: World, api: httpx2.AsyncClient
) -> None:
    first, second, role = world.name("una"), world.name("una"), world.name("signer")
    version = await bureau.submitted(world, principal(first, "author"))
    una = await bureau.provisioned(world, userName=first, externalId=second)
    await bureau.grouped(world, role, una)
    may = {"actions": ["read", "review", "approve"], "groups": [role]}
    assert (await api.put(f"/v1/roles/{role}", json=may)).status_code == 200
    for name in (first, second, una):
        refused = await approving(world, principal(name, role), version)
        assert refused == (403, "lifecycle.own-work")
    await was_not_approved(world, api, version)


async def test_an_approval_of_other_evidence_or_another_plan_is_none(
    world: World, api: httpx2.AsyncClient
) -> None:
    version = await bureau.submitted(world, ADA)
    other = await bureau.submitted(world, ADA)
    old, foreign = [(await api.get(f"{one}/review")).json() for one in (version, other)]
    await bureau.acting(world, ADA, f"{version}/submit", {"attached": [SHOWN]})
    for given in (
        {"evidence": old["review"]["digest"]},
        {"evidence": old["review"]["digest"], "plan": old["plan"]},
        {"evidence": foreign["review"]["digest"]},
        {"plan": foreign["plan"]},
        {"plan": ""},
    ):
        refused = await approving(world, APPROVER, version, given)
        assert refused == (409, "lifecycle.other-digest")
    await was_not_approved(world, api, version)


@pytest.mark.parametrize("taken", ["member", "group", "role", "person"])
async def test_a_role_that_is_gone_since_the_submission_approves_no_version(
    world: World, api: httpx2.AsyncClient, taken: str
) -> None:
    name, role = world.name("zoe"), world.name("signer")
    zoe = await bureau.provisioned(world, userName=name)
    group = await bureau.grouped(world, role, zoe)
    may = {"actions": ["read", "approve"], "groups": [role]}
    assert (await api.put(f"/v1/roles/{role}", json=may)).status_code == 200
    async with await world.client(principal(name, role)) as hers:
        version = await bureau.submitted(world, ADA)
        assert (await hers.get(f"{version}/review")).status_code == 200
        await taken_away(world, api, taken, role=role, group=group, person=zoe)
        refused = problem(await hers.post(f"{version}/approve"))
    gone = (401, "api.unauthenticated") if taken == "person" else (403, "api.forbidden")
    assert refused == gone
    await was_not_approved(world, api, version)


async def taken_away(
    world: World, api: httpx2.AsyncClient, what: str, *, role: str, group: str, person: str
) -> None:
    """Have somebody lose their role, by one of the ways there are."""
    async with await world.client(principal("idp", "provisioner", kind="service")) as idp:
        message = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}
        out = {"op": "remove", "path": f'members[value eq "{person}"]'}
        off = {"op": "replace", "path": "active", "value": False}
        done = await {
            "member": lambda: idp.patch(
                f"/scim/v2/Groups/{group}", json={**message, "Operations": [out]}
            ),
            "group": lambda: idp.delete(f"/scim/v2/Groups/{group}"),
            "role": lambda: api.delete(f"/v1/roles/{role}"),
            "person": lambda: idp.patch(
                f"/scim/v2/Users/{person}", json={**message, "Operations": [off]}
            ),
        }[what]()
    assert done.status_code == 204, done.text


async def test_nobody_approves_the_payment_that_they_started(
    world: World, platform: Platform
) -> None:
    pat = principal("pat", "operator", "refunds", "admin")
    run, approval = await bureau.asked(world, platform, pat)
    for by in (pat, principal("pat", "refunds")):
        assert await bureau.decided(world, by, approval) == (403, "approval.not-distinct")
    await was_not_sent(world, platform, run, approval)


@pytest.mark.parametrize("kind", ["service", "agent"])
async def test_no_machine_approves_a_payment(
    world: World, platform: Platform, kind: Literal["service", "agent"]
) -> None:
    run, approval = await bureau.asked(world, platform, principal("pat", "operator"))
    roles = frozenset({"refunds", "admin"})
    machine = Principal(tenant="acme", id="robot", kind=kind, roles=roles)
    assert await bureau.decided(world, machine, approval) == (403, "approval.not-a-person")
    await was_not_sent(world, platform, run, approval)


async def test_nobody_without_the_role_or_of_another_tenant_approves_a_payment(
    world: World, platform: Platform
) -> None:
    run, approval = await bureau.asked(world, platform, principal("pat", "operator"))
    admin = principal("root", "admin", "platform-admin", "approver")
    assert await bureau.decided(world, admin, approval) == (403, "approval.role")
    stranger = principal("eve", "refunds", "admin", tenant="evil")
    assert await bureau.decided(world, stranger, approval) == (404, "approval.missing")
    await was_not_sent(world, platform, run, approval)


@pytest.mark.parametrize("by", ["themselves", "their agent"])
async def test_one_person_with_two_accounts_does_not_approve_their_own_payment(
    world: World, platform: Platform, api: httpx2.AsyncClient, by: str
) -> None:
    first, second, role = world.name("noa"), world.name("noa"), world.name("refunds")
    may = {"actions": ["read", "operate"], "groups": [role]}
    assert (await api.put(f"/v1/roles/{role}", json=may)).status_code == 200
    noa = principal(first, role)
    starter = noa
    if by == "their agent":
        issue = world.services.stores.keys.issue
        await asyncio.to_thread(issue, noa, name="own", environment="all")
        lent = {"id": "helper", "kind": "agent", "on_behalf_of": first}
        starter = noa.model_copy(update=lent)
    run, approval = await bureau.asked(world, platform, starter, role=role)
    # Only then the identity provider tells who that is.
    person = await bureau.provisioned(world, userName=second, externalId=first)
    await bureau.grouped(world, role, person)
    for name in (first, second, person):
        refused = await bureau.decided(world, principal(name, role), approval)
        assert refused == (403, "approval.not-distinct")
    await was_not_sent(world, platform, run, approval, principal("fay", role))


@pytest.mark.parametrize("taken", ["member", "group", "person"])
async def test_a_role_that_is_gone_since_the_question_approves_no_payment(
    world: World, platform: Platform, api: httpx2.AsyncClient, taken: str
) -> None:
    name, role = world.name("lou"), world.name("refunds")
    lou = await bureau.provisioned(world, userName=name)
    group = await bureau.grouped(world, role, lou)
    assert (await api.put(f"/v1/roles/{role}", json={"groups": [role]})).status_code == 200
    async with await world.client(principal(name, role)) as his:
        run, approval = await bureau.asked(world, platform, principal("pat", "operator"), role=role)
        await taken_away(world, api, taken, role=role, group=group, person=lou)
        refused = problem(await his.post(f"/v1/approvals/{approval['id']}/approve"))
    gone = (401, "api.unauthenticated") if taken == "person" else (403, "approval.role")
    assert refused == gone
    await was_not_sent(world, platform, run, approval, principal("fay", role))
