"""A mail as it goes over the wire."""

import re
import uuid
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage as Mime
from email.policy import SMTP, EmailPolicy

from experience_adapters import addresses
from experience_adapters.mail.rules import mailbox
from symphainy.delivery import EmailMessage

__all__ = ["built", "encoded", "message_id", "spelled"]

_ID = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")


class _Policy(EmailPolicy):
    """Folds no header in ASCII: folded at 78, a long List-Unsubscribe URL gets RFC 2047
    encoded, which breaks one-click. Encoded words stay within RFC 2047's 75 characters."""

    def fold_binary(self, name: str, value: str) -> bytes:
        if str(value).isascii() or self.utf8:
            return super().fold_binary(name, value)
        return _NARROW.fold_binary(name, value)


_NARROW = SMTP.clone(cte_type="7bit")
# 7bit: what is not ASCII becomes quoted-printable or base64, so that no server has to
# know 8BITMIME.
_WIDE = _Policy(linesep="\r\n", max_line_length=998, cte_type="7bit")
_UTF8 = _WIDE.clone(utf8=True)


def built(message: EmailMessage, *, sender: str, delivery: str, at: datetime) -> Mime:
    """`message` in MIME, with a Message-ID that all attempts of the delivery share.

    Expects a message without flaws.
    """
    origin = mailbox(sender)
    mime = Mime(policy=_NARROW)
    mime["From"] = Address(origin.name, *_halves(spelled(origin.address)))
    mime["To"] = Address("", *_halves(spelled(message.to.address)))
    mime["Subject"] = message.subject
    mime["Date"] = at
    mime["Message-ID"] = message_id(delivery, origin.domain)
    mime["X-Symphainy-Delivery"] = delivery
    for name, value in message.headers.items():
        mime[name] = value
    mime.set_content(message.text)
    if message.html is not None:
        mime.add_alternative(message.html, subtype="html")
    return mime


def encoded(mime: Mime, *, utf8: bool) -> bytes:
    """The octets of `mime`, lines ended by CRLF; with `utf8`, as RFC 6532 allows in headers."""
    return mime.as_bytes(policy=_UTF8 if utf8 else _WIDE)


def spelled(address: str) -> str:
    """The address with its domain as DNS has it, so that only a local part beyond ASCII
    needs SMTPUTF8."""
    local, domain = _halves(address)
    return f"{local}@{addresses.ascii_domain(domain) or domain}"


def _halves(address: str) -> tuple[str, str]:
    local, _, domain = address.rpartition("@")
    return local, domain


def message_id(delivery: str, domain: str) -> str:
    """The Message-ID of every attempt at a delivery, below the sender's domain."""
    name = delivery if _ID.fullmatch(delivery) else uuid.uuid5(uuid.NAMESPACE_URL, delivery).hex
    return f"<{name}@{addresses.ascii_domain(domain) or domain}>"
