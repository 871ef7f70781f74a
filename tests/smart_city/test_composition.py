"""Several policies at once: what is hard comes first, what costs something comes last."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from smart_city.bundle import compile_bundle
from smart_city.decide import (
    Approval,
    Facts,
    Reserved,
    Step,
    Verdict,
    applies,
    decide,
    needs_fresh,
)
from tests.smart_city.world import (
    APPROVAL,
    CAP,
    CONSENT,
    LEAD,
    NIGHT,
    NOON,
    SERVICE,
    bundle,
    internal,
    known,
    layered,
    mail,
    score,
)

ALL = bundle(
    **{"tenant/consent": CONSENT, "night": NIGHT, "enough": CAP, "bigMoney": APPROVAL},
)
NIGHTFALL = datetime(2026, 3, 28, 22, 10, tzinfo=UTC)


def _discharged(step: Step, facts: Facts) -> list[Verdict]:
    """What a caller hears who does what each verdict asks for."""
    heard: list[Verdict] = []
    while len(heard) < 12:
        verdict = decide(ALL, step, facts)
        heard.append(verdict)
        if verdict.approval:
            given = {verdict.approval.policy: Approval(LEAD, facts.now)}
            facts = replace(facts, approvals=given)
        elif verdict.until:
            facts = replace(facts, now=verdict.until)
        elif verdict.reserve:
            places = {need.policy: Reserved(True) for need in verdict.reserve}
            facts = replace(facts, reservations=places)
        else:
            break
    return heard


def test_a_person_is_asked_then_the_night_passes_then_a_place_is_taken() -> None:
    heard = _discharged(mail(task="escalate"), known(now=NIGHTFALL))
    assert [(one.outcome, one.policy) for one in heard] == [
        ("approve", "bigMoney"),
        ("defer", "night"),
        ("reserve", "enough"),
        ("allow", None),
    ]
    # The clocks were put forward in that night.
    assert heard[1].until == datetime(2026, 3, 29, 6, 0, tzinfo=UTC)


def test_every_verdict_names_all_policies_that_hold_the_step() -> None:
    heard = _discharged(mail(task="escalate"), known(now=NIGHTFALL))
    assert [one.determining for one in heard] == [
        ("solution/bigMoney", "solution/enough", "solution/night"),
        ("solution/enough", "solution/night"),
        ("solution/enough",),
        ("platform/permit",),
    ]


def test_nobody_is_asked_about_a_step_that_is_denied_anyway() -> None:
    verdict = decide(ALL, mail(task="escalate"), known(now=NIGHTFALL, consents={}))
    assert (verdict.outcome, verdict.layer, verdict.policy) == ("deny", "tenant", "consent")


def test_nobody_is_asked_about_a_step_that_is_left_out_anyway() -> None:
    facts = known(now=NIGHTFALL, reservations={"enough": Reserved(False)})
    assert decide(ALL, mail(task="escalate"), facts).outcome == "skip"


def test_consent_withdrawn_while_a_person_thought_about_it_stops_the_step() -> None:
    approved = known(approvals={"bigMoney": Approval(LEAD, NOON)}, consents={})
    assert decide(ALL, mail(task="escalate"), approved).code == "policy.no-consent"


@pytest.mark.parametrize(
    ("switch", "said"),
    [
        ("tenant", "tenant"),
        ("solution:acme.invoice-dunning", "solution acme.invoice-dunning"),
        ("capability:experience.email", "capability experience.email"),
        ("channel:email", "channel email"),
    ],
)
def test_a_kill_switch_stops_what_it_names(switch: str, said: str) -> None:
    verdict = decide(bundle(), mail(), known(switches=frozenset({switch})))
    assert (verdict.outcome, verdict.code, verdict.layer, verdict.reason) == (
        "deny",
        "policy.kill-switch",
        "platform",
        f"stopped by the kill switch of the {said}",
    )


def test_a_kill_switch_stops_nothing_else() -> None:
    others = {"solution:acme.other", "capability:experience", "channel:voice", "solution"}
    assert decide(bundle(), mail(), known(switches=frozenset(others))).outcome == "allow"


def test_nobody_acts_in_another_tenant() -> None:
    verdict = decide(bundle(), mail(tenant="evil"), known())
    assert (verdict.outcome, verdict.code) == ("deny", "policy.tenant-wall")


@pytest.mark.parametrize("step", [mail(), mail(effect="write"), mail(effect="money")])
def test_an_effect_is_never_decided_on_stale_facts(step: Step) -> None:
    verdict = decide(bundle(), step, known(fresh=False))
    assert (verdict.outcome, verdict.code) == ("deny", "policy.stale-facts")
    assert needs_fresh(bundle(), step)


def test_a_step_that_reads_is_decided_in_the_workflow_unless_a_policy_looks_further() -> None:
    named = bundle(quiet={**NIGHT, "channels": ["email"], "before": ["remind"]})
    capped = bundle(cap={"kind": "frequencyCap", "before": ["score"], "max": 1, "per": "P1D"})
    asked = bundle(ask={"kind": "approval", "before": ["score"], "role": "analyst"})
    assert [needs_fresh(one, score()) for one in (bundle(), ALL, named, asked, capped)] == [
        False,
        False,
        False,
        False,
        True,
    ]
    assert decide(ALL, score(), Facts(now=NOON)).outcome == "allow"
    assert decide(asked, score(), Facts(now=NOON)).outcome == "approve"
    assert decide(capped, score(), Facts(now=NOON)).code == "policy.stale-facts"


def test_a_policy_whose_condition_is_false_asks_for_no_fresh_facts() -> None:
    cap = {"kind": "frequencyCap", "before": ["score"], "max": 1, "per": "P1D", "when": "${ .x }"}
    step = score(conditions={"cap": False})
    assert not needs_fresh(bundle(cap=cap), step)
    assert decide(bundle(cap=cap), step, Facts(now=NOON)).outcome == "allow"


def test_internal_tasks_are_decided_only_where_a_policy_names_them() -> None:
    named = bundle(ask={"kind": "approval", "before": ["total"], "role": "analyst"})
    assert [
        applies(ALL, internal()),
        applies(named, internal()),
        applies(named, internal(task="other")),
        applies(bundle(), score()),
        applies(bundle(), mail()),
    ] == [False, True, False, True, True]


def test_the_same_arguments_give_the_same_verdict_even_from_a_bundle_made_anew() -> None:
    documents = layered({"night": NIGHT, "enough": CAP})
    once = decide(compile_bundle(documents), mail(), known(now=NIGHTFALL))
    compile_bundle.__globals__["_compiled"].cache_clear()
    again = decide(compile_bundle(documents[::-1]), mail(), known(now=NIGHTFALL))
    assert once == again
    assert type(once).model_validate_json(once.model_dump_json()) == once


def test_the_digest_of_the_facts_changes_with_any_fact_and_with_the_step() -> None:
    verdicts = [
        decide(ALL, mail(), known()),
        decide(ALL, mail(), known(now=NIGHTFALL)),
        decide(ALL, mail(), known(zone=None)),
        decide(ALL, mail(), known(consents=None)),
        decide(ALL, mail(), known(switches=frozenset({"x"}))),
        decide(ALL, mail(key="8"), known()),
        decide(ALL, mail(principal=SERVICE), known()),
    ]
    assert len({one.facts_digest for one in verdicts}) == len(verdicts)


def test_a_moment_without_a_zone_is_no_fact() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        Facts(now=NOON.replace(tzinfo=None))
