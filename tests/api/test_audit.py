"""The audit log over the API: every act of a request is in it, once, and who did it."""

import asyncio
from typing import Any

import httpx2
import pytest
from fastapi.routing import APIRoute

from public_works.keyfiles import audit_key_pem
from public_works.links import Link
from smart_city.audit_verification import Verified, verify
from smart_city.signing import Keyring, SigningKey
from solution_api.acts import ACTS, LEFT_OUT
from solution_api.routes import ROUTERS
from tests.api.test_deliveries import asked
from tests.api.world import World, deployed, principal, problem, pure, put, started, waiting

MARIA = {"channel": "email", "address": "maria@example.com", "scope": "topic:news"}


async def records(api: httpx2.AsyncClient, **query: Any) -> list[dict[str, Any]]:
    answer = await api.get("/v1/audit", params={"limit": 200, **query})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def acts_on(api: httpx2.AsyncClient, subject: str) -> list[tuple[str, str, str]]:
    """What was done to it, in order: the action, how it came out, and who it was."""
    found = reversed(await records(api, subject=subject))
    return [(one["action"], one["outcome"], one["actor"]["id"]) for one in found]


def test_every_operation_that_changes_something_is_recorded_or_says_why_not() -> None:
    routes = [one for router in ROUTERS for one in router.routes if isinstance(one, APIRoute)]
    changing = {one.name for one in routes if one.methods != {"GET"}}
    assert changing - ACTS.keys() - LEFT_OUT.keys() == set()
    assert (ACTS.keys() | LEFT_OUT.keys()) - {one.name for one in routes} == set()
    assert ACTS.keys() & LEFT_OUT.keys() == set()


async def test_the_life_of_a_version_is_on_record(api: httpx2.AsyncClient, world: World) -> None:
    name = world.name("audited")
    solution = await deployed(api, name, pure(name))
    await api.post(f"/v1/solutions/{solution}/pause")
    await api.post(f"/v1/solutions/{solution}/resume")
    await api.post(f"/v1/solutions/{solution}/versions/1.0.0/retire")

    assert await acts_on(api, f"{solution}@1.0.0") == [
        ("solution.registered", "done", "owner"),
        ("solution.deployed", "done", "owner"),
        ("solution.retired", "done", "owner"),
    ]
    assert await acts_on(api, solution) == [
        ("solution.paused", "done", "owner"),
        ("solution.resumed", "done", "owner"),
    ]
    [first] = await records(api, subject=f"{solution}@1.0.0", action="solution.registered")
    version = (await api.get(f"/v1/solutions/{solution}/versions/1.0.0")).json()
    assert first["details"] == {"definition": version["digest"], "plan": version["plan"]}


async def test_what_somebody_may_not_do_is_on_record_with_why(
    api: httpx2.AsyncClient, world: World
) -> None:
    name = world.name("audited")
    async with await world.client(principal("valerie", "viewer")) as viewer:
        assert problem(await put(viewer, name, pure(name))) == (403, "api.forbidden")
        assert problem(await viewer.get("/v1/audit")) == (403, "api.forbidden")
    found = await records(api, actor="valerie")
    assert [
        (one["action"], one["outcome"], one["code"], one["subject"]["id"]) for one in found
    ] == [
        ("access.refused", "refused", "api.forbidden", "list_audit"),
        ("solution.registered", "refused", "api.forbidden", f"acme.{name}@1.0.0"),
    ]


async def test_what_is_refused_for_what_it_is_leaves_no_record(
    api: httpx2.AsyncClient, world: World
) -> None:
    name = world.name("audited")
    wrong = await put(api, name, pure(name).replace("set:", "sett:"))
    assert wrong.status_code == 422
    assert await acts_on(api, f"acme.{name}@1.0.0") == []


async def test_who_wanted_to_change_what_is_not_there_is_on_record(
    api: httpx2.AsyncClient, world: World
) -> None:
    name = world.name("audited")
    missing = await api.post(f"/v1/solutions/acme.{name}/versions/1.0.0/deploy")
    assert missing.status_code == 404
    (found,) = await acts_on(api, f"acme.{name}@1.0.0")
    assert found[:2] == ("solution.deployed", "refused")


async def test_people_who_steer_a_run_are_on_record(api: httpx2.AsyncClient, world: World) -> None:
    name = world.name("audited")
    run = await started(api, name, waiting(name))
    for act in ("pause", "resume", "cancel"):
        answer = await api.post(
            f"/v1/runs/{run}/{act}",
            headers={"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"},
        )
        assert answer.status_code in (200, 202), answer.text
    assert await acts_on(api, run) == [
        ("run.paused", "done", "owner"),
        ("run.resumed", "done", "owner"),
        ("run.cancelled", "done", "owner"),
    ]
    traces = {one["trace"] for one in await records(api, subject=run)}
    assert traces == {"4bf92f3577b34da6a3ce929d0e0e4736"}


async def test_what_waited_for_a_person_and_what_they_said_is_on_record(
    api: httpx2.AsyncClient, world: World
) -> None:
    run, approval = await asked(world, api)
    path = f"/v1/approvals/{approval['id']}"
    assert problem(await api.post(f"{path}/approve")) == (403, "approval.role")
    async with await world.client(principal("lena", "collections-lead")) as lead:
        for _ in range(2):
            done = await lead.post(f"{path}/reject", json={"note": "Ask Maria at +43 1 234"})
            assert done.json()["state"] == "rejected"

    assert await acts_on(api, approval["id"]) == [
        ("approval.approved", "refused", "owner"),
        ("approval.rejected", "done", "lena"),
    ]
    [said] = await records(api, subject=approval["id"], actor="lena")
    assert said["details"] == {
        "run": run,
        "step": "/do/0/remind",
        "policy": approval["policy"],
    }
    held = await records(api, subject=run, action="step.held")
    kept = await asyncio.to_thread(world.services.stores.decisions.list, "acme", run)
    assert {one["decision"] for one in held} <= {one.id for one in kept}
    assert held


async def test_webhooks_and_their_secrets_are_on_record(
    api: httpx2.AsyncClient, world: World
) -> None:
    name = world.name("hook")
    made = await api.post("/v1/webhooks", json={"name": name, "url": "https://erp.example/hook"})
    rotated = await api.post(f"/v1/webhooks/{name}/rotate", json={"overlap": 60})
    for act in ("disable", "enable"):
        assert (await api.post(f"/v1/webhooks/{name}/{act}")).status_code == 200
    assert (await api.delete(f"/v1/webhooks/{name}")).status_code == 204
    assert [one[0] for one in await acts_on(api, name)] == [
        "webhook.created",
        "webhook.secret-rotated",
        "webhook.disabled",
        "webhook.enabled",
        "webhook.deleted",
    ]
    kept = str(await records(api, subject=name))
    assert made.json()["secret"] not in kept
    assert rotated.json()["secret"] not in kept


async def test_customers_are_tokens_and_found_by_their_id(
    api: httpx2.AsyncClient, world: World
) -> None:
    customer = world.name("maria@example.com")
    said = {
        "email": "maria@example.com",
        "consents": [{"channel": "email", "purpose": "marketing", "granted": True}],
    }
    assert (await api.put(f"/v1/customers/{customer}", json=said)).status_code == 200
    await api.put(f"/v1/customers/{customer}/preferences", json={"choices": []})
    found = await records(api, customer=customer)
    assert [one["action"] for one in found] == ["preferences.changed", "customer.changed"]
    assert found[1]["details"] == {
        "fields": "consents email",
        "consents": "email/marketing:True",
    }
    assert "maria" not in str(await records(api))


async def test_a_customer_who_changes_their_preferences_is_on_record(
    api: httpx2.AsyncClient, nobody: httpx2.AsyncClient, world: World
) -> None:
    customer = world.name("c")
    await api.put(f"/v1/customers/{customer}", json={"email": "c@example.com"})
    link = Link(use="preferences", tenant="acme", customer=customer)
    page = f"/preferences/{world.services.links.token(link)}"
    assert (await nobody.post(page, data={"nothing": "1"})).status_code == 303
    away = Link(
        use="unsubscribe", tenant="acme", customer=customer, channel="email", scope="topic:news"
    )
    assert (
        await nobody.post(f"/v1/unsubscribe/{world.services.links.token(away)}")
    ).status_code == 200

    found = await records(api, customer=customer)
    assert [(one["action"], one["actor"]["kind"]) for one in found] == [
        ("customer.unsubscribed", "customer"),
        ("preferences.changed", "customer"),
        ("customer.changed", "user"),
    ]
    assert found[0]["actor"]["id"] == found[0]["subject"]["id"]


async def test_suppressions_are_on_record_without_the_address(api: httpx2.AsyncClient) -> None:
    entry = (await api.post("/v1/suppressions", json=MARIA)).json()
    assert (await api.delete(f"/v1/suppressions/{entry['id']}")).status_code == 204
    token = (await records(api, action="suppression.removed"))[0]["subject"]["id"]
    assert [one[0] for one in await acts_on(api, token)] == [
        "suppression.added",
        "suppression.removed",
    ]
    assert entry["address_hash"] not in str(await records(api))
    assert token != entry["id"]


async def test_keys_are_on_record_with_who_issued_them(
    api: httpx2.AsyncClient, world: World
) -> None:
    made = await api.post(
        "/v1/keys", json={"name": "ci", "principal": "ci", "kind": "service", "roles": ["viewer"]}
    )
    assert made.status_code == 201, made.text
    key = made.json()["id"]
    assert (await api.delete(f"/v1/keys/{key}")).status_code == 204
    assert await acts_on(api, key) == [
        ("key.issued", "done", "owner"),
        ("key.revoked", "done", "owner"),
    ]


async def test_policies_of_a_tenant_are_on_record(world: World) -> None:
    async with await world.client(principal("gov", "admin", tenant="ruled")) as api:
        answer = await api.put("/v1/policies/tenant", json={"policies": {}, "note": "none"})
        assert answer.status_code == 200, answer.text
        [found] = await records(api, action="policies.changed")
    assert (found["subject"]["id"], found["actor"]["id"]) == ("tenant", "gov")
    assert found["details"] == {"digest": answer.json()["digest"]}


async def test_tokens_for_pages_are_counted(api: httpx2.AsyncClient, world: World) -> None:
    name = world.name("audited")
    solution = await deployed(api, name, pure(name))
    wanted = {"solution": solution, "origin": "https://shop.example", "scopes": ["chat"]}
    for _ in range(2):
        assert (await api.post("/v1/widgets/tokens", json=wanted)).status_code == 201
    await asyncio.to_thread(world.services.stores.audit.tally)
    # The API tallies too from time to time, also between one and the other.
    found = await records(api, action="widget.tokens-minted", subject=solution)
    assert sum(one["details"]["count"] for one in found) == 2


async def test_a_page_is_followed_by_the_next(world: World) -> None:
    # In a tenant of its own: what else runs in another is on record there meanwhile.
    async with await world.client(principal("pat", "admin", tenant="paged")) as api:
        for _ in range(3):
            name = world.name("audited")
            assert (await put(api, name, pure(name))).status_code == 201
        first = (await api.get("/v1/audit", params={"limit": 2})).json()
        second = (await api.get("/v1/audit", params={"limit": 2, "cursor": first["cursor"]})).json()
        numbers = [one["seq"] for one in [*first["items"], *second["items"]]]
        assert numbers == [*range(numbers[0], numbers[0] - 4, -1)]
        since = first["items"][1]["at"]
        found = await api.get("/v1/audit", params={"since": since})
    assert [one["seq"] for one in found.json()["items"]] == numbers[:2]


@pytest.mark.parametrize(
    ("since", "found"), [("0001-01-01T00:00:00+23:00", True), ("9999-12-31T23:00:00-23:00", False)]
)
async def test_moments_at_the_ends_of_the_calendar_are_moments(
    api: httpx2.AsyncClient, since: str, found: bool
) -> None:
    assert bool(await records(api, since=since)) is found


@pytest.mark.parametrize("cursor", ["x", "-1", "99999999999", "²"])
async def test_a_cursor_that_no_page_gave_is_refused(api: httpx2.AsyncClient, cursor: str) -> None:
    answer = await api.get("/v1/audit", params={"cursor": cursor})
    assert problem(answer) == (422, "store.cursor")


async def test_an_auditor_reads_and_exports_and_sees_no_other_tenant(world: World) -> None:
    auditor = principal("otto", "security-auditor", tenant="walled")
    async with await world.client(auditor) as otto:
        seen = await records(otto)
        assert [(one["action"], one["seq"]) for one in seen] == [("key.issued", 1)]
        answer = await otto.get("/v1/audit/export")
        assert len(await records(otto, action="audit.exported")) == 1
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert [line.partition(":")[0] for line in answer.text.splitlines()] == [
        '{"record"',
        '{"head"',
    ]
    assert '"acme"' not in answer.text


async def test_all_that_was_recorded_here_is_one_whole_chain(
    api: httpx2.AsyncClient, world: World
) -> None:
    audit, home = world.services.stores.audit, world.services.settings.home
    await asyncio.to_thread(audit.checkpoint, "acme")
    chain = await asyncio.to_thread(audit.chain, "acme")
    keys = Keyring.of(SigningKey.from_pem(audit_key_pem(home)).public())
    found = verify("acme", chain.records, head=chain.head, checkpoints=chain.checkpoints, keys=keys)
    assert chain.head is not None
    assert found == Verified("acme", chain.head.seq, len(chain.checkpoints), None)
