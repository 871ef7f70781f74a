"""How often whom may ask: token buckets, in the memory of one API process."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from public_works import Settings
from symphainy.errors import Unavailable
from symphainy.identity import Principal

__all__ = ["Bucket", "Limits", "Taken", "enforce"]

MOST = 20_000
"""Buckets of one kind that are remembered; those of whoever asked longest ago are full again."""
REMEMBERED = 10_000
SOUGHT = 20
"""Times an hour that somebody may ask for what is not there before it looks like searching."""
WIDE = 10
"""How much more one source may ask for all tenants together than for one."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What is left after a request."""

    name: str
    burst: int
    window: int
    left: int
    wait: float
    """Seconds until there is room again; 0 if there was."""

    @property
    def policy(self) -> str:
        """An item of the header RateLimit-Policy."""
        return f'"{self.name}";q={self.burst};w={self.window}'

    @property
    def limit(self) -> str:
        """An item of the header RateLimit."""
        return f'"{self.name}";r={self.left};t={math.ceil(self.wait)}'


class Bucket:
    """One bucket for each name: `burst` at once, and `rate` a second come back."""

    def __init__(
        self,
        name: str,
        rate: float,
        burst: int,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, whose: str) -> Taken:
        """One from the bucket of `whose`, if there is one."""
        left = self._left(whose)
        if left >= 1:
            left -= 1
            self._keep(whose, left)
            return self._taken(left, 0.0)
        return self._taken(left, (1 - left) / self._rate)

    def look(self, whose: str) -> Taken:
        """Like `take`, taking nothing."""
        left = self._left(whose)
        return self._taken(left, max(0.0, (1 - left) / self._rate))

    def _left(self, whose: str) -> float:
        left, then = self._kept.get(whose, (float(self._burst), 0.0))
        return min(float(self._burst), left + (self._clock() - then) * self._rate)

    def _keep(self, whose: str, left: float) -> None:
        self._kept[whose] = left, self._clock()
        self._kept.move_to_end(whose)
        if len(self._kept) > MOST:
            self._kept.popitem(last=False)

    def _taken(self, left: float, wait: float) -> Taken:
        window = max(1, math.ceil(self._burst / self._rate))
        return Taken(self._name, self._burst, window, int(left), wait)


class Limits:
    """Every limit of one API process; two processes know nothing of each other."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        def bucket(name: str, rate: float, burst: int) -> Bucket:
            return Bucket(name, rate, burst, clock=clock)

        s = settings
        self._principal = bucket("principal", s.rate_principal, s.rate_principal_burst)
        self._tenant = bucket("tenant", s.rate_tenant, s.rate_tenant_burst)
        self._intents = bucket("intents", s.rate_intents, s.rate_intents_burst)
        self._strangers = bucket("source", s.rate_source, s.rate_source_burst)
        self._wide = bucket("source-all", s.rate_source * WIDE, s.rate_source_burst * WIDE)
        self._doubted = bucket("unauthenticated", s.rate_doubted, s.rate_doubted_burst)
        self._seeking = bucket("seeking", SOUGHT / 3600, SOUGHT)
        self._believed: OrderedDict[bytes, None] = OrderedDict()

    def asked(self, by: Principal, *, intent: bool) -> list[Taken]:
        """What a request of `by` leaves to them and to their tenant."""
        # Their own first: who is over it takes nothing from the others of the tenant.
        taken = [self._principal.take(f"{by.tenant}\0{by.kind}\0{by.id}")]
        if by.on_behalf_of is not None and not taken[-1].wait:
            # Nobody may ask more often by having agents.
            user = self._principal.take(f"{by.tenant}\0user\0{by.on_behalf_of}")
            taken.append(replace(user, name="user"))
        for bucket in (self._tenant, *((self._intents,) if intent else ())):
            if not taken[-1].wait:
                taken.append(bucket.take(by.tenant))
        return taken

    def stranger(self, source: str, tenant: str) -> list[Taken]:
        """What a request leaves to an address, of which nobody knows yet who it is."""
        wide = self._wide.take(source)
        return [wide] if wide.wait else [self._strangers.take(f"{source}\0{tenant}")]

    def doubted(self, source: str) -> None:
        """Take down that somebody there was not believed."""
        self._doubted.take(source)

    def seeking(self, who: str) -> bool:
        """Take down that they asked for what is not there; whether that is one time too many."""
        taken = self._seeking.take(who)
        return not taken.wait and taken.left == 0

    def believed(self, proof: bytes) -> None:
        """Remember a key that was good, so that others at its address cannot lock it out."""
        self._believed[proof] = None
        self._believed.move_to_end(proof)
        if len(self._believed) > REMEMBERED:
            self._believed.popitem(last=False)

    def patient(self, source: str, proof: bytes) -> list[Taken]:
        """Nothing, or the limit that keeps a key from being looked up."""
        if proof in self._believed:
            return []
        left = self._doubted.look(source)
        return [left] if left.wait else []


def enforce(taken: list[Taken]) -> None:
    """Unavailable `api.rate-limited` if one of them is used up."""
    for one in taken:
        if one.wait:
            wait = math.ceil(one.wait)
            raise Unavailable(
                "api.rate-limited",
                f"The limit {one.name!r} is used up; ask again in {wait} s.",
                retry_after=timedelta(seconds=wait),
            )
