"""Keys sign, rings verify, and both survive a file."""

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from smart_city.signing import Keyring, PublicKey, SigningKey


def test_a_key_read_back_from_its_pem_signs_the_same_bytes() -> None:
    key = SigningKey.generate()
    again = SigningKey.from_pem(key.to_pem())
    assert (again.kid, again.sign(b"data")) == (key.kid, key.sign(b"data"))


def test_a_kid_is_the_first_sixteen_hex_digits_of_the_digest_of_the_public_key() -> None:
    public = SigningKey.generate().public()
    assert public.kid == hashlib.sha256(public.raw).hexdigest()[:16]


def test_a_ring_trusts_both_keys_during_a_rotation_and_no_third_one() -> None:
    old, new, foreign = (SigningKey.generate() for _ in range(3))
    ring = Keyring.from_pems([old.public().to_pem(), new.public().to_pem()])
    assert [ring.verify(one.kid, one.sign(b"x"), b"x") for one in (old, new, foreign)] == [
        True,
        True,
        False,
    ]


def test_a_signature_of_one_key_is_none_of_another() -> None:
    one, other = SigningKey.generate(), SigningKey.generate()
    ring = Keyring.of(one.public(), other.public())
    assert not ring.verify(other.kid, one.sign(b"x"), b"x")


def test_a_signature_of_a_wrong_length_verifies_nothing() -> None:
    key = SigningKey.generate()
    assert not Keyring.of(key.public()).verify(key.kid, b"", b"x")


def test_keys_that_are_not_ed25519_are_refused() -> None:
    other = generate_private_key(SECP256R1())
    private = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = other.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(ValueError, match="no Ed25519 private key"):
        SigningKey.from_pem(private)
    with pytest.raises(ValueError, match="no Ed25519 public key"):
        PublicKey.from_pem(public)


def test_a_key_does_not_show_itself_when_printed() -> None:
    key = SigningKey.generate()
    assert repr(key) == f"SigningKey(kid='{key.kid}')"
