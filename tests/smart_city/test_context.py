"""The execution context holds for one workflow and for nobody who cannot sign."""

import zlib
from typing import Any

import pytest

from smart_city.context import ExecutionContext, seal, unproven, unseal
from smart_city.signing import Keyring, SigningKey
from smart_city.token import MAX_BYTES, SAID
from symphainy.errors import Refused
from symphainy.identity import Principal
from symphainy.json import canonical

KEY = SigningKey.generate()
RING = Keyring.of(KEY.public())
WORKFLOW = "acme/acme.invoice-dunning/7"
CONTEXT = ExecutionContext(
    tenant="acme",
    environment="production",
    principal=Principal(
        tenant="acme", id="u-1", kind="user", roles=frozenset({"viewer", "author"})
    ),
    solution="acme.invoice-dunning",
    version="1.0.0",
    plan="sha256:" + "a1" * 32,
    workflow=WORKFLOW,
    intent="01JZZZZZZZZZZZZZZZZZZZZZZZ",
    trace="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    issued=1_780_000_000,
)


def _code(token: bytes | None, workflow: str = WORKFLOW, ring: Keyring = RING) -> str:
    with pytest.raises(Refused) as refused:
        unseal(token, ring, workflow=workflow)
    return refused.value.code


def _signed(body: bytes, key: SigningKey = KEY, kid: str = KEY.kid) -> bytes:
    return bytes.fromhex(kid) + key.sign(b"symphainy.context.v2\0" + body) + body


def _packed(said: dict[str, Any]) -> bytes:
    packer = zlib.compressobj(level=9, wbits=-15, zdict=SAID)
    return packer.compress(canonical(said)) + packer.flush()


def test_a_sealed_context_comes_out_as_it_went_in_with_the_key_that_signed_it() -> None:
    token = seal(CONTEXT, KEY)
    assert unseal(token, RING, workflow=WORKFLOW) == CONTEXT.model_copy(update={"kid": KEY.kid})


def test_a_typical_token_stays_under_300_bytes() -> None:
    assert len(seal(CONTEXT, KEY)) < 300


def test_sealing_twice_gives_the_same_bytes() -> None:
    assert seal(CONTEXT, KEY) == seal(CONTEXT, KEY)


@pytest.mark.parametrize("token", [None, b""])
def test_no_token_is_context_missing(token: bytes | None) -> None:
    assert _code(token) == "context.missing"


@pytest.mark.parametrize(
    "token",
    [
        b"x",
        b"\0" * 64,
        b"\0" * 72,
        b"\0" * (MAX_BYTES + 1),
        _signed(b"\xff\xfe"),
        _signed(_packed({})),
        _signed(_packed({"admin": True})),
        _signed(_packed({"tenant": "a" * 100_000})),
        _signed(_packed({"tenant": "a"})[:-1]),
    ],
    ids=range(9),
)
def test_bytes_that_state_no_context_are_context_malformed(token: bytes) -> None:
    assert _code(token) == "context.malformed"


def test_a_context_signed_by_a_stranger_is_context_forged() -> None:
    assert _code(seal(CONTEXT, SigningKey.generate())) == "context.forged"


def test_a_context_that_names_a_trusted_key_and_is_signed_by_another_is_forged() -> None:
    body = seal(CONTEXT, KEY)[72:]
    assert _code(_signed(body, SigningKey.generate())) == "context.forged"


def test_a_context_of_another_workflow_is_context_misplaced() -> None:
    assert _code(seal(CONTEXT, KEY), "acme/acme.invoice-dunning/8") == "context.misplaced"


def test_a_context_stays_good_while_its_key_is_in_the_ring() -> None:
    new = SigningKey.generate()
    both, only_new = Keyring.of(new.public(), KEY.public()), Keyring.of(new.public())
    token = seal(CONTEXT, KEY)
    assert unseal(token, both, workflow=WORKFLOW).intent == CONTEXT.intent
    assert _code(token, ring=only_new) == "context.forged"


def test_changing_any_byte_of_a_token_makes_it_worthless() -> None:
    token = seal(CONTEXT, KEY)
    for place in range(len(token)):
        for bit in (0x01, 0x80):
            changed = bytearray(token)
            changed[place] ^= bit
            assert _code(bytes(changed)) in {"context.forged", "context.malformed"}


def test_cutting_or_extending_a_token_makes_it_worthless() -> None:
    token = seal(CONTEXT, KEY)
    shorter = [token[:end] for end in range(1, len(token))]
    assert {_code(one) for one in [*shorter, token + b" ", token + b"\0"]} <= {
        "context.forged",
        "context.malformed",
    }


def test_what_an_unproven_context_states_is_read_whoever_signed_it() -> None:
    token = seal(CONTEXT, SigningKey.generate())

    read = unproven(token, workflow=CONTEXT.workflow)

    assert read.model_copy(update={"kid": ""}) == CONTEXT


@pytest.mark.parametrize(
    ("token", "workflow", "code"),
    [
        (None, CONTEXT.workflow, "context.missing"),
        (b"x" * 200, CONTEXT.workflow, "context.malformed"),
        (seal(CONTEXT, SigningKey.generate()), "acme/another", "context.misplaced"),
    ],
)
def test_what_is_no_context_of_this_run_is_none_unproven_either(
    token: bytes | None, workflow: str, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        unproven(token, workflow=workflow)

    assert refused.value.code == code
