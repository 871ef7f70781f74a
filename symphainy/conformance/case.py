"""What an author brings to the suite: an adapter, and a twin of its provider to look into."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Literal

from symphainy.delivery import Adapter, Message, Sending

__all__ = ["AdapterCase", "Fault", "Received", "sending"]

Fault = Literal[
    "refused", "busy", "unreachable", "lost before", "lost after", "silent after", "failed after"
]
"""What the twin can be told to do with every message from now on; questions are answered
meanwhile, unless it is unreachable:

refused: answer that it will never take the message. busy: answer that it does not take it now.
unreachable: take no connections. lost before: break the connection before it could have taken
the message. lost after: take the message, then break the connection instead of answering.
silent after: take the message and never answer. failed after: take the message, then answer
that something went wrong inside.
"""

HOOKS = "https://platform.example/v1/hooks/kit/experience"
"""Where the suite's platform would be called back."""


@dataclass(frozen=True, slots=True)
class Received:
    """A message as the twin has it."""

    to: str
    subject: str | None
    """None on channels that have none."""
    text: str
    html: str | None = None
    data: Any = None
    """What it has besides, on channels of records and events."""


class AdapterCase(ABC):
    """One adapter, ready to send to its twin; a fresh one for each test.

    Give the adapter a timeout below a second, so that silence ends soon.
    """

    adapter: Adapter[Any]
    message: Message
    """One that the twin takes, of the adapter's channel; the suite makes its others of it."""
    faults: frozenset[Fault] = frozenset()
    """What the twin can be told to do; tests of the others are skipped."""
    repeatable: bool = False
    """Whether it is the same to say the message twice, as of a record as it should be: then it is
    found, whichever delivery brought it."""

    def sending(self, delivery: str, **more: Any) -> Sending:
        """An attempt at a delivery; overridden by adapters that need settings in it."""
        return sending(delivery, **more)

    @abstractmethod
    async def provoke(self, fault: Fault) -> None:
        """Make the twin behave so from now on."""

    @abstractmethod
    async def received(self, delivery: str) -> list[Received]:
        """The messages that the twin took for a delivery."""

    @abstractmethod
    async def writes(self) -> int:
        """How often anybody has begun to hand the twin a message."""


def sending(delivery: str, *, attempt: int = 1, **more: Any) -> Sending:
    """An attempt at a delivery, in a run of the suite; `more` are other fields of it."""
    here: dict[str, Any] = {"callback": f"{HOOKS}?t=conformance&d={delivery}"}
    return Sending(
        delivery=delivery,
        tenant="conformance",
        run="run-1",
        step="/do/0/send",
        attempt=attempt,
        **{**here, **more},
    )
