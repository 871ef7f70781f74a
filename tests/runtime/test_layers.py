"""What tenant and platform set holds in every run, whatever its solution says."""

from collections.abc import AsyncIterator

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
    says(skipping, "acme", {"night": {**NIGHT, "channels": ["email"]}})
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
        outcomes[reader] = kept

    assert outcomes == {"ola": ["allow", "allow", "skip"], "oli": ["allow", "skip", "skip"]}


LEAD_ROLE = "collections-lead"
CAP: dict[str, Json] = {"kind": "frequencyCap", "channels": ["email"], "per": "P7D"}
NIGHT: dict[str, Json] = {
    "kind": "quietHours",
    "from": "00:00",
    "to": "23:59",
    "zone": "UTC",
}
