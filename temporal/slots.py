"""How many activities of one run may be under way at once."""

from types import TracebackType

from temporalio import workflow

from temporal.suspension import Suspended, Suspension

__all__ = ["PENDING", "Slots"]

PENDING = 1_000
"""Temporal takes 2,000; one more, and the run's workflow task fails for ever."""


class Slots:
    """Lets `size` activities of a run be under way; whoever comes later waits its turn."""

    def __init__(self, suspension: Suspension, size: int = PENDING) -> None:
        self._suspension = suspension
        self._free = size

    async def __aenter__(self) -> None:
        """Take a slot. Raises Suspended if the run is to go on elsewhere before there is one."""
        while self._free == 0:
            await workflow.wait_condition(lambda: self._free > 0 or self._suspension.wanted)
            if self._free == 0 and self._suspension.wanted:
                raise Suspended
        self._free -= 1

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the slot back."""
        self._free += 1
