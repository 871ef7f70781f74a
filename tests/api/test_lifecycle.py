"""The governed life of versions, through the API, as an installation has it."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from smart_city.lifecycle import Evidence, Rules
from smart_city.roles import OwnRole
from symphainy.identity import Principal
from tests.api.governed import City, governed
from tests.api.world import World, principal, problem, pure, put


@pytest.fixture(scope="module")
async def city(world: World) -> AsyncIterator[City]:
    async with governed(world) as city:
        yield city


async def state(city: City, version: str) -> str:
    """The state of a version, as everybody sees it."""
    found: str = (await city.people["vera"].get(version)).json()["state"]
    return found


async def test_a_version_goes_from_draft_over_four_eyes_to_production(city: City) -> None:
    version = await city.drafted()
    states = [await state(city, version)]
    for who, act in (("ada", "submit"), ("ben", "approve")):
        answer = await city.people[who].post(f"{version}/{act}")
        states.append(answer.json()["state"])
    done = await city.deployed(version, "production")
    assert (done.status_code, done.json()["ground"]) == (200, "approved")
    states.append(await state(city, version))
    solution = version.split("/versions/")[0]
    await city.people["opal"].post(f"{solution}/pause")
    states.append(await state(city, version))
    await city.people["opal"].post(f"{solution}/resume")
    await city.people["opal"].post(f"{version}/retire")
    states.append(await state(city, version))
    assert states == ["draft", "submitted", "approved", "deployed", "paused", "retired"]


async def test_the_sandbox_takes_drafts_and_nothing_else_does(city: City) -> None:
    version = await city.drafted()
    tried = await city.deployed(version, "sandbox")
    assert (tried.status_code, tried.json()["ground"]) == (200, "free")
    assert await state(city, version) == "draft"
    for environment in ("staging", "production", "anything"):
        refused = await city.deployed(version, environment)
        assert problem(refused) == (409, "lifecycle.not-approved")
    assert refused.json()["detail"] == (
        f"{version.split('/')[3]} 1.0.0 is a draft, and anything takes what is approved: its "
        "author submits it (`symphainy submit`), then it takes the approval of a person with one "
        "of the roles approver, tenant-admin, platform-admin, other than ada."
    )
    by_default = await city.people["opal"].post(f"{version}/deploy")
    assert problem(by_default) == (409, "lifecycle.not-approved")


async def test_what_waits_for_approval_is_not_deployed_and_says_who_can_give_it(
    city: City,
) -> None:
    version = await city.submitted()
    refused = await city.deployed(version, "production")
    assert "is under review" in refused.json()["detail"]
    assert "other than ada" in refused.json()["detail"]
    waiting = (await city.people["ben"].get("/v1/reviews?limit=200")).json()["items"]
    assert version.split("/")[3] in [one["solution"] for one in waiting]


@pytest.mark.parametrize(("who", "code"), [("amy", "lifecycle.own-work"), ("ada", "api.forbidden")])
async def test_an_author_does_not_approve_their_own_work(city: City, who: str, code: str) -> None:
    version = await city.submitted(who)
    assert problem(await city.people[who].post(f"{version}/approve")) == (403, code)
    assert await state(city, version) == "submitted"


async def test_who_submitted_it_does_not_approve_it_either(city: City) -> None:
    version = await city.drafted("ada")
    await city.people["amy"].post(f"{version}/submit")
    refused = await city.people["amy"].post(f"{version}/approve")
    assert problem(refused) == (403, "lifecycle.own-work")


@pytest.mark.parametrize("kind", ["service", "agent"])
async def test_no_service_or_agent_approves_whatever_its_roles(city: City, kind: str) -> None:
    version = await city.submitted()
    machine = Principal.model_validate(
        {"tenant": "acme", "id": f"ci-{kind}", "kind": kind, "roles": ["approver", "admin"]}
    )
    async with await city.world.client(machine) as client:
        assert problem(await client.post(f"{version}/approve")) == (403, "api.forbidden")
        refused = await client.post(f"{version}/reject", json={"reason": "no"})
        assert problem(refused) == (403, "api.forbidden")


async def test_one_person_with_two_accounts_is_one_person(city: City) -> None:
    name = city.name()
    first, second = (principal(id, "author", "approver") for id in ("una", "una-too"))
    version = f"/v1/solutions/acme.{name}/versions/1.0.0"
    async with await city.world.client(first) as client:
        await put(client, name, pure(name))
        await client.post(f"{version}/submit")
    stores = city.world.services.stores
    una = stores.people.create("acme", user_name="una", external_id="una-too")
    stores.groups.create("acme", name="signers", members=[una.id])
    may = OwnRole(name="signer", actions=frozenset({"read", "review", "approve"}))
    stores.roles.put("acme", may.model_copy(update={"groups": ("signers",)}), by="owner")
    async with await city.world.client(second) as client:
        refused = await client.post(f"{version}/approve")
    assert problem(refused) == (403, "lifecycle.own-work")
    assert refused.json()["detail"].startswith("una, who stands for the same person, wrote")


async def test_what_an_agent_wrote_for_somebody_is_not_theirs_to_approve(city: City) -> None:
    name = city.name()
    version = f"/v1/solutions/acme.{name}/versions/1.0.0"
    stores = city.world.services.stores
    agent = Principal(tenant="acme", id="scribe", kind="agent", on_behalf_of="amy")
    evidence = Evidence(plan="p", definition="d", findings="f", policies="b")
    await put(city.people["ada"], name, pure(name))
    stores.reviews.submit("acme", f"acme.{name}", "1.0.0", agent, evidence=evidence, rules=Rules())
    refused = await city.people["amy"].post(f"{version}/approve")
    assert problem(refused) == (403, "lifecycle.own-work")
    assert (await city.people["ben"].post(f"{version}/approve")).status_code == 200


async def test_a_role_that_was_taken_away_since_the_request_counts_for_nothing(
    city: City,
) -> None:
    version = await city.submitted()
    keys = city.world.services.stores.keys
    zoe = Principal(tenant="acme", id="zoe", kind="user", roles=frozenset({"approver"}))
    async with await city.world.client(zoe) as client:
        seen = await client.get(f"{version}/review")
        assert seen.status_code == 200
        for one in keys.list("acme"):
            if one.principal == "zoe":
                keys.revoke("acme", one.id)
        assert problem(await client.post(f"{version}/approve")) == (401, "api.unauthenticated")
    assert await state(city, version) == "submitted"


async def test_an_approval_is_of_exactly_what_its_giver_looked_at(city: City) -> None:
    version = await city.submitted()
    seen = (await city.people["ben"].get(f"{version}/review")).json()
    for other in ({"plan": "sha256:" + "0" * 64}, {"evidence": seen["plan"]}):
        refused = await city.people["ben"].post(f"{version}/approve", json=other)
        assert problem(refused) == (409, "lifecycle.other-digest")
    given = {"plan": seen["plan"], "evidence": seen["review"]["digest"]}
    done = (await city.people["ben"].post(f"{version}/approve", json=given)).json()
    assert done["state"] == "approved"
    [approval] = done["review"]["approvals"]
    assert (approval["by"], approval["evidence"]) == ("ben", given["evidence"])
    assert approval["policies"] == done["policies"]


async def test_other_evidence_is_another_review_and_voids_the_approvals_before(
    world: World,
) -> None:
    async with governed(world, approvals_needed=2) as city:
        version = await city.submitted()
        first = (await city.people["ben"].post(f"{version}/approve")).json()
        assert (first["state"], len(first["review"]["approvals"])) == ("submitted", 1)
        shown = {"kind": "simulation", "digest": "sha256:" + "1" * 64, "about": "a thousand runs"}
        again = await city.people["ada"].post(f"{version}/submit", json={"attached": [shown]})
        review = again.json()["review"]
        assert (review["n"], review["approvals"], review["evidence"]["attached"]) == (
            2,
            [],
            [shown],
        )
        old = {"evidence": first["review"]["digest"]}
        refused = await city.people["bea"].post(f"{version}/approve", json=old)
        assert problem(refused) == (409, "lifecycle.other-digest")


async def test_two_approvals_are_of_two_persons(world: World) -> None:
    async with governed(world, approvals_needed=2) as city:
        version = await city.submitted()
        for _ in range(2):
            answer = (await city.people["ben"].post(f"{version}/approve")).json()
            assert (answer["state"], len(answer["review"]["approvals"])) == ("submitted", 1)
        refused = await city.deployed(version, "production")
        assert problem(refused) == (409, "lifecycle.not-approved")
        answer = (await city.people["bea"].post(f"{version}/approve")).json()
        assert (answer["state"], answer["needed"]) == ("approved", 2)
        assert (await city.deployed(version, "production")).status_code == 200


async def test_an_approval_said_again_has_no_second_effect(city: City) -> None:
    version = await city.approved()
    before = (await city.people["vera"].get(f"{version}/review")).json()
    for who in ("ben", "bea"):
        again = await city.people[who].post(f"{version}/approve", json={"note": "again"})
        assert again.json() == before


async def test_an_approval_that_expired_counts_for_nothing(world: World) -> None:
    async with governed(world, approval_days=0) as city:
        version = await city.submitted()
        late = await city.people["ben"].post(f"{version}/approve")
        assert problem(late) == (409, "lifecycle.not-submitted")
        refused = await city.deployed(version, "production")
        assert problem(refused) == (409, "lifecycle.not-approved")
        review = (await city.people["vera"].get(f"{version}/review")).json()["review"]
        assert (review["state"], review["approvals"]) == ("expired", [])


async def test_a_version_is_sent_back_with_a_reason_and_may_come_again(city: City) -> None:
    version = await city.submitted()
    nothing = await city.people["rex"].post(f"{version}/reject", json={})
    assert problem(nothing)[0] == 400 or problem(nothing)[0] == 422
    back = await city.people["rex"].post(f"{version}/reject", json={"reason": "Who pays?"})
    assert (back.json()["state"], back.json()["review"]["state"]) == ("draft", "rejected")
    assert [(one["act"], one["by"], one["text"]) for one in back.json()["remarks"]] == [
        ("reject", "rex", "Who pays?")
    ]
    late = await city.people["ben"].post(f"{version}/approve")
    assert problem(late) == (409, "lifecycle.not-submitted")
    again = await city.people["ada"].post(f"{version}/submit", json={"note": "We do."})
    assert (again.json()["state"], again.json()["review"]["n"]) == ("submitted", 2)
    said = await city.people["rex"].post(f"{version}/comments", json={"text": "Fine."})
    assert said.status_code == 201
    shown = (await city.people["vera"].get(f"{version}/review")).json()["remarks"]
    assert [one["text"] for one in shown] == ["Who pays?", "We do.", "Fine."]


async def test_a_run_in_the_sandbox_is_evidence_for_exactly_what_it_ran(city: City) -> None:
    version = await city.drafted()
    solution, other = version.split("/versions/")[0], await city.drafted()
    await city.deployed(version, "sandbox")
    began = await city.people["opal"].post(
        f"{solution}/intents/greet?environment=sandbox",
        json={"name": "Ada"},
        headers={"Prefer": "wait=60"},
    )
    assert began.status_code == 200, began.text
    run = began.json()["run"]
    none = await city.people["ada"].post(f"{version}/submit", json={"runs": ["acme.none:1"]})
    assert problem(none) == (404, "run.unknown")
    wrong = await city.people["ada"].post(f"{other}/submit", json={"runs": [run]})
    assert problem(wrong) == (409, "lifecycle.no-evidence")
    assert await state(city, other) == "draft"
    without = (await city.people["ada"].post(f"{version}/submit")).json()["review"]
    shown = (await city.people["ada"].post(f"{version}/submit", json={"runs": [run]})).json()
    [evidence] = shown["review"]["evidence"]["rehearsed"]
    told = (evidence["run"], evidence["environment"], evidence["status"])
    assert (told, shown["review"]["n"]) == ((run, "sandbox", "completed"), 2)
    stale = await city.people["ben"].post(
        f"{version}/approve", json={"evidence": without["digest"]}
    )
    assert problem(stale) == (409, "lifecycle.other-digest")
    again = await city.people["ada"].post(f"{version}/submit", json={"runs": [run]})
    assert again.json()["review"]["n"] == 2
    given = {"evidence": shown["review"]["digest"]}
    done = await city.people["ben"].post(f"{version}/approve", json=given)
    assert done.json()["state"] == "approved"


async def test_an_author_takes_back_what_they_submitted_and_nobody_else_does(city: City) -> None:
    version = await city.submitted()
    other = await city.people["amy"].post(f"{version}/withdraw")
    assert problem(other) == (403, "lifecycle.not-yours")
    viewer = await city.people["vera"].post(f"{version}/withdraw")
    assert problem(viewer) == (403, "api.forbidden")
    taken = await city.people["ada"].post(f"{version}/withdraw", json={"reason": "At night!"})
    assert (taken.json()["state"], taken.json()["review"]["state"]) == ("draft", "withdrawn")
    assert [(one["act"], one["text"]) for one in taken.json()["remarks"]] == [
        ("withdraw", "At night!")
    ]
    waiting = (await city.people["ben"].get("/v1/reviews?limit=200")).json()["items"]
    assert version.split("/")[3] not in {one["solution"] for one in waiting}
    late = await city.people["ben"].post(f"{version}/approve")
    assert problem(late) == (409, "lifecycle.not-submitted")
    again = await city.people["ada"].post(f"{version}/withdraw")
    assert problem(again) == (409, "lifecycle.not-submitted")


async def test_whoever_reads_a_version_may_say_something_of_a_task(city: City) -> None:
    version = await city.submitted()
    said = {"text": "What of those without a name?", "task": "/do/0/hello"}
    once = {"Idempotency-Key": "once"}
    for _ in range(2):
        kept = await city.people["vera"].post(f"{version}/comments", json=said, headers=once)
    assert (kept.status_code, kept.json()["task"]) == (201, "/do/0/hello")
    none = await city.people["vera"].post(f"{version}/comments", json={**said, "task": "/do/9/x"})
    assert problem(none) == (422, "lifecycle.no-task")
    shown = (await city.people["ada"].get(f"{version}/review")).json()["remarks"]
    assert [(one["by"], one["text"], one["task"]) for one in shown] == [
        ("vera", said["text"], "/do/0/hello")
    ]
    subject = f"{version.split('/')[3]}@1.0.0"
    records = city.world.services.stores.audit.list("acme", limit=50)
    acts = [one for one in records if one.subject.id == subject]
    assert [(one.actor.id, one.action) for one in acts if one.details.get("task")] == [
        ("vera", "solution.commented")
    ] * 2


async def test_an_approval_can_be_taken_back_until_it_is_too_late(city: City) -> None:
    version = await city.approved()
    await city.people["ben"].post(f"{version}/reject", json={"reason": "I missed a call."})
    refused = await city.deployed(version, "production")
    assert problem(refused) == (409, "lifecycle.not-approved")


async def test_a_retired_version_is_neither_submitted_nor_approved(city: City) -> None:
    version = await city.submitted()
    await city.people["opal"].post(f"{version}/retire")
    for who, act in (("ada", "submit"), ("ben", "approve")):
        refused = await city.people[who].post(f"{version}/{act}")
        assert problem(refused) == (409, "solution.version-retired")


async def test_every_act_is_on_record_and_refused_ones_too(city: City) -> None:
    version = await city.submitted("amy")
    await city.people["amy"].post(f"{version}/approve")
    await city.people["ben"].post(f"{version}/approve", json={"note": "Good."})
    await city.deployed(version, "production")
    subject = f"{version.split('/')[3]}@1.0.0"
    records = city.world.services.stores.audit.list("acme", limit=50)
    told = [
        (one.actor.id, one.action, one.outcome, one.code)
        for one in reversed(records)
        if one.subject.id == subject
    ]
    assert told == [
        ("amy", "solution.registered", "done", None),
        ("amy", "solution.submitted", "done", None),
        ("amy", "solution.approved", "refused", "lifecycle.own-work"),
        ("ben", "solution.approved", "done", None),
        ("opal", "solution.deployed", "done", None),
    ]


async def test_another_tenant_sees_and_decides_nothing(
    city: City, stranger: httpx2.AsyncClient
) -> None:
    version = await city.submitted()
    for act in ("submit", "approve"):
        assert problem(await stranger.post(f"{version}/{act}"))[0] == 404
    assert (await stranger.get("/v1/reviews")).json()["items"] == []
    assert await state(city, version) == "submitted"
