"""The policies that govern a run: its solution's, and what tenant and platform say now."""

import json
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from public_works import Stores
from public_works.policies import PLATFORM
from smart_city.bundle import Bundle, LayeredDocument, compile_bundle
from smart_city.facts import Subject
from smart_city.layers import Layers, effective, placing
from smart_city.verdict import Layer
from symphainy.plan import Plan

__all__ = ["Governing", "bundle_of"]

LOOKED = 5.0
"""Seconds for which a step without effect is done by what was read of the layers before."""


def bundle_of(plan: Plan) -> Bundle:
    """The policies of the solution itself: all that a run can know without asking, since its
    plan never changes."""
    return _bundle(json.dumps(plan.policies))


@lru_cache(maxsize=1_000)
def _bundle(policies: str) -> Bundle:
    documents = json.loads(policies)
    return compile_bundle(
        LayeredDocument("solution", name, document) for name, document in documents.items()
    )


class Governing:
    """Bundles of every layer, put together from what holds at the moment of a decision."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._written = lru_cache(maxsize=1_000)(stores.policies.written)
        self._seen: dict[str, tuple[float, Mapping[str, str]]] = {}

    def bundle(self, plan: Plan, digests: Mapping[str, str]) -> Bundle:
        """What holds for a run of `plan` where `digests` hold, by tenant."""
        if not digests:
            return bundle_of(plan)
        return effective({**self._layers(digests), "solution": plan.policies})

    def above(self, plan: Plan, digests: Mapping[str, str]) -> Bundle:
        """The part of it that the solution does not say itself, and so its runs do not know."""
        whole = self.bundle(plan, digests)
        gone = {one.id for one, _ in whole.replaced}
        layers = {
            layer: {name: one for name, one in said.items() if f"{layer}/{name}" not in gone}
            for layer, said in self._layers(digests).items()
        }
        return effective(layers)

    def placing(self, digests: Mapping[str, str], own: Mapping[str, Any]) -> Bundle | None:
        """The part that looks at where a step goes, of a solution that says `own`; None where
        nothing does."""
        return placing({**self._layers(digests), "solution": own})

    def now(self, tenant: str) -> Mapping[str, str]:
        """The digests of what holds, as they were read no longer ago than `LOOKED`."""
        read, digests = self._seen.get(tenant, (0.0, {}))
        if not read or time.monotonic() - read > LOOKED:
            digests = self._stores.facts.known(tenant, None).policies
            self.saw(tenant, digests)
        return digests

    def last(self, tenant: str) -> Mapping[str, str]:
        """The digests of what held when they were read last; none before."""
        return self._seen.get(tenant, (0.0, {}))[1]

    def saw(self, tenant: str, digests: Mapping[str, str]) -> None:
        """Take over what holds, as it was just read."""
        self._seen[tenant] = (time.monotonic(), digests)

    def silent(self, tenant: str) -> bool:
        """Whether it is known since seconds that neither tenant nor platform say anything."""
        read, digests = self._seen.get(tenant, (0.0, {}))
        return bool(read) and not digests and time.monotonic() - read <= LOOKED

    def concerns(self, tenant: str, plan: Plan, subject: Subject) -> bool:
        """Whether tenant or platform speak about `subject`, as far as is known since seconds."""
        digests = self.now(tenant)
        if not digests:
            return False
        whole = self.bundle(plan, digests)
        # Who only advises is to be heard too.
        about = (whole.advised or whole).about(subject)
        return any(one.layer != "solution" for one in about)

    def _layers(self, digests: Mapping[str, str]) -> Layers:
        layers: dict[Layer, Mapping[str, Any]] = {}
        for tenant, digest in digests.items():
            written = self._written(tenant, digest)
            layers["platform" if tenant == PLATFORM else "tenant"] = written.get("policies", {})
        return layers
