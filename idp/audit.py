"""`symphainy audit`: whether the audit log is as it was written."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from public_works import Settings, Stores
from public_works.audit import AuditChain
from public_works.audit.exported import exported
from public_works.keyfiles import audit_key_pem, audit_public_pems
from smart_city.audit_checkpoint import Checkpoint
from smart_city.audit_verification import Verified
from smart_city.audit_verification import verify as follow
from smart_city.signing import Keyring, SigningKey
from symphainy.errors import Refused

__all__ = ["checkpoint", "key", "verify"]


def verify(
    settings: Settings,
    *,
    tenant: str | None,
    file: Path | None,
    keys: list[Path],
    against: Path | None,
    as_json: bool,
) -> int:
    """0 if the chains are whole, of one tenant or of all, else 1; the first broken record of each
    is named."""
    trusted = _keyring(settings, keys)
    known = _checkpoints(against)
    found = [
        follow(
            name,
            chain.records,
            head=chain.head,
            checkpoints=(*chain.checkpoints, *(one for one in known if one.tenant == name)),
            keys=trusted,
        )
        for name, chain in _chains(settings, tenant, file, {one.tenant for one in known})
    ]
    sys.stdout.write(_as_json(found) if as_json else "".join(map(_told, found)))
    if not found:
        sys.stderr.write("There is no audit log to verify.\n")
    return 1 if any(one.broken for one in found) or (tenant and not found) else 0


def checkpoint(settings: Settings, tenant: str | None) -> int:
    """0; the checkpoint of where the chain stands now, as JSON on stdout: keep it elsewhere."""
    stores = Stores.open(settings)
    made = stores.audit.checkpoint(tenant or settings.tenant)
    stores.close()
    if made is None:
        sys.stderr.write("There is no audit log yet.\n")
        return 1
    sys.stdout.write(made.model_dump_json() + "\n")
    return 0


def key(settings: Settings) -> int:
    """0; the public key that checkpoints are checked with, as PEM on stdout."""
    public = SigningKey.from_pem(audit_key_pem(settings.home)).public()
    sys.stdout.write(public.to_pem().decode())
    return 0


def _chains(
    settings: Settings, tenant: str | None, file: Path | None, known: set[str]
) -> Iterable[tuple[str, AuditChain]]:
    """Those that anything is left of, or that a checkpoint kept elsewhere knows of."""
    if file is not None:
        yield exported(file)
        return
    stores = Stores.open(settings)
    try:
        for name in sorted({*stores.audit.remains(), *known}):
            if tenant in {None, name}:
                yield name, stores.audit.chain(name)
    finally:
        stores.close()


def _keyring(settings: Settings, files: list[Path]) -> Keyring:
    given = [file.read_bytes() for file in files]
    try:
        return Keyring.from_pems(given or audit_public_pems(settings.home).values())
    except ValueError as error:
        raise Refused("audit.file", f"A key is no Ed25519 public key as PEM: {error}") from None


def _checkpoints(file: Path | None) -> list[Checkpoint]:
    """Checkpoints that were kept elsewhere, one a line."""
    if file is None:
        return []
    try:
        return [Checkpoint.model_validate_json(line) for line in file.read_text().splitlines()]
    except ValueError:
        raise Refused("audit.file", f"{file} is not what `audit checkpoint` printed.") from None


def _as_json(found: list[Verified]) -> str:
    chains: list[dict[str, Any]] = [
        {
            "tenant": one.tenant,
            "records": one.records,
            "checkpoints": one.checkpoints,
            "broken": one.broken
            and {"kind": one.broken.kind, "seq": one.broken.seq, "message": one.broken.message},
        }
        for one in found
    ]
    whole = not any(one.broken for one in found)
    return json.dumps({"whole": whole, "chains": chains}, indent=2, ensure_ascii=False) + "\n"


def _told(one: Verified) -> str:
    if one.broken is None:
        return f"{one.tenant}: whole, {one.records} records, {one.checkpoints} checkpoints\n"
    broken = one.broken
    return f"{one.tenant}: broken at record {broken.seq}, {broken.kind}: {broken.message}\n"
