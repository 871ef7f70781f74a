"""Destinations: what an entry of a list names, and what a list does with it."""

from typing import Any

import pytest

from smart_city.decide import decide
from smart_city.destinations import listed, wrong
from smart_city.layers import problems
from tests.smart_city.world import bundle, internal, known, mail, score

DENY: dict[str, Any] = {"kind": "denyList", "destinations": ["*.rival.example", "+43664*"]}
ALLOW: dict[str, Any] = {"kind": "allowList", "destinations": ["acme.example"]}


@pytest.mark.parametrize(
    ("entry", "destination"),
    [
        ("acme.example", "eva@acme.example"),
        ("acme.example", "Eva@ACME.Example."),
        ("acme.example", "https://acme.example/path?q=other.example"),
        ("acme.example", "https://user:pass@acme.example:8443/"),
        ("acme.example", "acme.example"),
        ("acme.example", "acme.example:443"),
        ("*.acme.example", "eva@acme.example"),
        ("*.acme.example", "eva@a.b.acme.example"),
        ("müller.example", "eva@xn--mller-kva.example"),
        ("xn--mller-kva.example", "https://MÜLLER.example"),
        ("eva@acme.example", "EVA@acme.example"),
        ("+43664*", "+436641234567"),
        ("+43664*", "+43 664 / 123-45"),
        ("+436641234567", "+436641234567"),
    ],
)
def test_an_entry_names_a_destination_however_it_is_written(entry: str, destination: str) -> None:
    assert listed([entry], destination)


@pytest.mark.parametrize(
    ("entry", "destination"),
    [
        ("acme.example", "eva@mail.acme.example"),
        ("acme.example", "eva@notacme.example"),
        ("*.acme.example", "eva@notacme.example"),
        ("acme.example", "https://acme.example@rival.example/"),
        ("acme.example", "https://rival.example/acme.example"),
        ("acme.example", "http://["),
        ("eva@acme.example", "ida@acme.example"),
        ("+43664*", "+4366"),
        ("+43664", "+436641234567"),
        ("acme.example", ""),
    ],
)
def test_an_entry_names_nothing_else(entry: str, destination: str) -> None:
    assert not listed([entry], destination)


@pytest.mark.parametrize("entry", ["*", "acme", "+", "43664", "a b.example", "https://a.example"])
def test_what_names_no_destination_is_no_entry(entry: str) -> None:
    assert wrong(entry) is not None
    (problem,) = problems("tenant", {"list": {"kind": "denyList", "destinations": [entry]}})
    assert (problem.code, problem.pointer) == ("policy.value", "/destinations/0")


@pytest.mark.parametrize(
    ("policy", "destination", "outcome", "code"),
    [
        (DENY, "eva@mail.rival.example", "deny", "policy.destination"),
        (DENY, "eva@acme.example", "allow", ""),
        (DENY, None, "deny", "policy.destination-unknown"),
        ({**DENY, "onBreach": "skip"}, "+436641", "skip", "policy.destination"),
        (ALLOW, "eva@acme.example", "allow", ""),
        (ALLOW, "eva@rival.example", "deny", "policy.destination"),
        (ALLOW, None, "deny", "policy.destination-unknown"),
    ],
)
def test_a_list_lets_go_what_it_may(
    policy: Any, destination: str | None, outcome: str, code: str
) -> None:
    verdict = decide(bundle(list=policy), mail(), known(destination=destination))
    assert (verdict.outcome, verdict.code) == (outcome, code)


@pytest.mark.parametrize(("kind", "listed"), [("denyList", "deny"), ("allowList", "allow")])
def test_a_list_of_customers_needs_no_destination(kind: str, listed: str) -> None:
    other = "allow" if listed == "deny" else "deny"
    found = bundle(list={"kind": kind, "customers": ["c-1"]})
    assert decide(found, mail(), known()).outcome == listed
    assert decide(found, mail(customer="c-2"), known()).outcome == other


@pytest.mark.parametrize(
    "document",
    [
        {"kind": "denyList"},
        {"kind": "denyList", "destinations": []},
        {"kind": "allowList", "channels": ["crm"], "destinations": ["acme.example"]},
    ],
)
def test_a_list_that_could_never_speak_is_refused(document: Any) -> None:
    assert [one.code for one in problems("tenant", {"list": document})] == ["policy.value"]


def test_a_list_is_about_messages_and_calls_only() -> None:
    found = bundle(list=ALLOW)
    call = score(capability="call.http", effect="read")
    assert decide(found, call, known(destination="https://rival.example")).outcome == "deny"
    assert decide(found, score(), known()).outcome == "allow"
    assert decide(found, internal(), known()).outcome == "allow"
    assert (
        decide(found, mail(channel="crm", capability="experience.crm"), known()).outcome == "allow"
    )
