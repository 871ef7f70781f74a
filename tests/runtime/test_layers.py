"""What tenant and platform set holds in every run, whatever its solution says."""

import itertools
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from public_works.policies import PLATFORM
from symphainy.json import Json
from tests.runtime.platform import LEAD, Platform
from tests.runtime.test_messages import NOTICE, SEND, customer, payload

ASKED: Json = {"asked": {"kind": "consent", "channels": ["email"]}}
SCORE = """
document: {dsl: 1.0.3, namespace: test, name: score-{{n}}, version: 1.0.0}
do:
  - score: {call: insights.score, with: {model: lead-fit, features: {}}}
"""


def says(platform: Platform, layer: str, policies: Json) -> None:
    """From now on this holds, and nothing else of that layer."""
    platform.stores.policies.put(layer, {"policies": policies}, by="owner")


@pytest.fixture(autouse=True)
async def afterwards(platform: Platform, skipping: Platform) -> AsyncIterator[None]:
    """Nothing holds for whoever comes next."""
    yield
    for one in (platform, skipping):
        for layer in ("acme", PLATFORM):
            says(one, layer, {})


@pytest.mark.parametrize(("layer", "name"), [("acme", "tenant"), (PLATFORM, "platform")])
async def test_a_forbid_of_any_layer_wins_and_the_register_says_whose_it_is(
    platform: Platform, layer: str, name: str
) -> None:
    solution = platform.deploy(NOTICE + SEND)
    says(platform, layer, ASKED)

    run = await platform.submit(solution, payload(customer(platform, "una", consent=False)))
    finished = await platform.finish(run.run)

    assert finished.problem is not None
    assert finished.problem["code"] == "policy.no-consent"
    (decision,) = platform.stores.decisions.list("acme", run.run)
    assert (decision.outcome, decision.policy, decision.layer) == ("deny", "asked", name)
    assert isinstance(decision.details, dict)
    assert decision.details["determining"] == [f"{name}/asked"]


async def test_what_another_tenant_sets_holds_for_nobody_else(platform: Platform) -> None:
    solution = platform.deploy(NOTICE + SEND)
    says(platform, "globex", ASKED)

    run = await platform.submit(solution, payload(customer(platform, "uno", consent=False)))

    assert (await platform.finish(run.run)).status == "completed"


async def test_a_change_bites_runs_that_wait_already(skipping: Platform) -> None:
    says(skipping, "acme", {"night": await night(skipping)})
    solution = skipping.deploy(NOTICE + SEND)
    run = await skipping.submit(solution, payload(customer(skipping, "ula", consent=False)))
    await skipping.until(run.run, "run.waiting")

    says(skipping, "acme", ASKED)
    finished = await skipping.finish(run.run)

    assert finished.problem is not None
    assert finished.problem["code"] == "policy.no-consent"


async def test_a_tenant_asks_people_about_a_step_without_effect(replaying: Platform) -> None:
    approval: Json = {"kind": "approval", "capabilities": ["insights.score"], "role": LEAD_ROLE}
    says(replaying, "acme", {"sure": approval})
    try:
        run = await replaying.submit(replaying.deploy(SCORE))
        await replaying.until(run.run, "step.decided", outcome="approve")
        pending = replaying.stores.approvals.pending("acme")
        (asked,) = [one for one in pending if one.run == run.run]
        await replaying.runs.answer(LEAD, run.run, asked.id, granted=True)

        assert (await replaying.finish(run.run)).status == "completed"
        assert asked.policy == "tenant/sure"
    finally:
        says(replaying, "acme", {})


async def test_a_solution_replaces_what_is_overridable(platform: Platform) -> None:
    says(platform, "acme", {"once": {**CAP, "max": 1, "overridable": True}})
    twice = "\npolicies:\n  once: {kind: frequencyCap, channels: [email], max: 2, per: P7D}\n"
    own, others = platform.deploy(NOTICE + twice + SEND), platform.deploy(NOTICE + SEND)
    outcomes = {}
    for solution, reader in ((own, "ola"), (others, "oli")):
        given = payload(customer(platform, reader))
        runs = [await platform.submit(solution, given, key=f"{reader}{n}") for n in range(3)]
        finished = [(await platform.finish(run.run)).run for run in runs]
        kept = [platform.stores.decisions.list("acme", run)[-1].outcome for run in finished]
        outcomes[reader] = sorted(kept)

    assert outcomes == {"ola": ["allow", "allow", "skip"], "oli": ["allow", "skip", "skip"]}


async def test_a_denied_domain_gets_nothing_and_the_address_is_not_recorded(
    platform: Platform,
) -> None:
    denied = {"kind": "denyList", "destinations": ["*.customer.example"], "onBreach": "skip"}
    says(platform, "acme", {"rivals": denied})
    solution = platform.deploy(NOTICE + SEND)

    run = await platform.submit(solution, payload(customer(platform, "rita")))
    output = (await platform.finish(run.run)).output

    assert isinstance(output, dict)
    assert (output["state"], output["policy"]) == ("skipped", "rivals")
    (decision,) = platform.stores.decisions.list("acme", run.run)
    assert decision.reason == "the destination is on the list `rivals`"
    assert "customer.example" not in decision.model_dump_json()


async def test_an_address_that_becomes_denied_while_the_run_waits_gets_nothing(
    skipping: Platform,
) -> None:
    says(skipping, "acme", {"night": await night(skipping)})
    solution = skipping.deploy(NOTICE + SEND)
    run = await skipping.submit(solution, payload(customer(skipping, "rolf")))
    await skipping.until(run.run, "run.waiting")

    says(skipping, "acme", {"known": {"kind": "allowList", "destinations": ["acme.example"]}})
    finished = await skipping.finish(run.run)

    assert finished.problem is not None
    assert finished.problem["code"] == "policy.destination"


async def test_a_call_to_a_host_that_is_denied_is_not_made(platform: Platform) -> None:
    says(platform, "acme", {"out": {"kind": "denyList", "destinations": ["rival.example"]}})
    call = "{call: http, with: {method: get, endpoint: 'https://RIVAL.example./prices'}}"

    problem = await platform.problem(SCORE.partition("do:")[0] + f"do:\n  - ask: {call}\n")

    assert problem["code"] == "policy.destination"


@pytest.mark.parametrize(
    ("stop", "stopped"),
    [
        ({}, True),
        ({"channels": ["email"]}, True),
        ({"channels": ["sms"]}, False),
        ({"adapters": ["sandbox"]}, True),
        ({"adapters": ["smtp"]}, False),
        ({"solutions": ["test.other"]}, False),
    ],
)
async def test_a_kill_switch_stops_what_it_names(
    platform: Platform, stop: dict[str, Json], stopped: bool
) -> None:
    switch: Json = {"kind": "killSwitch", "reason": "wrong prices", **stop}
    solution = platform.deploy(NOTICE + SEND)
    says(platform, "acme", {"incident": switch})

    run = await platform.submit(solution, payload(customer(platform, "sara")))
    finished = await platform.finish(run.run)

    code = finished.problem["code"] if finished.problem else None
    assert (finished.status, code) == (
        ("faulted", "policy.kill-switch") if stopped else ("completed", None)
    )


async def test_a_kill_switch_stops_a_step_without_effect(platform: Platform) -> None:
    names: Json = ["insights.score"]
    stop: Json = {"kind": "killSwitch", "reason": "odd scores", "capabilities": names}
    says(platform, "acme", {"incident": stop})

    assert (await platform.problem(SCORE))["detail"] == "stopped by `incident`: odd scores"


async def test_what_is_faster_than_a_tenant_allows_waits_for_its_turn(skipping: Platform) -> None:
    limit: Json = {"kind": "rateLimit", "channels": ["email"], "max": 1, "per": "PT1H"}
    says(skipping, "acme", {"slowly": {**limit, "scope": "tenant"}})
    solutions = [skipping.deploy(NOTICE + SEND) for _ in range(3)]
    runs = []
    for n, solution in enumerate(solutions):
        given = payload(customer(skipping, f"tom{n}"))
        runs.append(await skipping.submit(solution, given))
    for run in runs:
        assert (await skipping.finish(run.run)).status == "completed"

    sent = [skipping.stores.decisions.list("acme", run.run)[-1].at for run in runs]
    apart = sorted(sent)
    assert [
        (later - earlier) >= timedelta(hours=1) for earlier, later in itertools.pairwise(apart)
    ] == [True, True]


LEAD_ROLE = "collections-lead"
CAP: dict[str, Json] = {"kind": "frequencyCap", "channels": ["email"], "per": "P7D"}


async def night(platform: Platform) -> Json:
    """Quiet hours for mails, which began an hour ago and end in two."""
    now = await platform.now()
    start, end = (now + timedelta(hours=hours) for hours in (-1, 2))
    hours: dict[str, Json] = {"from": f"{start:%H:%M}", "to": f"{end:%H:%M}", "zone": "UTC"}
    return {"kind": "quietHours", "channels": ["email"], **hours}


async def test_a_policy_in_shadow_holds_nothing_and_says_what_it_would_have_done(
    platform: Platform,
) -> None:
    consent: Json = {"kind": "consent", "channels": ["email"], "mode": "shadow"}
    says(platform, "acme", {"asked": consent})
    solution = platform.deploy(NOTICE + SEND)
    would = {}
    for reader, agreed in (("vera", False), ("vito", True)):
        given = payload(customer(platform, reader, consent=agreed))
        run = await platform.submit(solution, given)
        assert (await platform.finish(run.run)).status == "completed"
        (decision,) = platform.stores.decisions.list("acme", run.run)
        assert isinstance(decision.details, dict)
        would[reader] = (decision.outcome, decision.details.get("would"))

    denied = {
        "outcome": "deny",
        "policy": "asked",
        "layer": "tenant",
        "reason": "no consent for transactional by email (`asked`)",
    }
    assert would == {"vera": ("allow", denied), "vito": ("allow", None)}
