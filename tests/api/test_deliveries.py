"""What went out, what waits for a person, and what policy said."""

import asyncio
from typing import Any

import httpx2

from public_works.ledger import Claim
from symphainy.delivery import SendResult
from tests.api.world import World, deployed, principal, problem

NOTICE = """\
document: {dsl: 1.0.3, namespace: acme, name: NAME, version: 1.0.0, title: Remind}
experiences:
  email:
    adapter: sandbox
    from: billing@acme.example
    templates:
      reminder:
        subject: "Invoice {{ id }} is due"
        text: "Please pay invoice {{ id }}."
        html: "<p>Please pay invoice <b>{{ id }}</b>.</p>"
do:
  - remind:
      call: email
      with: {to: "${ .to }", template: reminder, data: "${ {id: .id} }"}
"""
APPROVED = NOTICE.replace(
    "do:",
    """\
policies:
  bigMoney: {kind: approval, before: [remind], role: collections-lead, within: P2D}
do:""",
)


async def noticed(world: World, api: httpx2.AsyncClient) -> str:
    """A run that sent a mail."""
    name = world.name("notice")
    solution = await deployed(api, name, NOTICE.replace("NAME", name))
    answer = await api.post(
        f"/v1/solutions/{solution}/intents/start",
        json={"to": "maria@example.com", "id": "4711"},
        headers={"Prefer": "wait=60"},
    )
    assert answer.json()["status"] == "completed", answer.text
    run: str = answer.json()["run"]
    return run


async def test_a_message_is_in_the_ledger_and_in_the_outbox(
    world: World, api: httpx2.AsyncClient, stranger: httpx2.AsyncClient
) -> None:
    run = await noticed(world, api)
    (delivery,) = (await api.get(f"/v1/runs/{run}/deliveries")).json()["items"]
    expected = {
        "run": run,
        "step": "/do/0/remind",
        "channel": "email",
        "experience": "email",
        "adapter": "sandbox",
        "purpose": "transactional",
        "attempt": 1,
    }
    assert expected.items() <= delivery.items()
    story = (await api.get(f"/v1/deliveries/{delivery['id']}")).json()
    assert [one["outcome"] for one in story["attempts"]] == ["accepted"]
    lines = (await api.get("/v1/outbox")).json()["items"]
    (line,) = (one for one in lines if one["run"] == run)
    assert {"to": "maria@example.com", "subject": "Invoice 4711 is due"}.items() <= line.items()
    message = (await api.get(f"/v1/outbox/{line['id']}")).json()
    assert message["text"] == "Please pay invoice 4711."
    assert message["html"] == "<p>Please pay invoice <b>4711</b>.</p>"
    decisions = (await api.get("/v1/decisions", params={"run": run})).json()["items"]
    assert {one["outcome"] for one in decisions} == {"allow"}
    foreign = {
        f"/v1/deliveries/{delivery['id']}": "ledger.missing",
        f"/v1/outbox/{line['id']}": "outbox.missing",
    }
    for path, code in foreign.items():
        assert problem(await stranger.get(path)) == (404, code)
    assert (await stranger.get("/v1/outbox")).json()["items"] == []
    assert (await stranger.get("/v1/deliveries")).json()["items"] == []


async def test_deliveries_in_doubt_are_found(world: World, api: httpx2.AsyncClient) -> None:
    ledger = world.services.stores.ledger

    def lose() -> Claim:
        ledger.plan(
            "acme",
            id="doubt-1",
            solution="acme.dunning",
            run="acme.dunning:lost",
            step="/do/0/remind",
            channel="email",
            binding="email",
        )
        claim = ledger.claim("acme", "doubt-1", binding="email", provider="smtp")
        ledger.settle("acme", "doubt-1", claim.attempt, SendResult(outcome="unknown"))
        return claim

    await asyncio.to_thread(lose)
    found = (await api.get("/v1/deliveries?state=unknown")).json()["items"]
    assert [(one["id"], one["state"]) for one in found] == [("doubt-1", "unknown")]
    of_run = (await api.get("/v1/runs/acme.dunning:lost/deliveries?state=unknown")).json()["items"]
    assert of_run == found
    assert problem(await api.get("/v1/deliveries?state=lost")) == (422, "api.invalid-request")
    assert problem(await api.get("/v1/deliveries?cursor=no")) == (422, "store.cursor")


async def asked(world: World, api: httpx2.AsyncClient) -> tuple[str, dict[str, Any]]:
    """A run that waits for an approval, and the approval."""
    name = world.name("approved")
    solution = await deployed(api, name, APPROVED.replace("NAME", name))
    answer = await api.post(
        f"/v1/solutions/{solution}/intents/start",
        json={"to": "maria@example.com", "id": "1"},
    )
    run = answer.json()["run"]
    async with asyncio.timeout(60):
        while True:
            waiting = (await api.get("/v1/approvals?limit=200")).json()["items"]
            found = [one for one in waiting if one["run"] == run]
            events = (await api.get(f"/v1/runs/{run}/events?follow=false")).text
            if found and "run.waiting" in events:
                return run, found[0]
            await asyncio.sleep(0.05)


async def ended(api: httpx2.AsyncClient, run: str) -> dict[str, Any]:
    """The run, when it is over."""
    await api.get(f"/v1/runs/{run}/events")
    shown: dict[str, Any] = (await api.get(f"/v1/runs/{run}")).json()
    return shown


async def test_somebody_with_the_role_approves_and_the_run_goes_on(
    world: World, api: httpx2.AsyncClient
) -> None:
    run, approval = await asked(world, api)
    assert {"role": "collections-lead", "state": "pending"}.items() <= approval.items()
    path = f"/v1/approvals/{approval['id']}"
    async with await world.client(principal("lena", "collections-lead")) as lead:
        assert (await lead.get(path)).json() == approval
        done = await lead.post(f"{path}/approve", json={"note": "Agreed"})
        assert {"state": "approved", "by": "lena", "note": "Agreed"}.items() <= done.json().items()
        assert (await ended(api, run))["status"] == "completed"
        again = await lead.post(f"{path}/approve")
        assert again.json() == done.json()
        assert problem(await lead.post(f"{path}/reject")) == (409, "approval.decided")


async def test_a_rejection_denies_the_step(world: World, api: httpx2.AsyncClient) -> None:
    run, approval = await asked(world, api)
    async with await world.client(principal("lena", "collections-lead")) as lead:
        done = await lead.post(f"/v1/approvals/{approval['id']}/reject")
        assert done.json()["state"] == "rejected"
    assert (await ended(api, run))["status"] == "faulted"
    assert (await api.get(f"/v1/runs/{run}/deliveries")).json()["items"] == []


async def test_others_cannot_approve(
    world: World, api: httpx2.AsyncClient, stranger: httpx2.AsyncClient
) -> None:
    run, approval = await asked(world, api)
    path = f"/v1/approvals/{approval['id']}/approve"
    assert problem(await stranger.post(path)) == (404, "approval.missing")
    assert problem(await api.post(path)) == (403, "approval.role")
    robot = principal("robot", "collections-lead", kind="service")
    async with await world.client(robot) as client:
        assert problem(await client.post(path)) == (403, "approval.not-a-person")
    owner = principal("owner", "collections-lead")
    async with await world.client(owner) as client:
        assert problem(await client.post(path)) == (403, "approval.not-distinct")
    bad = await api.post(path, json={"note": 1, "more": True})
    assert problem(bad) == (422, "api.invalid-request")
    assert [one["pointer"] for one in bad.json()["findings"]] == ["/note", "/more"]
    assert (await api.get(f"/v1/approvals/{approval['id']}")).json()["state"] == "pending"
    await api.post(f"/v1/runs/{run}/cancel")


async def test_what_was_not_sent_is_sent_once_more_by_hand(
    world: World, api: httpx2.AsyncClient
) -> None:
    run = await noticed(world, api)
    (delivery,) = (await api.get(f"/v1/runs/{run}/deliveries")).json()["items"]
    path = f"/v1/deliveries/{delivery['id']}"
    too_soon = await api.post(f"{path}/resend", json={"reason": "it was lost"})
    (line,) = [one for one in (await api.get("/v1/outbox")).json()["items"] if one["run"] == run]
    await api.post(f"/v1/outbox/{line['id']}/acts", json={"act": "drop"})
    dropped = (await api.get(path)).json()
    viewer = await world.client(principal("resending-viewer", "viewer"))
    async with viewer:
        forbidden = await viewer.post(f"{path}/resend", json={"reason": "it was lost"})
    unexplained = await api.post(f"{path}/resend")
    told = await api.post(f"{path}/resend", json={"reason": "it was lost"})
    resent = told.json()["run"]
    assert await finished(api, resent) == "completed"
    again = await api.post(f"{path}/resend", json={"reason": "it was lost"})

    story = (await api.get(path)).json()
    (second,) = (await api.get(f"/v1/runs/{resent}/deliveries")).json()["items"]
    assert problem(too_soon)[:2] == (409, "delivery.sent")
    assert problem(forbidden)[:2] == (403, "api.forbidden")
    assert problem(unexplained)[:2] == (422, "api.invalid-request")
    assert (dropped["state"], dropped["resent"]) == ("rejected", [])
    assert (told.status_code, told.json()["existing"], again.json()) == (
        202,
        False,
        {"run": resent, "existing": True},
    )
    assert (second["state"], second["customer"], story["resent"]) == (
        "accepted",
        delivery["customer"],
        [second["id"]],
    )
    log = (await api.get("/v1/audit", params={"action": "delivery.resent"})).json()["items"]
    details = [one["details"] for one in log if one["subject"]["id"] == delivery["id"]]
    assert {"reason": "it was lost", "twice": False} in details


async def test_a_person_says_what_became_of_a_delivery_in_doubt(
    world: World, api: httpx2.AsyncClient
) -> None:
    run = await noticed(world, api)
    (delivery,) = (await api.get(f"/v1/runs/{run}/deliveries")).json()["items"]
    known = await api.post(
        f"/v1/deliveries/{delivery['id']}/resolve", json={"sent": True, "reason": "in its log"}
    )
    missing = await api.post(
        "/v1/deliveries/nowhere/resolve", json={"sent": True, "reason": "in its log"}
    )
    assert problem(known)[:2] == (409, "delivery.settled")
    assert problem(missing)[:2] == (404, "ledger.missing")


async def finished(api: httpx2.AsyncClient, run: str) -> str:
    """The status of the run once it is over."""
    async with asyncio.timeout(60):
        while True:
            status: str = (await api.get(f"/v1/runs/{run}")).json()["status"]
            if status != "running":
                return status
            await asyncio.sleep(0.05)
