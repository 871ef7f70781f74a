"""The keys of providers, kept while they may be believed."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from public_works.egress import Egress
from public_works.oidc.discovery import published
from symphainy.errors import Unavailable

__all__ = ["AGAIN", "FRESH", "LIFE", "Key", "ProviderKeys"]

LIFE = 600.0
"""Seconds that keys are believed after the provider published them."""
FRESH = 300.0
"""Seconds after which they are asked for anew; those that are kept serve while the provider is
not there."""
AGAIN = 15.0
"""Seconds between two questions to one provider, whatever tokens come."""
PATIENCE = 5.0
"""Seconds that one of its answers may take."""
MANY = 1_000
SHORTEST = 342
"""Characters of the modulus of an RSA key of 2048 bits."""
SETS: Mapping[str, type[RSAKey | ECKey | OKPKey]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}

Key = RSAKey | ECKey | OKPKey


@dataclass
class _Kept:
    keys: tuple[Key, ...] = ()
    published: float | None = None
    asked: float | None = None
    failed: Unavailable | None = None
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)
    aside: asyncio.Task[None] | None = None
    """Asks while nobody waits for it."""


class ProviderKeys:
    """The public keys of each provider, asked for when they are needed and then kept.

    Without provider there are no keys once theirs are older than `LIFE`: what it took back is
    believed no longer than that.
    """

    def __init__(
        self,
        egress: Egress,
        *,
        clock: Callable[[], float] = time.monotonic,
        patience: float = PATIENCE,
    ) -> None:
        self._egress = egress
        self._patience = patience
        self._clock = clock
        self._kept: dict[str, _Kept] = {}

    async def find(self, issuer: str, kid: str | None) -> Key | None:
        """The key of that name; without a name the only one there is.

        Unavailable `issuer.unavailable`.
        """
        kept = self._of(issuer)
        if self._older(kept, LIFE):
            await self._ask(issuer, kept, LIFE)
        elif self._older(kept, FRESH) and not kept.asking.locked():
            kept.aside = asyncio.create_task(self._ask(issuer, kept, FRESH))
        found = _named(self._good(kept), kid)
        if found is None and kid is not None:
            await self._ask(issuer, kept, 0.0)
            found = _named(self._good(kept), kid)
        if found is None and kept.failed is not None:
            # Perhaps it is a new one, and only the provider could tell.
            raise self._failure(kept, kept.failed)
        return found

    def forget(self, issuer: str) -> None:
        """Ask anew next time."""
        self._kept.pop(issuer, None)

    def _of(self, issuer: str) -> _Kept:
        if issuer not in self._kept and len(self._kept) >= MANY:
            self._kept.clear()
        return self._kept.setdefault(issuer, _Kept())

    def _older(self, kept: _Kept, seconds: float) -> bool:
        return kept.published is None or self._clock() - kept.published >= seconds

    def _good(self, kept: _Kept) -> tuple[Key, ...]:
        return () if self._older(kept, LIFE) else kept.keys

    async def _ask(self, issuer: str, kept: _Kept, unless_younger: float) -> None:
        """Have the keys anew, unless that was tried a moment ago."""
        async with kept.asking:
            if unless_younger and not self._older(kept, unless_younger):
                return
            if kept.asked is not None and self._clock() - kept.asked < AGAIN:
                return
            kept.asked = self._clock()
            try:
                kept.keys = tuple(_usable(await published(self._egress, issuer, self._patience)))
            except Unavailable as error:
                kept.failed = error
            else:
                kept.published, kept.failed = self._clock(), None

    def _failure(self, kept: _Kept, error: Unavailable) -> Unavailable:
        wait = AGAIN - (self._clock() - (kept.asked or 0.0))
        return Unavailable(error.code, error.message, retry_after=timedelta(seconds=max(1.0, wait)))


def _named(keys: tuple[Key, ...], kid: str | None) -> Key | None:
    if kid is None:
        return keys[0] if len(keys) == 1 else None
    return next((one for one in keys if one.kid == kid), None)


def _usable(found: Iterable[Mapping[str, Any]]) -> Iterable[Key]:
    """Those that can verify; secrets, weak keys and what is for encryption are left out."""
    for one in found:
        kind = SETS.get(str(one.get("kty")))
        if kind is None or one.get("use", "sig") != "sig" or "d" in one:
            continue
        if "verify" not in one.get("key_ops", ["verify"]):
            continue
        if kind is RSAKey and len(str(one.get("n", ""))) < SHORTEST:
            continue
        try:
            yield kind.import_key(dict(one))
        except (JoseError, ValueError, TypeError, KeyError):
            continue
