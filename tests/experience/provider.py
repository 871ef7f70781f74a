"""What cases of providers over HTTP share: the faults of their twins, and what comes of each."""

from typing import Any

from symphainy.conformance import AdapterCase
from symphainy.conformance import Fault as Told
from tests.twins.provider import Fault

__all__ = ["FAULTS", "OUTCOMES", "ProviderCase"]

FAULTS: dict[Told, Fault] = {
    "refused": "400",
    "busy": "429",
    "lost before": "early drop",
    "lost after": "kept drop",
    "silent after": "kept silence",
    "failed after": "kept 503",
}
OUTCOMES: dict[Fault, tuple[str, str | None, int]] = {
    "none": ("accepted", None, 1),
    "early drop": ("retryable", "delivery.unreachable", 0),
    "drop": ("unknown", "delivery.unknown", 0),
    "400": ("rejected", "delivery.refused", 0),
    "401": ("rejected", "delivery.credentials", 0),
    "403": ("rejected", "delivery.credentials", 0),
    "413": ("rejected", "delivery.refused", 0),
    "429": ("retryable", "delivery.busy", 0),
    "500": ("unknown", "delivery.unknown", 0),
    "503": ("retryable", "delivery.busy", 0),
    "kept 500": ("unknown", "delivery.unknown", 1),
    "kept 503": ("unknown", "delivery.unknown", 1),
    "kept drop": ("unknown", "delivery.unknown", 1),
    "kept silence": ("unknown", "delivery.unknown", 1),
    "kept nonsense": ("unknown", "delivery.unknown", 1),
}
"""For each fault: the outcome, its code, and how many messages the twin kept."""


class ProviderCase(AdapterCase):
    """An adapter, and the twin of its provider under the provider's own name."""

    twin: Any
    """A `tests.twins.provider.Provider`; a case may say which."""
    faults = frozenset({*FAULTS, "unreachable"})

    async def provoke(self, fault: Told) -> None:
        if fault == "unreachable":
            await self.twin.stop()
        else:
            self.twin.fault = FAULTS[fault]

    async def writes(self) -> int:
        return int(self.twin.writes)
