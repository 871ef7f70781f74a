"""What can be delivered: one message a channel, rendered and addressed, neutral of vendors."""

from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from symphainy.delivery.script import Step
from symphainy.json import Json

__all__ = [
    "CALLER",
    "Activity",
    "ApiResponse",
    "ChatMessage",
    "Choice",
    "CrmUpdate",
    "EmailMessage",
    "M_contra",
    "Message",
    "Recipient",
    "RecordKey",
    "SmsMessage",
    "Ticket",
    "VoiceCall",
    "WebhookEvent",
    "addressed",
]

Scalar = str | int | float | bool | None
CALLER = "caller"
"""The address of whoever made the request that started the run."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Recipient(_Frozen):
    """Whom a message is for."""

    address: str
    """What the channel reaches them by: a mail address, a phone number in E.164, the value of a
    record's key, a URL, the id of a conversation."""
    customer: str | None = None
    locale: str | None = None
    zone: str | None = None


def addressed(to: Json) -> str | None:
    """The address in `to` of a message, where it is one and not the id of a customer: a mail
    address, or a phone number with its plus."""
    if not isinstance(to, str):
        return None
    return to if "@" in to or (to[:1] == "+" and to[1:].isdigit()) else None


class EmailMessage(_Frozen):
    """A mail."""

    channel: Literal["email"] = "email"
    to: Recipient
    sender: str
    subject: str
    text: str
    html: str | None = None
    headers: dict[str, str] = Field(default_factory=dict)


class SmsMessage(_Frozen):
    """A text message; addresses are phone numbers in E.164."""

    channel: Literal["sms"] = "sms"
    to: Recipient
    sender: str
    """A phone number, or whatever else the provider sends from: a name, a pool of numbers."""
    text: str


class VoiceCall(_Frozen):
    """A phone call that follows a script; addresses are phone numbers in E.164."""

    channel: Literal["voice"] = "voice"
    to: Recipient
    sender: str
    script: tuple[Step, ...]
    language: str = "en-US"
    """BCP 47; steps may say another."""
    machine: Literal["ignore", "hang up", "leave message"] = "ignore"
    """What happens when a machine answers: the script runs all the same, nothing is said, or
    `message` is said after the tone."""
    message: tuple[Step, ...] = ()
    ring_seconds: int = 30


class RecordKey(_Frozen):
    """What tells a record from all others: a property, unique in the system, and its value."""

    property: str
    value: str


class Activity(_Frozen):
    """Something that happened, kept with a record."""

    kind: Literal["note", "call", "email", "task"] = "note"
    text: str
    subject: str | None = None


class CrmUpdate(_Frozen):
    """A record as it should be, made if there is none, and perhaps an activity with it."""

    channel: Literal["crm"] = "crm"
    to: Recipient
    """The record's key as an address."""
    object: str
    """contact, company, deal, ticket, or what the system itself calls it."""
    key: RecordKey
    properties: dict[str, Scalar] = Field(default_factory=dict)
    activity: Activity | None = None


class Ticket(_Frozen):
    """A request in a help desk: opened, or, where `key` names one that is open, continued."""

    channel: Literal["ticket"] = "ticket"
    to: Recipient
    """Who asks: a mail address."""
    subject: str
    text: str
    html: str | None = None
    key: str | None = None
    """Names the ticket over several messages; None opens one for this delivery alone."""
    name: str | None = None
    """What the one who asks is called."""
    kind: Literal["question", "incident", "problem", "task"] | None = None
    priority: Literal["low", "normal", "high", "urgent"] | None = None
    status: Literal["open", "pending", "solved"] | None = None
    public: bool = True
    """Whether the one who asks may read `text`."""
    tags: tuple[str, ...] = ()
    fields: dict[str, Scalar] = Field(default_factory=dict)
    """Fields of the help desk's own."""


class WebhookEvent(_Frozen):
    """An event for a server of the client's or a partner's."""

    channel: Literal["webhook"] = "webhook"
    to: Recipient
    """A URL, or the name of an endpoint that the tenant keeps at this platform."""
    type: str
    """What happened, in words of the client's with dots between: `invoice.paid`."""
    data: Any = None
    """JSON."""


class Choice(_Frozen):
    """An answer that is offered."""

    title: str
    value: str


class ChatMessage(_Frozen):
    """A message in a conversation."""

    channel: Literal["chat"] = "chat"
    to: Recipient
    """The conversation: the id of a customer or session, or of the vendor's channel or user."""
    sender: str = ""
    text: str
    choices: tuple[Choice, ...] = ()
    thread: str | None = None
    """The message, as the vendor names it, that this one is an answer to."""


class ApiResponse(_Frozen):
    """An answer to a request that somebody made of the solution's own endpoint."""

    channel: Literal["api"] = "api"
    to: Recipient
    """`CALLER`: a run answers nobody but the request that started it."""
    status: int = 200
    body: Any = None
    """JSON."""
    headers: dict[str, str] = Field(default_factory=dict)


Message = Annotated[
    EmailMessage
    | SmsMessage
    | VoiceCall
    | CrmUpdate
    | Ticket
    | WebhookEvent
    | ChatMessage
    | ApiResponse,
    Field(discriminator="channel"),
]
"""One of the messages; `channel` tells which."""

M_contra = TypeVar(
    "M_contra",
    bound=EmailMessage
    | SmsMessage
    | VoiceCall
    | CrmUpdate
    | Ticket
    | WebhookEvent
    | ChatMessage
    | ApiResponse,
    contravariant=True,
)
"""The message of an adapter's channel."""
