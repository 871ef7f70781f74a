"""mask, dataClass, residency, agentTools and retention: what each makes of a step."""

from typing import Any

import pytest

from smart_city.decide import advice, decide, settled
from smart_city.layers import problems
from smart_city.policies import Retention
from symphainy.identity import Principal
from tests.smart_city.world import bundle, internal, known, mail, score

AGENT = Principal(tenant="acme", id="agent-1", kind="agent")
CARRIED = {"/data/iban#": ("bank",)}


def test_what_is_masked_is_said_with_the_step_that_is_allowed() -> None:
    some = bundle(pii={"kind": "mask", "classes": ["bank"]})
    facts = known(bare={"solution/pii": ("/data/iban#",)})
    assert decide(some, mail(), facts).outcome == "mask"
    found = settled(some, mail(), facts)
    assert (found.outcome, found.masks) == ("allow", ("/data/iban#",))
    assert settled(some, mail(), known()).masks == ()


def test_a_step_that_is_denied_is_not_masked() -> None:
    some = bundle(pii={"kind": "mask", "fields": ["pin"]}, no={"kind": "consent"})
    facts = known(bare={"solution/pii": ("/data/pin#",)}, consents=None)
    found = settled(some, mail(), facts)
    assert (found.outcome, found.masks) == ("deny", ())


@pytest.mark.parametrize(
    ("policy", "step", "outcome"),
    [
        ({"channels": ["email"]}, mail(carries=CARRIED), "deny"),
        ({"channels": ["sms"]}, mail(carries=CARRIED), "allow"),
        ({"adapters": ["smtp"]}, mail(carries=CARRIED, adapter="smtp"), "deny"),
        ({"adapters": ["smtp"]}, mail(carries=CARRIED, adapter="ses"), "allow"),
        ({"capabilities": ["insights.score"]}, score(carries=CARRIED), "deny"),
        ({"onlyTo": {"channels": ["email"]}}, mail(carries=CARRIED), "allow"),
        ({"onlyTo": {"channels": ["email"]}}, score(carries=CARRIED), "deny"),
        ({"onlyTo": {"capabilities": ["insights.score"]}}, score(carries=CARRIED), "allow"),
        ({"onBreach": "skip"}, mail(carries=CARRIED), "skip"),
        ({}, mail(carries={"/data/x#": ("health",)}), "allow"),
        ({}, mail(), "allow"),
    ],
)
def test_data_of_a_class_goes_only_where_it_may(
    policy: dict[str, Any], step: Any, outcome: str
) -> None:
    some = bundle(bank={"kind": "dataClass", "classes": ["bank"], **policy})
    assert decide(some, step, known()).outcome == outcome


CALL = score(capability="call.http")


@pytest.mark.parametrize(
    ("step", "facts", "code"),
    [
        (mail(), {"region": "eu"}, ""),
        (mail(), {"region": "eu-central-1"}, ""),
        (mail(), {"region": "here"}, ""),
        (mail(), {"region": "europe"}, "policy.region"),
        (mail(), {"region": "us-east-1"}, "policy.region"),
        (mail(), {}, "policy.region-unknown"),
        (CALL, {"destination": "https://api.bank.example/x"}, ""),
        (CALL, {"destination": "https://api.other.example/x"}, "policy.region-unknown"),
        (CALL, {}, "policy.region-unknown"),
        (score(), {}, ""),
        (internal(), {}, ""),
    ],
)
def test_what_is_elsewhere_or_nowhere_known_is_refused(
    step: Any, facts: dict[str, Any], code: str
) -> None:
    hosts = {"eu": ["*.bank.example"]}
    some = bundle(eu={"kind": "residency", "regions": ["eu"], "hosts": hosts})
    assert decide(some, step, known(**facts)).code == code


@pytest.mark.parametrize(
    ("step", "tools", "outcome"),
    [
        (mail(principal=AGENT), ["insights.score"], "deny"),
        (mail(principal=AGENT), ["experience.email"], "allow"),
        (mail(), [], "allow"),
        (score(principal=AGENT), ["insights.score:1"], "allow"),
        (score(principal=AGENT), ["insights.score:2"], "deny"),
        (score(principal=AGENT), [], "deny"),
        (internal(principal=AGENT), [], "allow"),
    ],
)
def test_an_agent_calls_what_is_listed(step: Any, tools: list[str], outcome: str) -> None:
    some = bundle(tools={"kind": "agentTools", "tools": tools})
    assert decide(some, step, known()).outcome == outcome


def test_an_agent_may_have_to_ask() -> None:
    policy = {"kind": "agentTools", "tools": [], "onBreach": "approval", "role": "lead"}
    found = decide(bundle(tools=policy), mail(principal=AGENT), known())
    assert (found.outcome, found.approval and found.approval.role) == ("approve", "lead")


def test_retention_forbids_nothing_and_says_how_long() -> None:
    some = bundle(briefly={"kind": "retention", "runs": "P30D", "facts": "P1D"})
    (found,) = [one.document for one in some.policies if isinstance(one.document, Retention)]
    assert {what: one.days for what, one in found.periods().items()} == {"runs": 30, "facts": 1}
    assert decide(some, mail(), known()).outcome == "allow"


def test_who_only_advises_lets_pass_and_says_why_not() -> None:
    some = bundle(asked={"kind": "consent", "mode": "advise"}, dark={**NO_MAIL, "mode": "shadow"})
    facts = known(consents=None)
    said = advice(some, mail(), facts)
    assert decide(some, mail(), facts).outcome == "allow"
    assert said is not None
    assert (said.policy, said.layer, said.code) == ("asked", "solution", "policy.no-consent")
    assert advice(some, mail(), known()) is None


NO_MAIL = {"kind": "killSwitch", "channels": ["email"], "reason": "no"}


@pytest.mark.parametrize(
    "document",
    [
        {"kind": "mask"},
        {"kind": "mask", "classes": ["Bank!"]},
        {"kind": "dataClass", "classes": ["bank"], "onlyTo": {}},
        {"kind": "residency", "regions": ["EU"]},
        {"kind": "residency", "regions": ["eu"], "hosts": {"eu": ["no host"]}},
        {"kind": "residency", "regions": ["eu"], "hosts": {}},
        {"kind": "agentTools", "tools": ["score"]},
        {"kind": "agentTools", "tools": [], "channels": ["email"]},
        {"kind": "agentTools", "tools": [], "onBreach": "approval"},
        {"kind": "retention"},
        {"kind": "retention", "runs": "P1D", "channels": ["email"]},
    ],
)
def test_what_is_no_policy_is_said(document: dict[str, Any]) -> None:
    assert {one.code for one in problems("tenant", {"one": document})} == {"policy.value"}
