"""Keys of this installation, made on first use and readable by their owner only."""

import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

__all__ = [
    "audit_key_pem",
    "audit_public_pems",
    "link_key",
    "master_keys",
    "new_master_key",
    "pepper",
    "public_key_pems",
    "signing_key_pem",
]


def pepper(home: Path) -> bytes:
    """The 32 bytes that API keys are hashed with."""
    return _kept(home / "keys" / "pepper", lambda: secrets.token_bytes(32))


def link_key(home: Path) -> bytes:
    """The 64 bytes that links in messages are sealed with; they stay good as long as it does."""
    return _kept(home / "keys" / "links", lambda: secrets.token_bytes(64))


def master_keys(home: Path) -> list[bytes]:
    """The keys, of 32 bytes, that data keys are sealed with; the last is the one in use."""
    folder = home / "keys" / "master"
    _kept(folder / "0001", lambda: secrets.token_bytes(32))
    return [file.read_bytes() for file in sorted(folder.glob("[0-9]*"))]


def new_master_key(home: Path) -> None:
    """Have another master key in use; those before stay, to open what they sealed."""
    used = len(master_keys(home))
    _create(home / "keys" / "master" / f"{used + 1:04}", secrets.token_bytes(32))


def signing_key_pem(home: Path, name: str) -> bytes:
    """The Ed25519 private key called `name`, as PKCS8 PEM."""
    if not name.isidentifier():
        raise ValueError(f"{name!r} cannot name a key file")
    return _kept(home / "keys" / f"{name}.pem", _new_key)


def audit_key_pem(home: Path) -> bytes:
    """The Ed25519 private key, as PKCS8 PEM, that checkpoints of the audit log are signed with.

    In a folder of its own: what it signs is no context and no grant.
    """
    return _kept(home / "keys" / "audit" / "checkpoints.pem", _new_key)


def audit_public_pems(home: Path) -> dict[str, bytes]:
    """The public halves, as PEM, of this installation's keys for checkpoints, by name."""
    found = sorted(home.glob("keys/audit/*.pem"))
    return {file.stem: _public(file.read_bytes()) for file in found}


def public_key_pems(home: Path) -> dict[str, bytes]:
    """The public halves, as PEM, of every signing key made so far, by name."""
    return {file.stem: _public(file.read_bytes()) for file in sorted(home.glob("keys/*.pem"))}


def _kept(file: Path, make: Callable[[], bytes]) -> bytes:
    if not file.exists():
        _create(file, make())
    return file.read_bytes()


def _create(file: Path, content: bytes) -> None:
    # A link appears whole or not at all, and never replaces the file of a faster process.
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, draft = tempfile.mkstemp(dir=file.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        Path(draft).unlink()


def _new_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _public(private: bytes) -> bytes:
    key = serialization.load_pem_private_key(private, password=None)
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
