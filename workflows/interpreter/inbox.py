"""What the event hub hands to a run, until a task that listens takes it.

The hub keeps every event: what it signals only saves asking it. What a run has taken only the run
knows, since a workflow task that fails takes back what was done in it, but not what a local
activity did meanwhile. So the hub is told of nothing before it is certain.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from temporalio import workflow

from symphainy.event import Bound, Envelope, Evaluate, matches
from symphainy.json import Json, canonical

__all__ = ["Inbox", "Mailbox"]

MOST = 200
LARGEST = 1_000_000
"""Events and bytes that wait in a run; what is more waits in the hub."""
REMEMBERED = 2_000
"""Places of events that a run took, kept so that no later task takes them; it is carried from
history to history, so it has an end."""
UNWANTED = 3
"""Signals that nothing in the run wants, after which the hub is told what it still wants."""


class Mailbox:
    """Events for one listening task, in the hub's order."""

    def __init__(self, filters: Sequence[Bound], taken: Sequence[int], after: int) -> None:
        self.filters = filters
        self.after = after
        """Up to here the hub has told what there is."""
        self.behind = True
        """Whether the hub has to be asked for what comes next."""
        self._before = taken
        self._had: list[int] = []
        self._queue: dict[int, Envelope] = {}
        self._size = 0

    @property
    def taken(self) -> list[int]:
        """What the hub is not to tell: taken by this task, or before it began to listen."""
        return [seq for seq in (*self._before, *self._had) if seq > self.after]

    def rewind(self) -> None:
        """Let the hub tell again what waits here."""
        self.after = min([self.after, *(seq - 1 for seq in self._queue)])
        self._queue, self.behind = {}, True

    def put(self, seq: int, envelope: Envelope, evaluate: Evaluate) -> bool:
        """Take in an event that came by itself, if it is meant and new; whether it is meant."""
        if not any(matches(one, envelope, evaluate) for one in self.filters):
            return False
        if seq <= self.after or seq in self._queue or seq in self._had or seq in self._before:
            return True
        size = len(canonical(envelope))
        if len(self._queue) == MOST or self._size + size > LARGEST:
            self.behind = True
        else:
            self._queue[seq] = envelope
            self._size += size
        return True

    def told(self, events: Iterable[tuple[int, Envelope]], after: int, *, more: bool) -> None:
        """Take in what the hub answered: all there is up to `after`."""
        waiting = {seq: one for seq, one in self._queue.items() if seq > after}
        self._queue = {**dict(events), **waiting}
        self._size = sum(len(canonical(one)) for one in self._queue.values())
        self.after, self.behind = after, more

    def next(self) -> tuple[int, Envelope] | None:
        """The next event; None if there is none here."""
        ready = [seq for seq in self._queue if not self.behind or seq <= self.after]
        if not ready:
            return None
        seq = min(ready)
        envelope = self._queue.pop(seq)
        self._size -= len(canonical(envelope))
        return seq, envelope

    def take(self, seq: int) -> None:
        """The event is this task's."""
        self._had.append(seq)
        if len(self._had) > REMEMBERED:
            # Below what waits here and what the hub told there is nothing that it tells again.
            sure = min([self.after, *(one - 1 for one in self._queue)])
            self._had = [one for one in self._had if one > sure]

    @property
    def waits(self) -> bool:
        """Whether nothing can be done but wait."""
        return not self.behind and not self._queue


class Inbox:
    """The mailboxes of the tasks of one run that listen now, and what the run has taken."""

    def __init__(self, evaluator: Callable[[], Evaluate]) -> None:
        self.taken: list[int] = []
        self.floor = 0
        """Up to here no task that begins to listen is told of anything."""
        self.asking = 0
        """How many ask the hub just now."""
        self.hushing = False
        self._evaluator = evaluator
        self._open: dict[str, Mailbox] = {}
        self._closed: dict[str, int] = {}
        self._unwanted = 0

    def open(self, key: str, mailbox: Mailbox) -> None:
        """Put into `mailbox` what comes from now on."""
        self._open[key] = mailbox

    def take(self, seq: int) -> None:
        """No later task of the run takes the event."""
        self.taken.append(seq)
        if len(self.taken) > REMEMBERED:
            oldest = min(self.taken)
            self.taken.remove(oldest)
            self.floor = max(self.floor, oldest)

    @property
    def newest(self) -> int | None:
        """The place of the event that was taken last."""
        return self.taken[-1] if self.taken else None

    def leave(self, key: str) -> None:
        """Hear no more in this history."""
        self._open.pop(key, None)

    def close(self, key: str) -> None:
        """Hear no more; the hub is told once that cannot be taken back."""
        self._open.pop(key, None)
        self._closed[key] = workflow.info().get_current_history_length()

    def receive(self, seq: int, envelope: Envelope) -> bool:
        """Hand an event to every task it is for; the hub keeps it for those that come later.

        Whether the hub is to be hushed: it tells of things that nobody here listens for.
        """
        evaluate = self._evaluator()
        wanted = [one.put(seq, envelope, evaluate) for one in self._open.values()]
        if any(wanted):
            return False
        self._unwanted += 1
        return self._unwanted >= UNWANTED

    def closed(self) -> list[str]:
        """The listeners that certainly are done."""
        length = workflow.info().get_current_history_length()
        done = [key for key, at in self._closed.items() if at < length]
        for key in done:
            del self._closed[key]
        return done

    def listening(self) -> list[str]:
        """The listeners that are open, or may be again should this workflow task fail."""
        self._unwanted = 0
        self.closed()
        return [*self._open, *self._closed]

    def dump(self) -> dict[str, Json]:
        """What must outlive this history."""
        state: dict[str, Json] = {"taken": [*self.taken]}
        return state | ({"floor": self.floor} if self.floor else {})

    def load(self, state: dict[str, Any]) -> None:
        """Take over what `dump` gave."""
        self.taken, self.floor = list(state["taken"]), state.get("floor", 0)
