"""Plans by digest, from memory, and on a miss by one synchronous read of their store."""

from collections import OrderedDict
from collections.abc import Iterable
from typing import Protocol

from symphainy.errors import Refused
from symphainy.json import Json
from symphainy.plan import Plan

__all__ = ["PlanStore", "Plans"]

KEPT = 2_000


class PlanStore(Protocol):
    """Where plans are kept, immutable and addressed by digest."""

    def plan(self, plan_digest: str) -> dict[str, Json] | None:
        """The plan's JSON, or None."""
        ...


class Plans:
    """The plans a worker has seen.

    Reading the store inside a workflow is deterministic: what a digest names never changes.
    """

    def __init__(self, store: PlanStore) -> None:
        self._store = store
        self._kept: OrderedDict[str, Plan] = OrderedDict()

    def get(self, digest: str) -> Plan:
        """The plan of that digest; Refused `run.plan-unknown` if the store has none."""
        plan = self._kept.get(digest)
        if plan is None:
            plan = self._read(digest)
            self.preload([(digest, plan)])
        return plan

    def preload(self, plans: Iterable[tuple[str, Plan]]) -> None:
        """Keep `plans` in memory; the oldest leave when it is full."""
        for digest, plan in plans:
            self._kept[digest] = plan
            self._kept.move_to_end(digest)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def _read(self, digest: str) -> Plan:
        stored = self._store.plan(digest)
        if stored is None:
            raise Refused("run.plan-unknown", f"no plan {digest} is stored: register it again")
        return Plan.model_validate(stored)
