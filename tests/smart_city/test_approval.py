"""A step that needs a person waits for the right one."""

from datetime import timedelta
from typing import Any

import pytest

from smart_city.approval import Approval, ApprovalNeed, Rejection, admissible
from smart_city.decide import Verdict, decide
from symphainy.errors import Refused
from symphainy.identity import Principal
from tests.smart_city.world import (
    APPROVAL,
    INITIATOR,
    LEAD,
    NOON,
    bundle,
    internal,
    known,
    mail,
    score,
)

NEED = ApprovalNeed(
    policy="solution/bigMoney",
    role="collections-lead",
    within=timedelta(days=2),
    distinct_from=("u-1",),
)
ROLE = frozenset({"collections-lead"})


def _decide(policy: dict[str, Any] | None = None, **facts: Any) -> Verdict:
    policies = bundle(bigMoney={**APPROVAL, **(policy or {})})
    return decide(policies, mail(task="escalate"), known(**facts))


def _by(principal: Principal) -> dict[str, Any]:
    return {"approvals": {"solution/bigMoney": Approval(principal, NOON)}}


def test_the_verdict_says_whose_approval_is_needed() -> None:
    verdict = _decide()
    assert (verdict.outcome, verdict.code, verdict.reason, verdict.approval) == (
        "approve",
        "policy.approval-needed",
        "`bigMoney` needs the approval of a collections-lead within 2 days",
        NEED,
    )


def test_an_approval_by_the_right_person_lets_the_step_go() -> None:
    assert _decide(None, **_by(LEAD)).outcome == "allow"


@pytest.mark.parametrize(
    ("by", "code"),
    [
        (INITIATOR, "approval.not-distinct"),
        (Principal(tenant="acme", id="u-3", kind="user"), "approval.role"),
        (Principal(tenant="acme", id="a-1", kind="agent", roles=ROLE), "approval.not-a-person"),
        (Principal(tenant="acme", id="s-1", kind="service", roles=ROLE), "approval.not-a-person"),
        (Principal(tenant="evil", id="u-2", kind="user", roles=ROLE), "approval.other-tenant"),
    ],
)
def test_an_approval_by_anybody_else_counts_for_nothing(by: Principal, code: str) -> None:
    assert _decide(None, **_by(by)).outcome == "approve"
    with pytest.raises(Refused) as refused:
        admissible(NEED, by, tenant="acme")
    assert refused.value.code == code


def test_nobody_approves_what_an_agent_wants_for_them() -> None:
    agent = Principal(tenant="acme", id="a-1", kind="agent", roles=ROLE, on_behalf_of=LEAD.id)
    step = mail(task="escalate", principal=agent)
    verdict = decide(bundle(bigMoney=APPROVAL), step, known(**_by(LEAD)))
    assert verdict.outcome == "approve"
    assert verdict.approval == NEED.model_copy(update={"distinct_from": ("a-1", LEAD.id)})


def test_the_right_person_is_admissible() -> None:
    assert admissible(NEED, LEAD, tenant="acme") is None  # type: ignore[func-returns-value]


def test_the_initiator_may_approve_where_the_policy_asks_for_nobody_else() -> None:
    assert _decide({"distinctFrom": []}, **_by(INITIATOR)).outcome == "allow"


def test_a_rejection_is_final_even_beside_an_approval() -> None:
    rejected = {"rejections": {"solution/bigMoney": Rejection(LEAD, NOON)}}
    verdict = _decide(None, **_by(LEAD), **rejected)
    assert (verdict.outcome, verdict.code) == ("deny", "policy.approval-rejected")


@pytest.mark.parametrize("on_timeout", ["deny", "skip"])
def test_silence_denies_or_skips_as_the_policy_says(on_timeout: str) -> None:
    silence = {"rejections": {"solution/bigMoney": Rejection(None, NOON)}}
    verdict = _decide({"onTimeout": on_timeout}, **silence)
    assert (verdict.outcome, verdict.code) == (on_timeout, "policy.approval-expired")


@pytest.mark.parametrize(("value", "outcome"), [(True, "approve"), (False, "allow")])
def test_the_condition_decides_whether_it_is_needed(value: bool, outcome: str) -> None:
    step = mail(task="escalate", conditions={"bigMoney": value})
    assert decide(bundle(bigMoney=APPROVAL), step, known()).outcome == outcome


def test_a_false_condition_excuses_no_policy_that_has_none() -> None:
    always = {name: value for name, value in APPROVAL.items() if name != "when"}
    step = mail(task="escalate", conditions={"bigMoney": False})
    assert decide(bundle(bigMoney=always), step, known()).outcome == "approve"


def test_an_approval_of_one_policy_is_none_of_its_namesake_in_another_layer() -> None:
    both = bundle(**{"tenant/bigMoney": APPROVAL, "solution/bigMoney": APPROVAL})
    bare = known(approvals={"bigMoney": Approval(LEAD, NOON)})
    one = known(approvals={"tenant/bigMoney": Approval(LEAD, NOON)})
    step = mail(task="escalate")
    assert (decide(both, step, bare).layer, decide(both, step, one).layer) == (
        "tenant",
        "solution",
    )


def test_a_bare_name_is_enough_where_one_layer_uses_it() -> None:
    facts = known(approvals={"bigMoney": Approval(LEAD, NOON)})
    assert decide(bundle(bigMoney=APPROVAL), mail(task="escalate"), facts).outcome == "allow"


@pytest.mark.parametrize("named", ["insights.score", "insights.score:1"])
def test_a_capability_is_named_with_or_without_its_major(named: str) -> None:
    policy = bundle(look={"kind": "approval", "capabilities": [named], "role": "analyst"})
    verdicts = [
        decide(policy, score(capability=f"insights.{one}"), known()).outcome
        for one in ("score:1", "score:2", "scores:1")
    ]
    assert verdicts == ["approve", "allow" if ":" in named else "approve", "allow"]


def test_without_selectors_every_effect_needs_the_approval() -> None:
    policy = bundle(all={"kind": "approval", "role": "analyst"})
    steps = [mail(), mail(effect="write"), mail(effect="money"), score(), internal()]
    assert [decide(policy, step, known()).outcome for step in steps] == [
        "approve",
        "approve",
        "approve",
        "allow",
        "allow",
    ]


def test_roles_are_spoken_of_properly() -> None:
    policy = bundle(look={"kind": "approval", "before": ["score"], "role": "analyst"})
    assert decide(policy, score(), known()).reason == "`look` needs the approval of an analyst"
