"""Runs whose signed words were believed once, and whose key nobody trusts any more."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from temporalio import workflow

from symphainy.errors import Refused
from temporal.endings import failure

__all__ = ["Doubt"]

T = TypeVar("T")

FORGED = "context.forged"


class Doubt:
    """Ends a run that acted on what is not believed any more, where its history ends.

    A history has to be gone through as it went, or its run is stuck: what was believed then is
    taken as said, and the run ends before it does anything that it has not yet done.
    """

    def __init__(self) -> None:
        self.refused: Refused | None = None
        self._main: asyncio.Task[Any] | None = None

    def begins(self) -> None:
        """The task that calls is the run's first, which is what ends."""
        self._main = asyncio.current_task()

    def believed(self, proven: Callable[[], T], unproven: Callable[[], T], word: str) -> T:
        """What `proven` gives; what `unproven` does where it was believed when `word` came.

        `word` names what was said within the run. Refused: as `proven` refuses.
        """
        try:
            return proven()
        except Refused as refused:
            # The marker is written where it is refused first, so a replay knows which it was.
            if refused.code != FORGED or workflow.patched(f"refused-{word}"):
                raise
            self.refused = refused
            return unproven()

    def check(self) -> None:
        """Before the run does anything: ends one in doubt, as no definition can catch."""
        if self._bites():
            if self._main is not None:
                self._main.cancel()
            raise asyncio.CancelledError

    def end(self) -> None:
        """When the run is over, whyever. ApplicationError with what is in doubt."""
        if self.refused is not None and self._bites():
            raise failure(self.refused) from self.refused

    def _bites(self) -> bool:
        if self.refused is None:
            return False
        return workflow.patched(f"doubted-{workflow.info().get_current_history_length()}")
