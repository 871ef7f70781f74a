"""Bytes, addressed by what they are."""

import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import Protocol, runtime_checkable

from symphainy.errors import Refused

__all__ = ["Blobs", "Folder", "named"]

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
TENANT = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}")


@runtime_checkable
class Blobs(Protocol):
    """A store of bytes, per tenant."""

    def put(self, tenant: str, content: bytes) -> str:
        """Keep `content`; its digest, `sha256:` and 64 hex digits."""
        ...

    def get(self, tenant: str, digest: str) -> bytes | None:
        """The content of that digest, or None."""
        ...


def named(tenant: str, digest: str) -> bool:
    """Whether there could be a blob of that name."""
    return bool(TENANT.fullmatch(tenant) and DIGEST.fullmatch(digest))


class Folder:
    """Blobs as files below `root`, a folder per tenant; a file appears whole or not at all."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, tenant: str, content: bytes) -> str:
        """Keep `content`; its digest. Raises Refused("blob.tenant") for an unusable name."""
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        file = self._file(tenant, digest)
        if not file.exists():
            _write(file, content)
        return digest

    def get(self, tenant: str, digest: str) -> bytes | None:
        """The content of that digest, or None; a text that is no digest names nothing."""
        if not DIGEST.fullmatch(digest):
            return None
        try:
            return self._file(tenant, digest).read_bytes()
        except FileNotFoundError:
            return None

    def _file(self, tenant: str, digest: str) -> Path:
        if not TENANT.fullmatch(tenant):
            raise Refused("blob.tenant", f"The tenant {tenant[:80]!r} cannot hold blobs.")
        name = digest.removeprefix("sha256:")
        return self._root / tenant / name[:2] / name


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=file.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        Path(draft).replace(file)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
