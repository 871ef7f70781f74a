"""Money, data, places and agents: what policies about them hold, in every run."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from public_works.policies import PLATFORM
from smart_city.facts import Subject
from symphainy.identity import Principal
from symphainy.json import Json
from temporal.gate.governing import Governing
from tests.runtime.platform import LEAD, Platform
from tests.runtime.test_long_runs import histories
from tests.runtime.test_messages import NOTICE, SEND, customer, payload

AGENT = Principal(tenant="acme", id="agent-1", kind="agent", roles=frozenset({"operator"}))
PRICED = """
document: {dsl: 1.0.3, namespace: test, name: priced-{{n}}, version: 1.0.0}
experiences:
  email: {adapter: sandbox, from: billing@acme.example, cost: 4.00 EUR}
do:
  - tell: {call: email, with: {to: "${ .customer }", text: Hello}}
"""
ACCOUNT = """
document: {dsl: 1.0.3, namespace: test, name: account-{{n}}, version: 1.0.0}
input:
  schema:
    document:
      type: object
      properties: {iban: {type: string, x-data-class: bank}}
experiences:
  email: {adapter: sandbox, from: billing@acme.example}
do:
  - tell:
      call: email
      with:
        to: "${ .customer }"
        text: "Refunded to {{ account }}, pin {{ pin }}"
        data: {account: "${ .iban }", pin: "1234"}
"""
ASK = """
document: {dsl: 1.0.3, namespace: test, name: ask-{{n}}, version: 1.0.0}
do:
  - ask: {call: http, with: {method: get, endpoint: 'http://127.0.0.1:9/rates'}}
"""
SCORED = """
document: {dsl: 1.0.3, namespace: test, name: scored-{{n}}, version: 1.0.0}
do:
  - score: {call: content.render, with: {template: "x", data: {}}}
"""
TEN: dict[str, Json] = {"kind": "budget", "limit": "10.00 EUR", "per": "P7D", "scope": "tenant"}


def says(platform: Platform, policies: Json, layer: str = "acme") -> None:
    """From now on this holds, and nothing else of that layer."""
    platform.stores.policies.put(layer, {"policies": policies}, by="owner")


@pytest.fixture(autouse=True)
async def afterwards(platform: Platform, skipping: Platform) -> AsyncIterator[None]:
    """Nothing holds for whoever comes next."""
    yield
    for one in (platform, skipping):
        for layer in ("acme", PLATFORM):
            says(one, {}, layer)


async def ended(platform: Platform, solution: str, given: Json, **more: Any) -> tuple[str, Any]:
    """How a run of the solution ends: its status, and its problem's code."""
    run = await platform.submit(solution, given, **more)
    finished = await platform.finish(run.run)
    return finished.status, finished.problem["code"] if finished.problem else None


def decided(platform: Platform, run: str) -> Any:
    """The last decision of a run, as the register has it."""
    return platform.stores.decisions.list("acme", run)[-1]


async def test_many_runs_at_once_never_spend_more_than_a_budget(platform: Platform) -> None:
    says(platform, {"money": TEN})
    solution = platform.deploy(PRICED)
    given = [payload(customer(platform, f"bo{n}")) for n in range(12)]

    ends = await asyncio.gather(*(ended(platform, solution, one) for one in given))

    assert sorted(ends, key=str) == sorted(
        [("completed", None)] * 2 + [("faulted", "policy.budget-exceeded")] * 10, key=str
    )


async def test_what_was_not_sent_gives_its_money_back(platform: Platform) -> None:
    says(platform, {"money": {**TEN, "limit": "4.00 EUR", "scope": "solution"}})
    solution = platform.deploy(PRICED)
    bad = payload({"id": "nobody"})

    first = await ended(platform, solution, bad)
    second = await ended(platform, solution, payload(customer(platform, "bea")))

    assert (first[0], second) == ("faulted", ("completed", None))


async def test_more_than_a_budget_waits_for_a_person(replaying: Platform) -> None:
    asks = {"onExceed": "approval", "role": "collections-lead"}
    says(replaying, {"money": {**TEN, "limit": "1.00 EUR", "scope": "customer", **asks}})
    try:
        solution = replaying.deploy(PRICED)
        run = await replaying.submit(solution, payload(customer(replaying, "bill")))
        await replaying.until(run.run, "step.decided", outcome="approve")
        (asked,) = [o for o in replaying.stores.approvals.pending("acme") if o.run == run.run]
        await replaying.runs.answer(LEAD, run.run, asked.id, granted=True)

        assert (await replaying.finish(run.run)).status == "completed"
        assert asked.policy == "tenant/money"
    finally:
        says(replaying, {})


async def test_what_is_masked_leaves_unreadable_and_is_so_in_history(replaying: Platform) -> None:
    says(replaying, {"pii": {"kind": "mask", "classes": ["bank"], "fields": ["pin"]}})
    try:
        solution = replaying.deploy(ACCOUNT)
        given = payload(customer(replaying, "mia"))
        assert isinstance(given, dict)
        run = await replaying.submit(solution, {**given, "iban": "AT611904300234573201"})

        assert (await replaying.finish(run.run)).status == "completed"
        (sent,) = [one for one in replaying.stores.outbox.list("acme") if one.run == run.run]
        assert sent.text == "Refunded to ***, pin ***"
        assert decided(replaying, run.run).details["masked"] == ["/data/account#", "/data/pin#"]
    finally:
        says(replaying, {})


async def test_data_of_a_class_does_not_go_where_it_must_not(platform: Platform) -> None:
    solution = platform.deploy(ACCOUNT)
    says(platform, {"pii": {"kind": "dataClass", "classes": ["bank"], "channels": ["email"]}})
    given = payload(customer(platform, "max"))
    assert isinstance(given, dict)

    ends = [
        await ended(platform, solution, {**given, **more})
        for more in ({"iban": "AT611904300234573201"}, {})
    ]

    assert ends == [("faulted", "policy.data-class"), ("completed", None)]


KNOWN = """
document: {dsl: 1.0.3, namespace: test, name: known-{{n}}, version: 1.0.0}
experiences:
  email: {adapter: sandbox, from: billing@acme.example}
policies:
  pii: {kind: mask, classes: [contact]}
do:
  - know: {call: journey.profile, with: {customer: "${ .customer }"}, output: {as: "$input + ."}}
  - often:
      for: {each: row, in: "${ [range(20)] }"}
      do:
        - say:
            call: content.render
            with: {template: "x", data: {}}
            output: {as: $input}
  - tell:
      call: email
      with:
        to: "${ .customer }"
        text: "{{ name }}, {{ mail }}"
        data: {name: "${ .name }", mail: "${ .email }"}
"""


async def test_what_a_capability_says_it_gives_is_known_in_the_next_history_too(
    short: Platform,
) -> None:
    run = await short.submit(short.deploy(KNOWN), payload(customer(short, "kim")))

    assert (await short.finish(run.run)).status == "completed"
    (sent,) = [one for one in short.stores.outbox.list("acme") if one.run == run.run]
    assert sent.text == "Ada, ***"
    assert await histories(short, run.run) > 1


async def test_nothing_is_connected_to_outside_of_the_regions(platform: Platform) -> None:
    says(platform, {"eu": {"kind": "residency", "regions": ["eu"]}})

    problem = await platform.problem(ASK)
    inside = await ended(platform, platform.deploy(PRICED), payload(customer(platform, "rea")))

    # The guarded egress would have refused it with a code of its own.
    assert (problem["code"], inside) == ("policy.region-unknown", ("completed", None))


async def test_a_binding_says_where_it_is(platform: Platform) -> None:
    says(platform, {"eu": {"kind": "residency", "regions": ["eu"]}})
    ends = []
    for region in ("us-east-1", "eu-central-1"):
        bound = PRICED.replace("cost: 4.00 EUR", f"region: {region}")
        given = payload(customer(platform, "ria"))
        ends.append(await ended(platform, platform.deploy(bound), given))

    assert ends == [("faulted", "policy.region"), ("completed", None)]


async def test_an_agent_calls_only_what_is_listed(platform: Platform) -> None:
    says(platform, {"tools": {"kind": "agentTools", "tools": ["insights.score"]}})
    solution = platform.deploy(NOTICE + SEND)
    given = payload(customer(platform, "ada"))

    ends = [
        await ended(platform, solution, given, key="person"),
        await ended(platform, solution, given, key="agent", principal=AGENT),
    ]

    assert ends == [("completed", None), ("faulted", "policy.agent-tool")]


ALWAYS: dict[str, Json] = {"kind": "quietHours", "from": "00:00", "to": "23:59"}
KINDS: list[tuple[dict[str, Json], str]] = [
    ({"kind": "agentTools", "tools": []}, "policy.agent-tool"),
    ({**TEN, "amount": "11.00 EUR"}, "policy.budget-exceeded"),
    ({"kind": "dataClass", "classes": ["bank"]}, "policy.data-class"),
    ({"kind": "residency", "regions": ["eu"]}, "policy.region"),
    ({"kind": "consent", "channels": ["email"]}, "policy.no-consent"),
    ({"kind": "mask", "classes": ["bank"]}, "policy.mask-needed"),
    ({"kind": "mask", "fields": ["pin"]}, "policy.mask-needed"),
    ({"kind": "killSwitch", "adapters": ["sandbox"], "reason": "no"}, "policy.kill-switch"),
    ({"kind": "denyList", "destinations": ["customer.example"]}, "policy.destination"),
    ({"kind": "approval", "channels": ["email"], "role": "lead"}, "policy.approval-needed"),
    (ALWAYS, "policy.quiet-hours"),
]


@pytest.mark.parametrize(("policy", "code"), KINDS, ids=[str(one["kind"]) for one, _ in KINDS])
async def test_what_only_advises_lets_pass_and_tells(
    platform: Platform, policy: dict[str, Json], code: str
) -> None:
    located = "from: billing@acme.example, region: us"
    solution = platform.deploy(ACCOUNT.replace("from: billing@acme.example", located))
    given = payload(customer(platform, "ann", consent=False))
    assert isinstance(given, dict)
    given = {**given, "iban": "AT611904300234573201"}
    told = {}
    for mode in ("advise", "shadow"):
        says(platform, {"one": {**policy, "mode": mode}})
        run = await platform.submit(solution, given, principal=AGENT)
        assert (await platform.finish(run.run)).status == "completed"
        event = await platform.until(run.run, "step.decided")
        advice: Any = event.data.get("advice")
        details = decided(platform, run.run).details
        kept = details.get("advice")
        told[mode] = (advice and advice["code"], kept and kept["code"], "would" in details)

    assert told == {"advise": (code, code, True), "shadow": (None, None, True)}


@pytest.mark.parametrize(
    ("mode", "asked"), [("advise", True), ("enforce", True), ("shadow", False)]
)
async def test_of_a_step_without_effect_who_advises_is_asked_too(
    platform: Platform, mode: str, asked: bool
) -> None:
    says(platform, {"tools": {"kind": "agentTools", "tools": [], "mode": mode}})
    plan = (await platform.compiled(SCORED)).plan
    assert plan is not None
    score = Subject("score", "content.render:1", "none", None, None)

    # One that looks for the first time; what was read is good for seconds.
    assert Governing(platform.stores).concerns("acme", plan, score) is asked
