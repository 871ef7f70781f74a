"""What the event hub hands to a run, until a task that listens takes it."""

from collections.abc import Callable, Iterable, Sequence

from symphainy.event import Bound, Envelope, Evaluate, matches
from symphainy.json import canonical

__all__ = ["Inbox", "Mailbox"]

MOST = 200
LARGEST = 1_000_000
"""Events and bytes that wait in a run; what is more waits in the hub."""


class Mailbox:
    """Events for one listening task, in the hub's order.

    The hub keeps them all: what comes by signal only saves asking it.
    """

    def __init__(self, filters: Sequence[Bound], after: int, had: Iterable[int]) -> None:
        self.filters = filters
        self.after = after
        """Up to here the hub has told what there is."""
        self.had = list(had)
        """What was taken that the hub does not know of yet."""
        self.behind = True
        """Whether the hub has to be asked for what comes next."""
        self._queue: dict[int, Envelope] = {}
        self._size = 0

    def put(self, seq: int, envelope: Envelope, evaluate: Evaluate) -> None:
        """Take in an event that came by itself, if it is meant and new."""
        if seq <= self.after or seq in self._queue or seq in self.had:
            return
        if not any(matches(one, envelope, evaluate) for one in self.filters):
            return
        size = len(canonical(envelope))
        if len(self._queue) == MOST or self._size + size > LARGEST:
            self.behind = True
            return
        self._queue[seq] = envelope
        self._size += size

    def told(self, events: Iterable[tuple[int, Envelope]], after: int, *, more: bool) -> None:
        """Take in what the hub answered: all there is up to `after`."""
        waiting = {seq: one for seq, one in self._queue.items() if seq > after}
        self._queue = {**dict(events), **waiting}
        self._size = sum(len(canonical(one)) for one in self._queue.values())
        self.after, self.behind, self.had = after, more, []

    def take(self) -> tuple[int, Envelope] | None:
        """The next event; None if there is none here."""
        ready = [seq for seq in self._queue if not self.behind or seq <= self.after]
        if not ready:
            return None
        seq = min(ready)
        envelope = self._queue.pop(seq)
        self._size -= len(canonical(envelope))
        return seq, envelope

    @property
    def waits(self) -> bool:
        """Whether nothing can be done but wait."""
        return not self.behind and not self._queue


class Inbox:
    """The mailboxes of the tasks of one run that listen now."""

    def __init__(self, evaluator: Callable[[], Evaluate]) -> None:
        self._evaluator = evaluator
        self._open: dict[str, Mailbox] = {}

    def open(self, listener: str, mailbox: Mailbox) -> None:
        """Put into `mailbox` what comes from now on."""
        self._open[listener] = mailbox

    def close(self, listener: str) -> None:
        """Let it be."""
        self._open.pop(listener, None)

    def receive(self, seq: int, envelope: Envelope) -> None:
        """Hand an event to every task it is for; the hub keeps it for those that come later."""
        evaluate = self._evaluator()
        for mailbox in self._open.values():
            mailbox.put(seq, envelope, evaluate)
