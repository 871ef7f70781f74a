"""`symphainy policy`: layers tried, explained, set and listed from the command line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

NIGHT = {"kind": "quietHours", "channels": ["email"], "from": "21:00", "to": "08:00"}
NOON = {"now": "2026-06-03T12:00:00Z", "zone": "Europe/Vienna"}
LATE = {**NOON, "now": "2026-06-03T22:00:00Z"}
MAIL = {"channel": "email"}


def tried(tmp_path: Path, policies: object, cases: object, *more: str) -> tuple[int, str, str]:
    """What `symphainy policy test` makes of it: exit code, stdout, stderr."""
    file, facts = tmp_path / "policies.json", tmp_path / "facts.json"
    file.write_text(json.dumps({"policies": policies}))
    facts.write_text(json.dumps(cases))
    command = [sys.executable, "-P", "-m", "idp.cli", "policy", "test", str(file)]
    done = subprocess.run(
        [*command, "--facts", str(facts), *more], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


def test_cases_say_what_would_be_decided_and_by_whom(tmp_path: Path) -> None:
    cases = [
        {"name": "at noon", "step": MAIL, "facts": NOON, "expect": "allow"},
        {"name": "at night", "step": MAIL, "facts": LATE, "expect": "defer"},
    ]
    assert tried(tmp_path, {"night": NIGHT}, cases, "--layer", "tenant") == (
        0,
        "at noon: allow\n"
        "at night: defer by tenant/night: quiet hours `night`: 00:00 in Europe/Vienna,"
        " held until 08:00\n",
        "",
    )


def test_a_case_that_comes_out_otherwise_fails(tmp_path: Path) -> None:
    case = {"step": MAIL, "facts": LATE, "expect": "allow"}
    code, out, _ = tried(tmp_path, {"night": NIGHT}, case)
    assert (code, out.endswith("(expected allow)\n")) == (1, True)


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ({}, "allow"),
        ({"exhausted": ["solution/cap"]}, "skip"),
    ],
)
def test_places_under_a_cap_are_free_unless_the_facts_say_otherwise(
    tmp_path: Path, facts: dict[str, object], outcome: str
) -> None:
    cap = {"kind": "frequencyCap", "channels": ["email"], "max": 1, "per": "P1D"}
    case = {"step": MAIL, "facts": {**NOON, **facts}}
    code, out, _ = tried(tmp_path, {"cap": cap}, case, "--json")
    assert (code, [one["outcome"] for one in json.loads(out)]) == (0, [outcome])


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [({}, "approve"), ({"approved": ["solution/ask"]}, "allow")],
)
def test_an_approval_counts_in_a_case(
    tmp_path: Path, facts: dict[str, object], outcome: str
) -> None:
    ask = {"kind": "approval", "channels": ["email"], "role": "lead"}
    code, out, _ = tried(
        tmp_path, {"ask": ask}, {"step": MAIL, "facts": {**NOON, **facts}}, "--json"
    )
    assert (code, [one["outcome"] for one in json.loads(out)]) == (0, [outcome])


def test_what_is_no_policy_and_what_is_no_case_is_said(tmp_path: Path) -> None:
    case = {"step": MAIL, "facts": NOON}
    assert tried(tmp_path, {"night": {**NIGHT, "form": 3}}, case)[::2] == (
        2,
        "/night/form: policy.unknown-field `form` is no field of quietHours\n",
    )
    code, _, error = tried(tmp_path, {"night": NIGHT}, {"step": {"chanel": "email"}, "facts": NOON})
    assert (code, "chanel" in error) == (2, True)


def test_a_case_shows_what_is_masked_advised_and_spent(tmp_path: Path) -> None:
    policies = {
        "pin": {"kind": "mask", "fields": ["pin"]},
        "bank": {"kind": "dataClass", "classes": ["bank"], "mode": "advise"},
        "money": {"kind": "budget", "limit": "5 EUR", "per": "P1D", "amount": "${ .amount }"},
    }
    step = {**MAIL, "carries": ["bank"], "arguments": {"pin": "1234", "amount": 4}}
    cases = [
        {"name": "four", "step": step, "facts": NOON},
        {"name": "all gone", "step": step, "facts": {**NOON, "exhausted": ["solution/money"]}},
        {"name": "who knows", "step": {**step, "arguments": {}}, "facts": NOON},
    ]
    limit = "`money` allows 5.00 EUR in 1 day to one solution"
    assert tried(tmp_path, policies, cases) == (
        0,
        "four: allow\n"
        "  masked: /pin#\n"
        "  advised: deny by solution/bank: `bank`: bank data does not go to email\n"
        f"all gone: deny by solution/money: {limit}, and 4.00 EUR more is too much\n"
        f"who knows: deny by solution/money: {limit}, and nobody knows what this costs\n",
        "",
    )
