"""Case 18: an approval that was good once is shown again: twice, at once, too late, taken back, or
after what it was about has changed. It has no second effect."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from public_works.record import now
from public_works.tables import ApprovalRow
from solution_api import open_services
from symphainy.errors import Refused
from tests.abuse import bureau
from tests.abuse.city import said
from tests.abuse.post import customer, letters, mailing
from tests.api.governed import City, governed
from tests.api.world import World, listening, principal, problem
from tests.runtime.platform import Platform

ADA = principal("ada", "author")
BEN = principal("ben", "approver")
FAY, FRED = principal("fay", "refunds"), principal("fred", "refunds")
PAT = principal("pat", "operator")
SHOWN = {"kind": "simulation", "digest": "sha256:" + "1" * 64}
SAME = {"Idempotency-Key": "once"}


@pytest.fixture
async def strict(world: World) -> AsyncIterator[City]:
    """An installation that asks for two approvals."""
    async with governed(world, approvals_needed=2) as city:
        yield city


async def approved(world: World, **more: Any) -> str:
    """A version that Ben has approved."""
    version = await bureau.submitted(world, ADA, **more)
    answer = await bureau.acting(world, BEN, f"{version}/approve")
    assert answer.json()["state"] == "approved", answer.text
    return version


async def test_an_approval_said_again_and_again_is_one(strict: City) -> None:
    version = await strict.submitted()
    ben, bea, admin = (strict.people[one] for one in ("ben", "bea", "opal"))
    answers = await asyncio.gather(
        *(ben.post(f"{version}/approve", headers=SAME) for _ in range(4)),
        *(ben.post(f"{version}/approve") for _ in range(4)),
    )
    assert {one.status_code for one in answers} == {200}
    assert await bureau.state(bea, version) == ("submitted", ["ben"])
    assert await bureau.deployed(admin, version) == ("lifecycle.not-approved", [])
    assert (await bea.post(f"{version}/approve")).status_code == 200
    assert await bureau.deployed(admin, version) == ("approved", ["1.0.0"])


async def test_two_accounts_of_one_person_approve_once(
    strict: City, api: httpx2.AsyncClient
) -> None:
    world = strict.world
    version = await strict.submitted()
    first, second, role = world.name("una"), world.name("una"), world.name("signer")
    # One of the two from before anybody told whose they are.
    early = await bureau.acting(world, principal(first, "approver"), f"{version}/approve")
    assert early.status_code == 200, early.text
    una = await bureau.provisioned(world, userName=second, externalId=world.name("una"))
    await bureau.grouped(world, role, una)
    may = {"actions": ["read", "approve"], "groups": [role]}
    assert (await api.put(f"/v1/roles/{role}", json=may)).status_code == 200
    for name in (second, una, second):
        await bureau.acting(world, principal(name, role), f"{version}/approve")
    _, by = await bureau.state(api, version)
    assert by == [first, una]


async def test_an_approval_of_the_evidence_before_counts_for_nothing(strict: City) -> None:
    version = await strict.submitted()
    ben, bea, opal = (strict.people[one] for one in ("ben", "bea", "opal"))
    first = (await ben.post(f"{version}/approve")).json()["review"]
    again = await strict.people["ada"].post(f"{version}/submit", json={"attached": [SHOWN]})
    assert again.json()["review"]["n"] == 2
    for by in (ben, bea):
        old = await by.post(f"{version}/approve", json={"evidence": first["digest"]})
        assert problem(old) == (409, "lifecycle.other-digest")
    # Whoever approves now is the first.
    await bea.post(f"{version}/approve")
    assert await bureau.state(ben, version) == ("submitted", ["bea"])
    assert await bureau.deployed(opal, version) == ("lifecycle.not-approved", [])


async def test_an_approval_is_not_one_of_the_next_version(
    world: World, api: httpx2.AsyncClient
) -> None:
    version = await approved(world)
    shown = (await api.get(f"{version}/review")).json()
    name = version.split("/")[3].removeprefix("acme.")
    text = (await api.get(version, params={"raw": True})).text
    # A version is what it was: what changes is another one.
    other = await said(api, name, text.replace("hello", "goodbye"))
    assert problem(other) == (409, "solution.version-taken")
    later = version.replace("1.0.0", "1.0.1")
    changed = text.replace("1.0.0", "1.0.1").replace("hello", "goodbye")
    yaml = {"Content-Type": "application/yaml"}
    assert (await api.put(later, content=changed, headers=yaml)).status_code == 201
    old = {"plan": shown["plan"], "evidence": shown["review"]["digest"]}
    early = await bureau.acting(world, BEN, f"{later}/approve", old)
    assert problem(early) == (409, "lifecycle.not-submitted")
    await bureau.acting(world, ADA, f"{later}/submit")
    refused = await bureau.acting(world, BEN, f"{later}/approve", old)
    assert problem(refused) == (409, "lifecycle.other-digest")
    assert await bureau.deployed(api, later) == ("lifecycle.not-approved", [])
    assert await bureau.deployed(api, version) == ("approved", ["1.0.0"])


async def test_an_approval_that_was_taken_back_is_not_said_again(
    world: World, api: httpx2.AsyncClient
) -> None:
    version = await bureau.submitted(world, ADA)
    async with await world.client(BEN) as ben:
        first = await ben.post(f"{version}/approve", headers=SAME)
        back = await ben.post(f"{version}/reject", json={"reason": "I missed a call."})
        assert (first.json()["state"], back.json()["state"]) == ("approved", "draft")
        for headers in (SAME, {}):
            again = await ben.post(f"{version}/approve", headers=headers)
            assert problem(again) == (409, "lifecycle.not-submitted")
    assert await bureau.deployed(api, version) == ("lifecycle.not-approved", [])
    await bureau.acting(world, ADA, f"{version}/submit")
    assert await bureau.deployed(api, version) == ("lifecycle.not-approved", [])


async def test_an_approval_that_expired_lets_nothing_run(
    world: World, api: httpx2.AsyncClient
) -> None:
    version = await bureau.submitted(world, ADA)
    async with governed(world, approval_days=0) as brief:
        answer = await brief.people["ben"].post(f"{version}/approve")
        assert [one["by"] for one in answer.json()["review"]["approvals"]] == ["ben"]
    assert await bureau.deployed(api, version) == ("lifecycle.not-approved", [])
    again = await bureau.acting(world, BEN, f"{version}/approve")
    assert problem(again) == (409, "lifecycle.not-submitted")
    assert await bureau.deployed(api, version) == ("lifecycle.not-approved", [])


async def test_a_payment_that_many_approve_at_once_is_made_once(
    world: World, platform: Platform
) -> None:
    run, approval = await bureau.asked(world, platform, PAT)
    path = f"/v1/approvals/{approval['id']}/approve"
    async with await world.client(FAY) as fay, await world.client(FRED) as fred:
        answers = await asyncio.gather(
            *(one.post(path, headers=headers) for one in (fay, fred) for headers in (SAME, {}) * 2)
        )
        assert (await platform.finish(run)).status == "completed"
        answers += [await one.post(path, headers=SAME) for one in (fay, fred)]
        reversal = await fred.post(path.replace("/approve", "/reject"))
    yes = [one for one in answers if one.status_code == 200]
    no = [problem(one)[1] for one in answers if one.status_code != 200]
    assert {one.json()["by"] for one in yes} in ({"fay"}, {"fred"})
    assert set(no) <= {"approval.decided", "run.closed"}
    assert problem(reversal) == (409, "approval.decided")
    assert await bureau.has_sent(platform, run) == 1


async def test_an_approval_of_one_run_is_none_of_the_next(
    world: World, platform: Platform, api: httpx2.AsyncClient
) -> None:
    run, approval = await bureau.asked(world, platform, PAT)
    path = f"/v1/approvals/{approval['id']}/approve"
    assert (await bureau.acting(world, FAY, path)).status_code == 200
    await platform.finish(run)
    who = bureau.customer_of(platform, world)
    started = await bureau.acting(
        world, PAT, f"/v1/solutions/{approval['solution']}/intents/start", {"customer": who}
    )
    next_run, other = await bureau.resting(platform, started.json()["run"])
    again = await bureau.acting(world, FAY, path)
    assert (again.status_code, again.json()["run"]) == (200, run)
    # Nor when it is shown to that run itself.
    with pytest.raises(Refused) as refused:
        await platform.runs.answer(FAY, next_run, approval["id"], granted=True)
    assert refused.value.code == "approval.not-pending"
    assert (approval["id"] != other["id"], await bureau.has_sent(platform, next_run)) == (True, 0)
    assert (await platform.runs.get("acme", next_run)).status == "running"


async def test_an_approval_after_a_rejection_pays_nothing(world: World, platform: Platform) -> None:
    run, approval = await bureau.asked(world, platform, PAT)
    path = f"/v1/approvals/{approval['id']}"
    assert (await bureau.acting(world, FAY, f"{path}/reject")).status_code == 200
    for by in (FAY, FRED):
        assert await bureau.decided(world, by, approval) == (409, "approval.decided")
    finished = await platform.finish(run)
    assert finished.problem is not None
    assert finished.problem["code"] == "policy.approval-rejected"
    assert await bureau.has_sent(platform, run) == 0


async def test_an_approval_of_a_run_that_was_cancelled_pays_nothing(
    world: World, platform: Platform, api: httpx2.AsyncClient
) -> None:
    run, approval = await bureau.asked(world, platform, PAT)
    assert (await api.post(f"/v1/runs/{run}/cancel")).is_success
    await platform.finish(run)
    async with asyncio.timeout(30):
        # Whoever watches runs notices that nobody waits for an answer any more.
        while (await api.get(f"/v1/approvals/{approval['id']}")).json()["state"] == "pending":
            await asyncio.sleep(0.05)
    assert await bureau.decided(world, FAY, approval) == (409, "approval.expired")
    assert await bureau.has_sent(platform, run) == 0


async def test_an_answer_that_comes_too_late_is_none_even_if_the_run_did_not_notice_yet(
    world: World, platform: Platform
) -> None:
    run, approval = await bureau.asked(world, platform, PAT, within="P2D")

    def lapse() -> None:
        # As if nobody had worked for the run since, so that its timer has yet to fire.
        with platform.stores.database.session() as session:
            row = session.get(ApprovalRow, {"tenant": "acme", "id": approval["id"]})
            assert row is not None
            row.expires = now() - timedelta(seconds=1)

    await asyncio.to_thread(lapse)
    assert await bureau.decided(world, FAY, approval) == (409, "approval.expired")
    assert (await platform.runs.get("acme", run)).status == "running"
    assert await bureau.has_sent(platform, run) == 0


async def test_an_approval_after_its_time_sends_nothing(skipping: Platform) -> None:
    timely = {**bureau.REFUND, "within": "P2D", "onTimeout": "skip"}
    sure = {**bureau.REFUND, "before": ["again"]}
    text = mailing(timely=timely, sure=sure).replace("NAME", "late-{{n}}", 1)
    text += (
        '  - again: {call: email, with: {to: "${ $workflow.input.customer }", template: hello}}\n'
    )
    who = customer(skipping, "acme", "late")
    submission = await skipping.submit(skipping.deploy(text), {"customer": who})
    run, approval = await bureau.resting(skipping, submission.run)
    await skipping.environment.sleep(timedelta(days=3))
    await skipping.until(run, "step.decided", policy="sure")

    async with open_services(skipping.settings) as services, listening(services) as url:
        world = World(url, services)
        for code in ("approval.not-pending", "approval.expired"):
            assert await bureau.decided(world, FAY, approval) == (409, code)
        assert letters(skipping, "acme", who) == []
        waiting = await asyncio.to_thread(skipping.stores.approvals.pending, "acme")
        (other,) = [one for one in waiting if one.policy == "solution/sure"]
        answer = await bureau.acting(world, FAY, f"/v1/approvals/{other.id}/approve")
        assert answer.status_code == 200, answer.text
    assert (await skipping.finish(run)).status == "completed"
    assert [one.step for one in letters(skipping, "acme", who)] == ["/do/1/again"]


async def test_an_approval_of_one_definition_sends_nothing_of_the_next(
    world: World, platform: Platform, api: httpx2.AsyncClient
) -> None:
    run, approval = await bureau.asked(world, platform, PAT)
    versions = f"/v1/solutions/{approval['solution']}/versions"
    text = (await api.get(f"{versions}/1.0.0", params={"raw": True})).text
    other = text.replace("version: 1.0.0", "version: 1.1.0, metadata: {migrates: [1.0.*]}")
    other = other.replace(", hello.", ", everything.")
    yaml = {"Content-Type": "application/yaml"}
    assert (await api.put(f"{versions}/1.1.0", content=other, headers=yaml)).status_code == 201
    assert (await api.post(f"{versions}/1.1.0/deploy")).is_success
    moved = await api.post(f"/v1/runs/{run}/migrate")
    assert moved.status_code == 202, moved.text
    later = await asked_again(platform, run, approval)

    await bureau.acting(world, FAY, f"/v1/approvals/{approval['id']}/approve")
    assert (await platform.runs.get("acme", run)).status == "running"
    assert await bureau.has_sent(platform, run) == 0
    answer = await bureau.acting(world, FAY, f"/v1/approvals/{later}/approve")
    assert answer.status_code == 200, answer.text
    assert (await platform.finish(run)).status == "completed"
    assert await bureau.has_sent(platform, run) == 1


async def asked_again(platform: Platform, run: str, before: dict[str, Any]) -> str:
    """The id of what the run asks besides, once it does."""
    async with asyncio.timeout(30):
        while True:
            pending = await asyncio.to_thread(platform.stores.approvals.pending, "acme", None, 500)
            found = [one.id for one in pending if one.run == run and one.id != before["id"]]
            if found:
                return found[0]
            await asyncio.sleep(0.05)
