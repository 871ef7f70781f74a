"""What changes while a run waits holds when it goes on."""

from collections.abc import AsyncIterator

import pytest

from public_works.policies import PLATFORM
from symphainy.json import Json
from tests.runtime.platform import LEAD, Platform
from tests.runtime.test_governing import decided, says
from tests.runtime.test_messages import NOTICE, SEND, customer, payload

SURE: Json = {"kind": "approval", "channels": ["email"], "role": "collections-lead"}
CONSENT: Json = {"kind": "consent", "channels": ["email"]}


@pytest.fixture(autouse=True)
async def afterwards(platform: Platform) -> AsyncIterator[None]:
    """Nothing holds for whoever comes next."""
    yield
    for layer in ("acme", PLATFORM):
        says(platform, {}, layer)


STOP: Json = {"kind": "killSwitch", "reason": "wrong prices"}
BUDGET: Json = {"kind": "budget", "limit": 1, "per": "P1D", "amount": 2}
AWAY: Json = {"kind": "denyList", "destinations": ["customer.example"]}


@pytest.mark.parametrize(
    ("layer", "said", "code"),
    [
        ("acme", STOP, "policy.kill-switch"),
        (PLATFORM, STOP, "policy.kill-switch"),
        ("acme", BUDGET, "policy.budget-exceeded"),
        (PLATFORM, AWAY, "policy.destination"),
        ("acme", {"kind": "residency", "regions": ["eu"]}, None),
    ],
)
async def test_what_is_said_while_a_person_is_asked_holds_after_they_said_yes(
    platform: Platform, layer: str, said: Json, code: str | None
) -> None:
    says(platform, {"sure": SURE})
    run = await platform.submit(
        platform.deploy(NOTICE + SEND), payload(customer(platform, "wanda"))
    )
    await platform.until(run.run, "step.decided", outcome="approve")
    both = {"sure": SURE, "late": said} if layer == "acme" else {"late": said}
    says(platform, both, layer)
    (asked,) = [one for one in platform.stores.approvals.pending("acme") if one.run == run.run]

    await platform.runs.answer(LEAD, run.run, asked.id, granted=True)
    finished = await platform.finish(run.run)

    assert (finished.problem["code"] if finished.problem else None) == code
    assert decided(platform, run.run).outcome == ("deny" if code else "allow")


async def test_consent_that_is_withdrawn_while_a_person_is_asked_is_heeded(
    platform: Platform,
) -> None:
    says(platform, {"sure": SURE, "asked": CONSENT})
    run = await platform.submit(
        platform.deploy(NOTICE + SEND), payload(customer(platform, "wilma"))
    )
    await platform.until(run.run, "step.decided", outcome="approve")
    customer(platform, "wilma", consent=False)
    (asked,) = [one for one in platform.stores.approvals.pending("acme") if one.run == run.run]

    await platform.runs.answer(LEAD, run.run, asked.id, granted=True)
    finished = await platform.finish(run.run)

    assert finished.problem is not None
    assert finished.problem["code"] == "policy.no-consent"
    assert platform.stores.ledger.list("acme", customer="wilma") == []
