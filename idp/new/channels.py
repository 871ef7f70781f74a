"""What differs between adapters of different channels when they are begun."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["CHANNELS", "Kind"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A channel, as its adapters are written."""

    message: str
    """The class of its messages."""
    rules: str
    """The module that knows what its messages may not have."""
    sample: str
    """The arguments of a message, in Python."""
    names: tuple[str, ...]
    """What else these arguments need of `symphainy.delivery`."""
    events: tuple[str, ...]
    """What a provider of it tells afterwards."""
    flawed: str = "flaws(message)"
    plural: str = "messages"


_TO_MAIL = 'to=Recipient(address="ada@example.com", customer="c-1")'
_TO_PHONE = 'to=Recipient(address="+4366012345678", customer="c-1")'

CHANNELS: Mapping[str, Kind] = MappingProxyType(
    {
        "email": Kind(
            "EmailMessage",
            "experience_adapters.mail",
            f"""
    {_TO_MAIL},
    sender="Acme <hello@acme.example>",
    subject="Invoice 7 is due",
    text="Dear Ada,\\n\\ninvoice 7 is due.\\n",
    html="<p>Dear Ada,</p>\\n<p>invoice 7 is due.</p>\\n",
""",
            ("Recipient",),
            ("delivered", "bounced_hard", "opened", "clicked"),
            "flaws(message, message.sender)",
            "mails",
        ),
        "sms": Kind(
            "SmsMessage",
            "experience_adapters.texts",
            f'\n    {_TO_PHONE},\n    sender="+15005550006",\n    text="Invoice 7 is due. Acme",\n',
            ("Recipient",),
            ("sent", "delivered", "failed"),
            plural="text messages",
        ),
        "voice": Kind(
            "VoiceCall",
            "experience_adapters.rules.calls",
            f'\n    {_TO_PHONE},\n    sender="+15005550006",\n'
            '    script=(Say(text="Invoice 7 is due."),),\n',
            ("Recipient", "Say"),
            ("ringing", "answered", "no_answer", "completed"),
            plural="calls",
        ),
        "chat": Kind(
            "ChatMessage",
            "experience_adapters.rules.chat",
            '\n    to=Recipient(address="room-7", customer="c-1"),\n'
            '    text="Invoice 7 is due.",\n',
            ("Recipient",),
            ("delivered", "replied"),
            plural="messages of chats",
        ),
        "crm": Kind(
            "CrmUpdate",
            "experience_adapters.rules.records",
            f"""
    {_TO_MAIL},
    object="contact",
    key=RecordKey(property="email", value="ada@example.com"),
    properties={{"note": "Invoice 7 is due."}},
    activity=Activity(text="Reminded of invoice 7."),
""",
            ("Activity", "Recipient", "RecordKey"),
            ("updated",),
            plural="records",
        ),
        "ticket": Kind(
            "Ticket",
            "experience_adapters.rules.tickets",
            f"""
    {_TO_MAIL},
    subject="Invoice 7",
    text="Ada asks about invoice 7.",
    status="open",
""",
            ("Recipient",),
            ("updated", "solved"),
            plural="tickets",
        ),
        "webhook": Kind(
            "WebhookEvent",
            "experience_adapters.rules.events",
            '\n    to=Recipient(address="https://partner.example/hook"),\n'
            '    type="invoice.due",\n    data={"invoice": 7},\n',
            ("Recipient",),
            ("delivered",),
            plural="events",
        ),
        "api": Kind(
            "ApiResponse",
            "experience_adapters.rules.answers",
            '\n    to=Recipient(address="request-7"),\n    body={"invoice": 7},\n',
            ("Recipient",),
            ("delivered",),
            plural="answers",
        ),
    }
)
