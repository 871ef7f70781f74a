"""Every kind of policy, in every mode, of every layer: what it does is what the docs say."""

from datetime import timedelta
from typing import Any, get_args

import pytest

from smart_city.bundle import Bundle
from smart_city.decide import advice, decide, hoped, settled, tried
from smart_city.facts import Facts, Reserved, Step
from smart_city.policies import KINDS
from smart_city.verdict import Layer
from symphainy.identity import Principal
from tests.smart_city.world import NOON, bundle, known, mail, score

AGENT = Principal(tenant="acme", id="agent-1", kind="agent")
MONEY = {"limit": "5 EUR", "per": "P1D", "amount": "6 EUR"}
RULE = '@id("LAYER/one") forbid (principal, action, resource) when { resource.task == "remind" };'
LAYERS = get_args(Layer)
FULL = {"LAYER/one": Reserved(granted=False, free_at=NOON + timedelta(hours=1))}

Case = tuple[dict[str, Any], Step, dict[str, Any], str]
"""What a policy says beside its kind, a step that breaks it, what is known, what comes of it."""
CASES: dict[str, list[Case]] = {
    "agentTools": [
        ({"tools": ["insights.score"]}, mail(principal=AGENT), {}, "deny"),
        ({"tools": [], "onBreach": "skip"}, score(principal=AGENT), {}, "skip"),
        (
            {"tools": [], "onBreach": "approval", "role": "lead"},
            mail(principal=AGENT),
            {},
            "approve",
        ),
    ],
    "allowList": [
        ({"destinations": ["a.example"]}, mail(), {"destination": "eva@b.example"}, "deny"),
        ({"destinations": ["a.example"], "onBreach": "skip"}, mail(), {}, "skip"),
        ({"customers": ["c-2"]}, mail(), {}, "deny"),
    ],
    "approval": [({"channels": ["email"], "role": "lead"}, mail(), {}, "approve")],
    "budget": [
        (MONEY, mail(), {"amounts": {"LAYER/one": 6_000_000}}, "deny"),
        ({**MONEY, "onExceed": "skip"}, mail(), {"amounts": {"LAYER/one": 6_000_000}}, "skip"),
        (
            {**MONEY, "onExceed": "approval", "role": "lead"},
            mail(),
            {"amounts": {"LAYER/one": 6_000_000}},
            "approve",
        ),
        (MONEY, mail(), {}, "deny"),
    ],
    "cedar": [
        ({"forbid": RULE}, mail(), {}, "deny"),
        ({"forbid": '@obligation("skip") ' + RULE}, mail(), {}, "skip"),
    ],
    "consent": [
        ({}, mail(), {"consents": {}}, "deny"),
        ({"onBreach": "skip"}, mail(), {"consents": None}, "skip"),
    ],
    "dataClass": [({"classes": ["bank"]}, mail(carries={"/data/iban#": ("bank",)}), {}, "deny")],
    "denyList": [
        ({"destinations": ["b.example"]}, mail(), {"destination": "eva@b.example"}, "deny")
    ],
    "frequencyCap": [
        ({"max": 1, "per": "P1D"}, mail(), {"reservations": FULL}, "skip"),
        ({"max": 1, "per": "P1D", "onBreach": "defer"}, mail(), {"reservations": FULL}, "defer"),
        ({"max": 1, "per": "P1D"}, mail(customer=None), {}, "skip"),
    ],
    "killSwitch": [({"reason": "an incident"}, mail(), {}, "deny")],
    "mask": [
        ({"classes": ["bank"]}, mail(), {"bare": {"LAYER/one": ("/data/iban#",)}}, "mask"),
    ],
    "quietHours": [
        ({"from": "11:00", "to": "16:00"}, mail(), {}, "defer"),
        ({"from": "11:00", "to": "16:00", "onBreach": "skip"}, mail(), {}, "skip"),
        ({"from": "11:00", "to": "16:00"}, mail(), {"zone": None}, "deny"),
    ],
    "rateLimit": [({"max": 1, "per": "PT1M"}, mail(), {"reservations": FULL}, "defer")],
    "residency": [({"regions": ["eu"]}, mail(), {"region": "us"}, "deny")],
    "retention": [({"runs": "P1D"}, mail(), {}, "allow")],
}
EVERY = [(kind, *one) for kind, some in CASES.items() for one in some]
NAMES = [f"{kind}-{outcome}-{n}" for n, (kind, _, _, _, outcome) in enumerate(EVERY)]


def test_there_is_a_case_of_every_kind() -> None:
    assert CASES.keys() == KINDS.keys()


def told(value: Any, layer: str) -> Any:
    """The same, said of that layer."""
    if isinstance(value, dict):
        return {told(name, layer): told(one, layer) for name, one in value.items()}
    return value.replace("LAYER", layer) if isinstance(value, str) else value


def world(
    kind: str, said: dict[str, Any], facts: dict[str, Any], layer: str, mode: str | None
) -> tuple[Bundle, Facts]:
    """The policy in that mode in that layer, and what is known."""
    document = {"kind": kind, **told(said, layer), **({"mode": mode} if mode else {})}
    return bundle(**{f"{layer}/one": document}), known(**told(facts, layer))


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize(("kind", "said", "step", "facts", "outcome"), EVERY, ids=NAMES)
def test_what_is_enforced_holds(
    kind: str, said: dict[str, Any], step: Step, facts: dict[str, Any], outcome: str, layer: str
) -> None:
    for mode in (None, "enforce"):
        some, given = world(kind, said, facts, layer, mode)
        first = decide(some, step, given)
        verdict = hoped(some, step, given) if first.outcome == "reserve" else first
        assert verdict.outcome == outcome
        if outcome != "allow":
            assert (verdict.layer, verdict.policy) == (layer, "one")
        assert (advice(some, step, given), tried(some, step, given)) == (None, None)


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize(("kind", "said", "step", "facts", "outcome"), EVERY, ids=NAMES)
def test_what_advises_lets_pass_and_tells(
    kind: str, said: dict[str, Any], step: Step, facts: dict[str, Any], outcome: str, layer: str
) -> None:
    some, given = world(kind, said, facts, layer, "advise")
    verdict, heard = settled(some, step, given), advice(some, step, given)
    assert (verdict.outcome, verdict.masks) == ("allow", ())
    assert heard == tried(some, step, given)
    if outcome == "allow":
        assert heard is None
    else:
        assert heard is not None
        assert (heard.outcome, heard.layer, heard.policy) == (outcome, layer, "one")


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize(("kind", "said", "step", "facts", "outcome"), EVERY, ids=NAMES)
def test_what_is_in_shadow_lets_pass_and_is_only_kept(
    kind: str, said: dict[str, Any], step: Step, facts: dict[str, Any], outcome: str, layer: str
) -> None:
    some, given = world(kind, said, facts, layer, "shadow")
    verdict, kept = settled(some, step, given), tried(some, step, given)
    assert (verdict.outcome, verdict.masks, advice(some, step, given)) == ("allow", (), None)
    if outcome == "allow":
        assert kept is None
    else:
        assert kept is not None
        assert (kept.outcome, kept.layer, kept.policy) == (outcome, layer, "one")


@pytest.mark.parametrize("mode", ["advise", "shadow"])
def test_what_holds_is_not_told_as_if_it_advised(mode: str) -> None:
    calm = {"kind": "denyList", "destinations": ["rival.example"], "mode": mode}
    for enforced, facts in (
        ({"kind": "consent"}, {"consents": None}),
        ({"kind": "frequencyCap", "max": 1, "per": "P1D"}, {"reservations": FULL}),
    ):
        some = bundle(**{"tenant/calm": calm, "platform/one": enforced})
        given = known(destination="eva@customer.example", **told(facts, "platform"))
        assert decide(some, mail(), given).outcome in ("deny", "skip")
        assert (advice(some, mail(), given), tried(some, mail(), given)) == (None, None)


def test_the_strictest_of_those_that_advise_is_heard_beside_what_holds() -> None:
    some = bundle(
        **{
            "platform/asked": {"kind": "consent"},
            "tenant/night": {
                "kind": "quietHours",
                "from": "11:00",
                "to": "16:00",
                "mode": "advise",
            },
            "tenant/stop": {"kind": "killSwitch", "reason": "an incident", "mode": "shadow"},
        }
    )
    given = known(consents=None)
    heard, kept = advice(some, mail(), given), tried(some, mail(), given)
    assert decide(some, mail(), given).policy == "asked"
    assert (heard and heard.policy, kept and kept.policy) == ("night", "stop")


@pytest.mark.parametrize("mode", ["advise", "shadow"])
def test_a_rule_that_fails_on_trial_stops_nothing_and_is_told(mode: str) -> None:
    fails = "forbid (principal, action, resource) when { 9223372036854775807 + 1 > 0 };"
    some = bundle(rule={"kind": "cedar", "forbid": f'@id("solution/rule") {fails}', "mode": mode})
    assert decide(some, mail(), known()).outcome == "allow"
    kept = tried(some, mail(), known())
    assert (kept and kept.code) == "policy.engine-error"
