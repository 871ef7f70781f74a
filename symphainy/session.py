"""Sessions: durable conversations of one end customer with one solution, over all channels."""

import re
from datetime import datetime
from typing import Literal, NamedTuple, Protocol
from urllib.parse import quote, unquote

from pydantic import BaseModel, ConfigDict, Field

from symphainy.delivery.messages import Choice
from symphainy.errors import Refused

__all__ = [
    "LONGEST",
    "MESSAGE",
    "WORKFLOW",
    "Address",
    "Conversations",
    "Kept",
    "Message",
    "Presence",
    "Surface",
]

WORKFLOW = "symphainy.session"
"""The type of the workflow that a session is."""

MESSAGE = "com.symphainy.session.message.v1"
"""The event that a customer has written."""

LONGEST = 12_000
"""Characters of a message."""

_PRODUCTION = "production"
_SAFE = "-._~+=,"
_ANONYMOUS = "anonymous:"
_SOLUTION = re.compile(r"[A-Za-z0-9-]{1,63}\.[A-Za-z0-9-]{1,63}")
_WHO = re.compile(r"(?:anonymous:)?(?:[A-Za-z0-9._~+=,-]|%[0-9A-F]{2}){1,200}")
_ENVIRONMENT = re.compile(r"[A-Za-z0-9-]{1,63}")


class Address(NamedTuple):
    """Whose session with which solution; one of `customer` and `anonymous` is set."""

    solution: str
    environment: str
    customer: str | None = None
    anonymous: str | None = None
    """The id of a visitor who has not said who they are."""

    @property
    def id(self) -> str:
        """As clients name it: `{solution}:{customer}`, percent-encoded."""
        who = quote(self.customer or self.anonymous or "", safe=_SAFE)
        prefix = "" if self.customer else _ANONYMOUS
        # Not the `@` of run ids: a flow writes to a session, and would seem to write to a mailbox.
        where = "" if self.environment == _PRODUCTION else f"!{self.environment}"
        return f"{self.solution}:{prefix}{who}{where}"

    def workflow(self, tenant: str) -> str:
        """The id of its workflow; no solution's run can have it, as `session` has no dot."""
        solution, _, rest = self.id.partition(":")
        return f"{tenant}/session/{solution}/{rest}"

    @classmethod
    def of(cls, id: str) -> "Address":
        """The address that `id` names. Refused `session.unknown` if it cannot be one."""
        solution, _, rest = id.partition(":")
        who, _, environment = rest.partition("!")
        known = _SOLUTION.fullmatch(solution) and _WHO.fullmatch(who)
        if not known or (environment and not _ENVIRONMENT.fullmatch(environment)):
            raise Refused("session.unknown", f"there is no session {id[:80]!r}")
        name = unquote(who.removeprefix(_ANONYMOUS))
        anonymous = name if who.startswith(_ANONYMOUS) else None
        customer = None if anonymous is not None else name
        address = cls(solution, environment or _PRODUCTION, customer, anonymous)
        if address.id != id:
            raise Refused("session.unknown", f"there is no session {id[:80]!r}")
        return address

    @classmethod
    def of_workflow(cls, workflow: str) -> "Address":
        """The address of the session whose workflow has that id."""
        _, _, solution, rest = workflow.split("/", 3)
        return cls.of(f"{solution}:{rest}")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Message(_Frozen):
    """One message of a session's transcript."""

    seq: int
    """Its place; without gaps."""
    id: str
    """Names it for whoever sent it: a delivery's id, or what the customer's device made up."""
    direction: Literal["in", "out"]
    """`in` is from the customer."""
    channel: str
    text: str
    choices: tuple[Choice, ...] = ()
    choice: str | None = None
    """The value of the choice that was taken, if the message is one."""
    at: datetime
    run: str | None = None
    """The run it came from, or that the customer talked to when they wrote it."""


class Presence(_Frozen):
    """When the customer last was on a channel."""

    at: datetime


class Surface(_Frozen):
    """How a session stands."""

    session: str
    status: Literal["open", "closed"] = "open"
    unread: int = 0
    """Messages that the customer has not seen."""
    waiting_for: Literal["customer", "solution"] | None = None
    """Whose turn it is."""
    run: str | None = None
    """The run that the customer talks to."""
    last: Message | None = None
    seq: int = 0
    read: int = 0
    """Up to here the customer has read."""
    channels: dict[str, Presence] = Field(default_factory=dict)
    """Where the customer was, by channel."""
    problem: str | None = None
    """The code of what kept the last message from starting a run."""


class Kept(_Frozen):
    """What became of a message that was put into a session."""

    session: str
    seq: int
    new: bool
    """False if it was there before."""


class Conversations(Protocol):
    """What an adapter of the platform's own chat talks to."""

    async def say(
        self,
        tenant: str,
        address: Address,
        *,
        id: str,
        text: str,
        channel: str,
        choices: tuple[Choice, ...] = (),
        run: str | None = None,
    ) -> Kept:
        """Put a message to the customer into the session, once an `id`.

        Unavailable: session.unreachable. Unsure: session.unsure.
        """
        ...

    async def said(self, tenant: str, address: Address, id: str) -> Kept | None:
        """The message of that `id`, if the session has it. Unavailable: session.unreachable."""
        ...
