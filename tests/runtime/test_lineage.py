"""Lineage: every outcome back to who wanted it, and forward again."""

import json
from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest

from public_works.keyfiles import public_key_pems
from smart_city.signing import Keyring
from symphainy.errors import Refused
from symphainy.json import Json, digest
from symphainy.lineage import Lineage, Node, openlineage, prov
from temporal.lineage import Lineages
from tests.runtime.platform import LEAD, OWNER, Platform
from tests.runtime.test_children import DOUBLE, running
from tests.runtime.test_messages import NOTICE, customer

WHOLE = (
    NOTICE
    + """
policies:
  money: {kind: approval, before: [remind], role: collections-lead}
  night: {kind: quietHours, channels: [email], from: "START", to: "END"}
do:
  - score: {call: insights.score, with: {model: lead-fit, features: {}}}
  - ask: {run: CHILD}
  - say: {emit: {event: {with: {type: com.acme.asked.v1, source: /dunning}}}}
  - hear:
      listen: {to: {one: {with: {type: com.acme.paid.v1}}}}
  - remind:
      call: email
      with:
        to: "${ $workflow.input.customer }"
        template: reminder
        data: {invoice: "${ $workflow.input.invoice }"}
"""
)
PAID: dict[str, Json] = {
    "specversion": "1.0",
    "id": "p-1",
    "source": "/shop",
    "type": "com.acme.paid.v1",
    "data": {"invoice": 7},
}


def lineages(platform: Platform) -> Lineages:
    keys = Keyring.from_pems(public_key_pems(platform.settings.home).values())
    return Lineages(platform.client, platform.stores, keys)


def named(found: Lineage, type_: Any) -> list[str]:
    return [one.id.partition(":")[2] for one in found.of(type_)]


def only(found: Lineage, type_: Any) -> Node:
    (one,) = found.of(type_)
    return one


async def whole(platform: Platform) -> tuple[str, str]:
    """A run with everything, and its child."""
    child = platform.deploy(DOUBLE)
    now = await platform.now()
    start, end = now - timedelta(hours=1), now + timedelta(hours=2)
    text = WHOLE.replace("START", f"{start:%H:%M}").replace("END", f"{end:%H:%M}")
    text = text.replace("CHILD", running(child, given="{n: 2}"))
    solution = platform.deploy(text)
    given: Json = {"customer": customer(platform, "ida"), "invoice": {"id": "7", "amount": 1}}
    run = (await platform.submit(solution, given, key="wish-1")).run
    await platform.until(run, "run.listening")
    await platform.intake.hub.accept(OWNER, "production", PAID)
    await platform.until(run, "step.decided", outcome="approve")
    (asked,) = [one for one in platform.stores.approvals.pending("acme") if one.run == run]
    await platform.runs.answer(LEAD, run, asked.id, granted=True)
    platform.stores.approvals.decide("acme", asked.id, outcome="approved", by=LEAD.id)
    assert (await platform.finish(run)).status == "completed"
    (sent,) = platform.stores.ledger.list("acme", run=run)
    platform.stores.ledger.record_event(
        "acme",
        sent.id,
        binding="email",
        provider_id=sent.provider_id,
        event="delivered",
        at=await platform.now(),
    )
    return run, sent.id


def links(found: Lineage) -> dict[tuple[str, str, str], int]:
    """How often nodes of one type led to nodes of another, and how."""
    kinds = {one.id: one.type for one in found.nodes}
    return dict(Counter((kinds[one.source], one.type, kinds[one.target]) for one in found.edges))


WOVEN = {
    ("principal", "wanted", "intent"): 1,
    ("intent", "started", "run"): 1,
    ("definition", "compiled", "plan"): 1,
    ("plan", "followed", "run"): 1,
    ("run", "did", "step"): 5,
    ("run", "gave", "output"): 2,
    ("policy", "determined", "decision"): 6,
    ("decision", "decided", "step"): 5,
    ("decision", "asked", "approval"): 1,
    ("policy", "asked", "approval"): 1,
    ("principal", "answered", "approval"): 1,
    ("approval", "answered", "step"): 1,
    ("decision", "granted", "grant"): 2,
    ("grant", "admitted", "attempt"): 2,
    ("step", "attempted", "attempt"): 3,
    ("step", "gave", "output"): 3,
    ("capability", "performed", "step"): 2,
    ("step", "started", "run"): 1,
    ("step", "emitted", "event"): 1,
    ("principal", "told", "event"): 1,
    ("event", "heard", "step"): 1,
    ("step", "sent", "delivery"): 1,
    ("experience", "performed", "delivery"): 1,
    ("delivery", "wrote", "write"): 1,
    ("adapter", "performed", "write"): 1,
    ("delivery", "told", "receipt"): 1,
}


@pytest.fixture(scope="module")
async def traced(skipping: Platform) -> tuple[Lineage, str, str]:
    """The lineage of a run with everything; the run, and its delivery."""
    run, sent = await whole(skipping)
    return await lineages(skipping).of_run("acme", run), run, sent


async def test_every_outcome_leads_back_to_who_wanted_it(
    traced: tuple[Lineage, str, str],
) -> None:
    found, run, _ = traced

    assert (found.complete, found.missing, found.run) == (True, [], run)
    assert links(found) == WOVEN
    intent, definition = only(found, "intent"), only(found, "definition")
    assert named(found, "principal") == ["owner", "lead"]
    assert intent.about["keyDigest"] == digest(["acme", "wish-1"])
    assert (intent.about["name"], intent.about["verified"]) == ("start", True)
    assert definition.about["author"] == "owner"
    assert {one.about["status"] for one in found.of("step") if "status" in one.about} == {
        "completed"
    }


async def test_a_decision_names_its_policies_and_where_they_are_written(
    traced: tuple[Lineage, str, str],
) -> None:
    found, _, _ = traced

    decided = [one for one in found.of("decision") if one.about["outcome"] != "allow"]
    policies = {one.about["name"]: one.about for one in found.of("policy")}

    assert [one.about["outcome"] for one in decided] == ["approve", "defer"]
    assert decided[0].about["determining"] == ["solution/money", "solution/night"]
    for one in decided:
        assert {"bundle", "facts", "history", "reason"} <= one.about.keys()
    source = policies["night"]["source"]
    assert isinstance(source, dict)
    assert source["pointer"] == "/policies/night"
    assert f"definition:{source['definition']}" == only(found, "definition").id


async def test_what_was_sent_tells_the_adapter_and_the_receipt(
    traced: tuple[Lineage, str, str],
) -> None:
    found, _, sent = traced

    delivery, write = only(found, "delivery"), only(found, "write")

    assert delivery.id == f"delivery:{sent}"
    assert delivery.about["state"] == delivery.about["event"] == "delivered"
    assert only(found, "adapter").id == f"adapter:email/sandbox@{write.about['version']}"
    assert only(found, "receipt").about == {"event": "delivered", "source": "webhook"}
    assert only(found, "approval").about["verified"] is True


async def test_lineage_holds_no_content(traced: tuple[Lineage, str, str]) -> None:
    found, _, _ = traced

    text = found.model_dump_json() + json.dumps([openlineage(found), prov(found)])

    for secret in ("@customer.example", "Dear", '"ida"', "please pay", "wish-1"):
        assert secret not in text, secret


async def test_what_happened_is_told_by_time(traced: tuple[Lineage, str, str]) -> None:
    found, _, _ = traced

    moments = [one.at for one in found.happened]
    known = {one.id for one in found.nodes}

    assert moments == sorted(moments)
    assert {one.node for one in found.happened} <= known
    assert {one.source for one in found.edges} | {one.target for one in found.edges} <= known


async def test_a_delivery_leads_back_without_what_it_has_nothing_to_do_with(
    skipping: Platform, traced: tuple[Lineage, str, str]
) -> None:
    _, run, sent = traced

    found = await lineages(skipping).of_delivery("acme", sent)

    assert [one.about["name"] for one in found.of("step")] == ["remind"]
    assert named(found, "principal") == ["owner", "lead"]
    assert named(found, "run") == [run]
    assert len(found.of("receipt")) == len(found.of("write")) == 1


async def test_an_intent_and_an_event_lead_forward_to_the_run(
    skipping: Platform, traced: tuple[Lineage, str, str]
) -> None:
    whole_, run, _ = traced
    paid, asked = (
        one
        for kind in ("paid", "asked")
        for one in whole_.of("event")
        if one.about["type"] == f"com.acme.{kind}.v1"
    )

    by_intent = await lineages(skipping).of_intent("acme", "wish-1")
    heard = await lineages(skipping).of_event("acme", int(str(paid.about["seq"])))
    emitted = await lineages(skipping).of_event("acme", int(str(asked.about["seq"])))

    assert by_intent == whole_
    assert links(heard) == {("principal", "told", "event"): 1, ("event", "heard", "run"): 1}
    assert named(heard, "run") == [run]
    assert links(emitted) == {
        ("principal", "told", "event"): 1,
        ("run", "did", "step"): 1,
        ("step", "emitted", "event"): 1,
    }
    assert named(emitted, "step") == [f"{run}/do/2/say#1"]


async def test_a_child_leads_back_to_its_parent(
    skipping: Platform, traced: tuple[Lineage, str, str]
) -> None:
    whole_, run, _ = traced
    (child,) = [one for one in named(whole_, "run") if one != run]

    found = await lineages(skipping).of_run("acme", child)

    assert links(found)["run", "started", "run"] == 1
    assert named(found, "run") == [child, run]


async def test_another_tenant_finds_nothing(
    skipping: Platform, traced: tuple[Lineage, str, str]
) -> None:
    _, run, sent = traced
    other = lineages(skipping)

    for asked, code in (
        (other.of_run("evil", run), "run.unknown"),
        (other.of_delivery("evil", sent), "ledger.missing"),
        (other.of_event("evil", 1), "event.unknown"),
        (other.of_intent("evil", "wish-1"), "run.unknown"),
    ):
        with pytest.raises(Refused) as refused:
            await asked
        assert refused.value.code == code


RESTED = """
document: {dsl: 1.0.3, namespace: test, name: rested-{{n}}, version: 1.0.0}
do:
  - many:
      for: {each: n, in: "${ [range(10)] }"}
      do:
        - one: {call: insights.score, with: {model: lead-fit, features: {}}}
        - rest: {wait: {milliseconds: 1}}
"""


async def test_a_run_is_one_across_its_histories(short: Platform) -> None:
    run = await short.run(RESTED, {})

    found = await lineages(short).of_run("acme", run.run)

    shown = next(one for one in found.of("run") if one.id == f"run:{run.run}")
    continued, executions = shown.about["continued"], shown.about["executions"]
    assert isinstance(continued, int)
    assert isinstance(executions, list)
    assert len(executions) == continued + 1 > 1
    ref = "/do/0/many/do/0/one"
    assert named(found, "step") == [f"{run.run}{ref}#{n}" for n in range(1, 11)]


async def test_what_a_reset_set_aside_is_told_as_such(platform: Platform) -> None:
    solution = platform.deploy(
        """
document: {dsl: 1.0.3, namespace: test, name: reset-{{n}}, version: 1.0.0}
do:
  - one: {call: content.render, with: {template: "Dear {{ name }}", data: {name: Ada}}}
  - two: {call: insights.score, with: {model: lead-fit, features: {}}}
"""
    )
    run = (await platform.submit(solution, {})).run
    await platform.finish(run)
    handle = platform.runs.handle("acme", run)
    request = ResetWorkflowExecutionRequest(
        namespace=platform.client.namespace,
        workflow_execution=WorkflowExecution(workflow_id=handle.id),
        reason="test",
        workflow_task_finish_event_id=4,
        request_id="again",
    )
    await platform.client.workflow_service.reset_workflow_execution(request)
    assert (await platform.finish(run)).status == "completed"

    found = await lineages(platform).of_run("acme", run)

    aside = [bool(one.about.get("aside")) for one in found.of("attempt")]
    shown = only(found, "run")
    assert sorted(aside) == [False, False, True, True]
    assert len(found.of("step")) == 2
    assert len(_moments(found, "was reset")) == 1
    assert shown.about["resets"] == _moments(found, "was reset")


def _moments(found: Lineage, what: str) -> list[str]:
    return [one.at.isoformat() for one in found.happened if one.what == what]


def facets(event: dict[str, Any]) -> list[dict[str, Any]]:
    holders = [event["run"], event["job"], *event["inputs"], *event["outputs"]]
    return [one for holder in holders for one in holder["facets"].values()]


async def test_openlineage_tells_each_attempt_under_its_run(
    traced: tuple[Lineage, str, str],
) -> None:
    found, _, _ = traced

    events = openlineage(found)

    needed = {"eventTime", "eventType", "producer", "schemaURL", "run", "job"}
    for one in events:
        assert needed <= one.keys()
        assert datetime.fromisoformat(one["eventTime"]).tzinfo is not None
        assert UUID(one["run"]["runId"]).version == 5
        assert one["job"]["namespace"] == "acme/production"
        for facet in facets(one):
            assert urlsplit(facet["_producer"]).scheme
            assert urlsplit(facet["_schemaURL"]).scheme
    kinds = Counter((one["job"]["name"].rpartition(".")[2], one["eventType"]) for one in events)
    own = found.solution.rpartition(".")[2] if found.solution else ""
    names = [own, "score", "ask", "say", "hear", "remind"]
    ends = {(name, "COMPLETE"): 1 for name in names if name != "hear"}
    assert kinds == {(name, "START"): 1 for name in names} | ends
    root = next(one for one in events if one["job"]["name"] == found.solution)
    parents = [one["run"]["facets"]["parent"]["run"] for one in events if one["job"] != root["job"]]
    assert all(one == {"runId": root["run"]["runId"]} for one in parents)
    sent = [one for one in events if one["job"]["name"].endswith(".remind")]
    assert {out["name"].partition("/")[0] for out in sent[-1]["outputs"]} == {
        "experience",
        "output",
    }


async def test_prov_relates_only_what_it_declares(traced: tuple[Lineage, str, str]) -> None:
    found, _, _ = traced

    document = prov(found)

    kinds = {kind: set(document[kind]) for kind in ("entity", "activity", "agent")}
    ends = {
        "used": {"prov:activity": "activity", "prov:entity": "entity"},
        "wasGeneratedBy": {"prov:entity": "entity", "prov:activity": "activity"},
        "wasDerivedFrom": {"prov:generatedEntity": "entity", "prov:usedEntity": "entity"},
        "wasInformedBy": {"prov:informed": "activity", "prov:informant": "activity"},
        "wasAssociatedWith": {"prov:activity": "activity", "prov:agent": "agent"},
        "wasAttributedTo": {"prov:entity": "entity", "prov:agent": "agent"},
    }
    assert set(document) == {"prefix", *kinds, *(ends.keys() - {"wasAssociatedWith"})}
    told = 0
    for relation, roles in ends.items():
        for one in document.get(relation, {}).values():
            told += 1
            assert all(one[role] in kinds[kind] for role, kind in roles.items())
    assert told == len(found.edges)
    assert sum(map(len, kinds.values())) == len(found.nodes)


STARTED = """
document: {dsl: 1.0.3, namespace: test, name: begun-{{n}}, version: 1.0.0}
intents: {order: {starts: true, event: com.acme.ordered.v1}}
do:
  - rest: {wait: {days: 30}}
"""


async def test_a_run_that_is_under_way_leads_back_to_the_event_that_began_it(
    platform: Platform,
) -> None:
    platform.deploy(STARTED)
    ordered: dict[str, Json] = {
        "specversion": "1.0",
        "id": "o-1",
        "source": "/shop",
        "type": "com.acme.ordered.v1",
    }
    taken = await platform.intake.hub.accept(OWNER, "production", ordered)
    (run,) = taken.runs
    await platform.runs.pause(OWNER, run)

    back = await lineages(platform).of_run("acme", run)
    forward = await lineages(platform).of_event("acme", taken.seq)
    await platform.runs.cancel("acme", run)

    assert links(back) == {
        ("principal", "wanted", "intent"): 1,
        ("intent", "started", "run"): 1,
        ("event", "started", "run"): 1,
        ("definition", "compiled", "plan"): 1,
        ("plan", "followed", "run"): 1,
        ("principal", "wanted", "command"): 1,
        ("command", "commanded", "run"): 1,
    }
    assert only(back, "run").about["status"] == "running"
    assert only(back, "intent").about["name"] == "order"
    assert only(back, "event").about["seq"] == taken.seq
    assert links(forward) == {("principal", "told", "event"): 1, ("event", "started", "run"): 1}
    assert named(forward, "run") == [run]


async def test_a_step_that_was_denied_leads_back_to_the_policy(platform: Platform) -> None:
    text = (
        NOTICE
        + """
policies:
  consent: {kind: consent, channels: [email]}
do:
  - remind: {call: email, with: {to: "${ .customer }", template: reminder, data: {invoice: {}}}}
"""
    )
    run = await platform.run(text, {"customer": customer(platform, "una", consent=False)})

    found = await lineages(platform).of_run("acme", run.run)

    step, decision = only(found, "step"), only(found, "decision")
    assert step.about["status"] == "denied"
    assert (decision.about["outcome"], decision.about["code"]) == ("deny", "policy.no-consent")
    assert decision.about["determining"] == ["solution/consent"]
    assert found.of("attempt") == found.of("delivery") == []


async def test_of_a_run_that_temporal_has_let_go_of_the_stores_tell(platform: Platform) -> None:
    platform.stores.ledger.begin(
        "acme",
        id="left-over",
        solution="test.gone",
        run="test.gone:1",
        step="/do/0/remind",
        channel="email",
        binding="email",
        provider="smtp",
        version="1.2.3",
    )

    found = await lineages(platform).of_run("acme", "test.gone:1")

    assert (found.complete, found.missing) == (False, ["history"])
    assert links(found) == {
        ("run", "did", "step"): 1,
        ("step", "sent", "delivery"): 1,
        ("experience", "performed", "delivery"): 1,
        ("delivery", "wrote", "write"): 1,
        ("adapter", "performed", "write"): 1,
    }
    assert named(found, "adapter") == ["email/smtp@1.2.3"]
