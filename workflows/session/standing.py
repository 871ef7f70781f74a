"""What a session knows, and how messages and receipts change it; pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from symphainy.session import Message, Presence, Surface

__all__ = ["MOST", "Said", "Seen", "Standing"]

MOST = 50
"""Messages that may wait to be kept or heard; who writes faster is told to wait."""
KNOWN = 200
"""Ids that are remembered, so that a message which is sent again is one message."""
UNREAD = 500


class Said(BaseModel):
    """A message that is to be put into the session."""

    id: str
    text: str
    channel: str
    choices: tuple[dict[str, str], ...] = ()
    choice: str | None = None
    run: str | None = None


class Seen(BaseModel):
    """Up to where the customer's device has messages, and the customer has read them."""

    delivered: int = 0
    read: int = 0


class Standing(BaseModel):
    """The state of a session; it goes from one history to the next."""

    seq: int = 0
    read: int = 0
    delivered: int = 0
    unread: list[int] = []
    channels: dict[str, Presence] = {}
    run: str | None = None
    waiting_for: Literal["customer", "solution"] | None = None
    problem: str | None = None
    last: Message | None = None
    known: dict[str, int] = {}
    """Places of the latest messages by their ids, oldest first."""
    unkept: list[Message] = []
    """Messages that the transcript does not have yet."""
    unheard: list[Message] = []
    """Messages of the customer that the solution was not told of yet."""
    seen: Seen | None = None
    """What has to be told to whoever sent the messages."""

    @classmethod
    def restored(cls, surface: Surface, known: dict[str, int]) -> "Standing":
        """What is left of a session whose workflow is gone."""
        return cls(
            known=known,
            seq=surface.seq,
            read=surface.read,
            delivered=surface.read,
            channels=surface.channels,
            run=surface.run,
            waiting_for=surface.waiting_for,
            last=surface.last,
        )

    @property
    def busy(self) -> bool:
        """Whether there is something to be done."""
        return bool(self.unkept or self.unheard or self.seen)

    @property
    def full(self) -> bool:
        """Whether no more messages are taken for now."""
        return len(self.unkept) >= MOST or len(self.unheard) >= MOST

    def take(self, said: Said, direction: Literal["in", "out"], at: datetime) -> Message | None:
        """The message with its place; None if it has one already."""
        if said.id in self.known:
            return None
        self.seq += 1
        message = Message.model_validate(
            {
                **said.model_dump(),
                "seq": self.seq,
                "direction": direction,
                "at": at,
                "run": said.run or self.run,
            }
        )
        self._remember(message)
        self.unkept.append(message)
        if direction == "in":
            self._from_customer(message)
        else:
            self._to_customer(message)
        return message

    def see(self, seen: Seen) -> None:
        """Take in what the customer's device says."""
        delivered = min(max(seen.delivered, seen.read), self.seq)
        read = min(seen.read, self.seq)
        if delivered <= self.delivered and read <= self.read:
            return
        self.delivered, self.read = max(self.delivered, delivered), max(self.read, read)
        self.unread = [seq for seq in self.unread if seq > self.read]
        self.seen = Seen(delivered=self.delivered, read=self.read)

    def surface(self, session: str) -> Surface:
        """The session as others see it."""
        return Surface(
            session=session,
            unread=len(self.unread),
            waiting_for=self.waiting_for,
            run=self.run,
            last=self.last,
            seq=self.seq,
            read=self.read,
            channels=self.channels,
            problem=self.problem,
        )

    def kept(self, upto: int) -> None:
        """The transcript has everything up to that place."""
        self.unkept = [one for one in self.unkept if one.seq > upto]

    def heard(self, ids: Mapping[str, str | None]) -> None:
        """The solution was told of these; by id, the run that the customer talks to now."""
        self.unheard = [one for one in self.unheard if one.id not in ids]
        for run in ids.values():
            self.run = run or self.run

    def _remember(self, message: Message) -> None:
        self.known[message.id] = message.seq
        while len(self.known) > KNOWN:
            del self.known[next(iter(self.known))]
        self.last = message

    def _from_customer(self, message: Message) -> None:
        self.run = message.run
        self.channels[message.channel] = Presence(at=message.at)
        self.unheard.append(message)
        self.waiting_for, self.problem = "solution", None

    def _to_customer(self, message: Message) -> None:
        self.unread = [*self.unread, message.seq][-UNREAD:]
        self.waiting_for, self.run = "customer", message.run
