"""The keys of a client's own worker pool: what tells grants, and what opens one tenant's payloads.

They are one file. Whoever has it can read and write what that tenant's runs carry, and can sign
nothing: neither contexts nor grants.
"""

import base64
import os
import tempfile
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, TypeVar

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from public_works.data_keys import FRESH
from public_works.run_keys import DataKey, LentKey
from smart_city.signing import Keyring
from symphainy.errors import Refused, Unavailable

__all__ = ["HeldKeys", "Lend", "PoolKey", "PoolKeys"]

T = TypeVar("T")
Lend = Callable[[str], LentKey | None]
"""The tenant's key of an id, from the platform; None if there is none. Raises Unavailable."""
OPEN = 300.0
"""Seconds for which a key that was lent is used: then it may have been thrown away."""
MOST = 20_000
KEY = r"^[A-Za-z0-9+/]{43}=$"


class PoolKey(BaseModel):
    """One data key of the tenant, open."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    key: Annotated[str, Field(pattern=KEY, repr=False)]
    """32 bytes in base64."""


class PoolKeys(BaseModel):
    """What such a file says."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    tenant: str
    queue: str
    """The task queue of the pool: no grant for another one is good there."""
    namespace: str
    grants: Annotated[tuple[str, ...], Field(min_length=1)]
    """Public keys, as PEM, of what grants are signed with."""
    data_keys: Annotated[tuple[PoolKey, ...], Field(min_length=1)]
    """The first one seals what the pool gives."""

    @classmethod
    def read(cls, file: Path) -> "PoolKeys":
        """What `file` says. Refused `settings.invalid` if it is none of these."""
        try:
            read = cls.model_validate_json(file.read_bytes())
            read.keyring()
        except (OSError, ValidationError, ValueError) as error:
            kind = type(error).__name__
            message = f"{file} holds no keys of a pool ({kind}): `symphainy pool keys` writes them."
            raise Refused("settings.invalid", message) from None
        return read

    def write(self, file: Path) -> None:
        """Have `file` say so, readable by its owner only; whoever reads sees the old or the new."""
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=file.parent, prefix=".")
        try:
            with os.fdopen(handle, "w") as out:
                out.write(self.model_dump_json(indent=1) + "\n")
            Path(draft).replace(file)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise

    def keyring(self) -> Keyring:
        """What tells a grant from a forgery."""
        return Keyring.from_pems(one.encode() for one in self.grants)

    def opened(self) -> Iterable[DataKey]:
        """The data keys, the one that seals first."""
        for one in self.data_keys:
            yield DataKey(self.tenant, one.id, AESGCM(base64.b64decode(one.key)))


class HeldKeys(Keyring):
    """The keys of a file that is read anew once it was replaced, and those that the platform
    lends, for as long as a pool runs.

    What seals payloads is one tenant's always, whoever is asked about.
    """

    def __init__(self, file: Path, lend: Lend | None = None) -> None:
        self._file = file
        self._lend = lend
        self._lent: OrderedDict[str, tuple[float, DataKey]] = OrderedDict()
        self._mine: OrderedDict[str, str] = OrderedDict()
        self._seen = self._stamp()
        self._keep(PoolKeys.read(file))

    @property
    def said(self) -> PoolKeys:
        """What the file says."""
        return self._said

    def verify(self, kid: str, signature: bytes, data: bytes) -> bool:
        """See base class."""
        return self._ring.verify(kid, signature, data)

    def at_hand(self, tenant: str, workflow: str | None = None) -> DataKey | None:
        """What `current` gives, if that asks nobody."""
        own = self._mine.get(workflow or "")
        if own is not None:
            return self.known(own)
        return self._newest if time.monotonic() - self._since < FRESH else None

    def current(self, tenant: str, workflow: str | None = None) -> DataKey:
        """The key for what the pool gives: the workflow's own, if what it was told had one."""
        own = self._mine.get(workflow or "")
        self._look()
        return (self.find(own) if own is not None else None) or self._newest

    def known(self, key: str) -> DataKey | None:
        """The key of that id, if it is in the file or was lent a short while ago."""
        since, lent = self._lent.get(key, (0.0, None))
        return lent if time.monotonic() - since < OPEN else self._open.get(key)

    def find(self, key: str) -> DataKey | None:
        """The key of that id; None if the tenant has none. Unavailable `codec.key` if nobody
        lends it."""
        self._look()
        found = self.known(key)
        if found is not None:
            return found
        if self._lend is None:
            message = f"{self._file} does not have the key of a payload, and nobody lends it"
            raise Unavailable("codec.key", f"{message}: set SYMPHAINY_URL and SYMPHAINY_API_KEY.")
        lent = self._lend(key)
        if lent is None:
            self._lent.pop(key, None)
            return None
        found = DataKey(self._said.tenant, lent.id, AESGCM(lent.key), lent.workflow)
        _keep(self._lent, key, (time.monotonic(), found))
        return found

    def saw(self, workflow: str, key: DataKey) -> None:
        """Something of the workflow was opened with that key: it goes on with its own."""
        if key.workflow == workflow:
            _keep(self._mine, workflow, key.id)

    def _look(self) -> None:
        self._since = time.monotonic()
        stamp = self._stamp()
        if stamp == self._seen:
            return
        try:
            self._keep(PoolKeys.read(self._file))
            self._seen = stamp
        except Refused:
            # What it said before is good until it is whole again.
            return

    def _keep(self, said: PoolKeys) -> None:
        first, *others = said.opened()
        self._said, self._ring, self._since = said, said.keyring(), time.monotonic()
        self._newest, self._open = first, {one.id: one for one in (first, *others)}

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            found = self._file.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size


def _keep(some: OrderedDict[str, T], name: str, value: T) -> None:
    some[name] = value
    some.move_to_end(name)
    while len(some) > MOST:
        some.popitem(last=False)
