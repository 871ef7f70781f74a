"""A grant opens one door once, for minutes, and no other door."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from pydantic import ValidationError

from smart_city.context import unseal
from smart_city.grant import MAX_SECONDS, Grant, admit, admit_proof, issue, prove
from smart_city.signing import Keyring, SigningKey
from symphainy.errors import Refused
from symphainy.identity import Principal

KEY = SigningKey.generate()
RING = Keyring.of(KEY.public())
NOW = 1_780_000_000
GRANT = Grant(
    tenant="acme",
    environment="production",
    principal=Principal(tenant="acme", id="u-1"),
    solution="acme.invoice-dunning",
    version="1.0.0",
    workflow="acme/acme.invoice-dunning/7",
    run="5a2e",
    activity="experience.email",
    step="/do/0/remind",
    key="7/0/0",
    arguments="sha256:" + "b2" * 32,
    bundle="sha256:" + "c3" * 32,
    issued=NOW,
    expires=NOW + 600,
    obligations=("solution/enough",),
)
CALL = {
    "workflow": GRANT.workflow,
    "run": GRANT.run,
    "activity": GRANT.activity,
    "arguments_digest": GRANT.arguments,
}


def _refused(token: bytes | None, now: int = NOW, **changes: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        admit(token, RING, **{**CALL, **changes}, now=now)
    return refused.value


def test_a_grant_admits_the_call_it_was_issued_for() -> None:
    admitted = admit(issue(GRANT, KEY), RING, **CALL, now=NOW + 599)
    assert admitted == GRANT.model_copy(update={"kid": KEY.kid})


def test_no_grant_is_grant_missing() -> None:
    assert [_refused(token).code for token in (None, b"")] == ["grant.missing"] * 2


def test_bytes_that_state_no_grant_are_grant_malformed() -> None:
    assert _refused(b"\0" * 64 + b"{}").code == "grant.malformed"


def test_a_grant_signed_by_a_stranger_is_grant_forged() -> None:
    assert _refused(issue(GRANT, SigningKey.generate())).code == "grant.forged"


@pytest.mark.parametrize(
    ("argument", "field"),
    [
        ("workflow", "workflow"),
        ("run", "run"),
        ("activity", "activity"),
        ("arguments_digest", "arguments"),
        ("queue", "queue"),
    ],
)
def test_a_grant_for_something_else_is_misplaced_and_says_in_what(
    argument: str, field: str
) -> None:
    refused = _refused(issue(GRANT, KEY), **dict[str, Any]({argument: "other"}))
    assert (refused.code, refused.message) == (
        "grant.misplaced",
        f"the grant was issued for another {field}",
    )


def test_a_grant_is_expired_from_its_last_second_on() -> None:
    token = issue(GRANT, KEY)
    assert [_refused(token, NOW + 600).code, _refused(token, NOW + 10**6).code] == [
        "grant.expired"
    ] * 2


@pytest.mark.parametrize("lifetime", [MAX_SECONDS + 1, 0, -1])
def test_no_grant_lives_longer_than_a_quarter_of_an_hour_or_not_at_all(lifetime: int) -> None:
    with pytest.raises(ValidationError):
        Grant(**{**GRANT.model_dump(), "expires": NOW + lifetime})


def test_a_signed_grant_with_too_long_a_life_is_malformed_even_from_a_trusted_key() -> None:
    long = Grant.model_construct(**{**dict(GRANT), "expires": NOW + MAX_SECONDS + 1})
    assert _refused(issue(long, KEY)).code == "grant.malformed"


def test_a_grant_cannot_be_shown_as_a_context() -> None:
    with pytest.raises(Refused) as refused:
        unseal(issue(GRANT, KEY), RING, workflow=GRANT.workflow)
    assert refused.value.code == "context.forged"


def test_changing_any_byte_of_a_grant_makes_it_worthless() -> None:
    token = issue(GRANT, KEY)
    for place in range(len(token)):
        for bit in (0x01, 0x80):
            changed = bytearray(token)
            changed[place] ^= bit
            assert _refused(bytes(changed)).code in {"grant.forged", "grant.malformed"}


FULL = GRANT.model_copy(update={"expires": NOW + MAX_SECONDS})


def _known(**changes: Any) -> Callable[..., Grant]:
    said = FULL.model_dump(exclude={"issued", "expires", "obligations"})
    return partial(Grant, **{**said, **changes})


def _unproven(proof: bytes, now: int = NOW, **changes: Any) -> str:
    with pytest.raises(Refused) as refused:
        admit_proof(proof, KEY, _known(**changes), now=now)
    return refused.value.code


def test_a_proof_admits_what_both_sides_know_and_carries_what_only_one_does() -> None:
    proof = prove(FULL, KEY)
    assert admit_proof(proof, KEY, _known(), now=NOW + MAX_SECONDS - 1) == FULL
    assert len(prove(FULL.model_copy(update={"obligations": ()}), KEY)) == 21


@pytest.mark.parametrize("field", sorted(set(Grant.model_fields) - {"kid", "issued", "expires"}))
def test_a_proof_is_good_for_no_other_grant(field: str) -> None:
    others: dict[str, Any] = {"principal": Principal(tenant="acme", id="u-2"), "depth": 1}
    other = others.get(field, "other")
    if field == "obligations":
        proof = prove(FULL, KEY)[:21] + b'["solution/other"]'
        assert _unproven(proof) == "grant.forged"
    else:
        assert _unproven(prove(FULL, KEY), **dict[str, Any]({field: other})) == "grant.forged"


def test_a_proof_is_expired_after_a_quarter_of_an_hour() -> None:
    assert _unproven(prove(FULL, KEY), NOW + MAX_SECONDS) == "grant.expired"


def test_a_proof_of_another_key_is_forged() -> None:
    assert _unproven(prove(FULL, SigningKey.generate())) == "grant.forged"


def test_changing_any_byte_of_a_proof_makes_it_worthless() -> None:
    proof = prove(FULL, KEY)
    shorter = [proof[:end] for end in range(len(proof))]
    changed = [
        proof[:at] + bytes([proof[at] ^ bit]) + proof[at + 1 :]
        for at in range(len(proof))
        for bit in (0x01, 0x80)
    ]
    assert {_unproven(one) for one in [*shorter, *changed, proof + b" ", proof + b"["]} == {
        "grant.forged",
        "grant.malformed",
    }
