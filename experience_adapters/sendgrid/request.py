"""A mail as the body of SendGrid's `POST /v3/mail/send`."""

import re
from collections.abc import Iterator
from email.header import Header as Words
from typing import Any

from sendgrid.helpers.mail import (
    Content,
    CustomArg,
    From,
    Header,
    Mail,
    MailSettings,
    Personalization,
    ReplyTo,
    SandBoxMode,
    Subject,
    To,
)

from experience_adapters.mail import Mailbox, beyond_ascii, flaws, mailbox, message_id, spelled
from experience_adapters.mail.rules import Flaw
from symphainy.delivery import EmailMessage

__all__ = ["body", "wrongs"]

_KEY = re.compile(r"SG\.[0-9a-zA-Z]+\.[0-9a-zA-Z]+")
"""What the library takes for an API key; it raises on a content that has one."""
_RESERVED = frozenset({"dkim-signature", "x-sg-eid", "x-sg-id"})


def wrongs(message: EmailMessage, sender: str) -> list[Flaw]:
    """What SendGrid would refuse in `message` from `sender`."""
    found = flaws(message, sender)
    return found or [
        *beyond_ascii(message, sender, "SendGrid"),
        *_contents(message),
        *_headers(message),
    ]


def body(
    message: EmailMessage, *, sender: str, delivery: str, sandbox: bool = False
) -> dict[str, Any]:
    """The JSON document of a message without flaws.

    The delivery's id is a custom argument of the recipient, which events about it repeat.
    """
    origin = mailbox(sender)
    mail = Mail()
    mail.from_email = _addressed(From(), origin)
    mail.subject = Subject(message.subject)
    person = Personalization()
    person.add_to(_addressed(To(), Mailbox("", message.to.address)))
    person.add_custom_arg(CustomArg("delivery_id", delivery))
    mail.add_personalization(person)
    mail.add_content(Content("text/plain", message.text))
    if message.html is not None:
        mail.add_content(Content("text/html", message.html))
    mail.add_header(Header("Message-ID", message_id(delivery, origin.domain)))
    for name, value in message.headers.items():
        if name.lower() == "reply-to":
            mail.reply_to = _addressed(ReplyTo(), mailbox(value))
        else:
            mail.add_header(Header(name, _ascii(value)))
    if sandbox:
        mail.mail_settings = MailSettings(sandbox_mode=SandBoxMode(True))
    found: dict[str, Any] = mail.get()
    # The library puts every new content first, and SendGrid refuses text after HTML.
    found["content"].sort(key=lambda one: one["type"] != "text/plain")
    return found


def _addressed(email: Any, box: Mailbox) -> Any:
    # Given to the constructor, an address would be parsed for a name.
    email.email = spelled(box.address)
    email.name = box.name or None
    return email


def _ascii(value: str) -> str:
    if value.isascii():
        return value
    return Words(value, "utf-8").encode(linesep="")


def _contents(message: EmailMessage) -> Iterator[Flaw]:
    if not message.subject.strip():
        yield Flaw("delivery.header", "SendGrid takes no mail without a subject")
    for part, text in (("text", message.text), ("html", message.html)):
        if text is not None and not text.strip():
            yield Flaw("delivery.text", f"SendGrid takes no mail whose {part} is empty")
        if text is not None and _KEY.search(text):
            yield Flaw("delivery.text", f"the {part} has something like a key of SendGrid in it")


def _headers(message: EmailMessage) -> Iterator[Flaw]:
    for name, value in message.headers.items():
        if name.lower() in _RESERVED:
            yield Flaw("delivery.header", f"the header {name!r} is SendGrid's to set")
        if name.lower() == "reply-to":
            yield from flaws(message.model_copy(update={"headers": {}}), value)
