"""Mails that SES receives: within the notification, or in a bucket of the tenant's."""

import base64
import binascii
import hashlib
from datetime import UTC, datetime
from typing import Any, NamedTuple

from experience_adapters.mail import answers
from symphainy.delivery import Callback, Heard, Inbound
from symphainy.json import Json

__all__ = ["Stored", "heard", "is_mail", "stored"]

_VERDICTS = {
    "spf": "spfVerdict",
    "dkim": "dkimVerdict",
    "dmarc": "dmarcVerdict",
    "spam": "spamVerdict",
    "virus": "virusVerdict",
}


class Stored(NamedTuple):
    """Where a mail is."""

    bucket: str
    key: str


def is_mail(told: dict[str, Any]) -> bool:
    """Whether the notification brings a mail and not an event."""
    return told.get("notificationType") == "Received"


def stored(told: dict[str, Any]) -> Stored | None:
    """Where the mail is, if the notification only says so."""
    action = _dict(_dict(told.get("receipt")).get("action"))
    bucket, key = action.get("bucketName"), action.get("objectKey")
    if is_mail(told) and isinstance(bucket, str) and isinstance(key, str) and bucket and key:
        return Stored(bucket, key)
    return None


def heard(callback: Callback, told: dict[str, Any], kept: bytes | None) -> Heard:
    """The mail of a genuine notification; `kept` is what its bucket has of it."""
    mail, receipt = _dict(told.get("mail")), _dict(told.get("receipt"))
    whole = kept if kept is not None else _content(told, _dict(receipt.get("action")))
    if not whole:
        return Heard()
    written = answers.parsed(whole)
    headers = {name.lower(): str(value) for name, value in written.items()}
    sender = answers.mailbox_of(headers.get("from", ""))
    if "@" not in sender:
        return Heard()
    verdicts = {name: _verdict(receipt, field) for name, field in _VERDICTS.items()}
    data: dict[str, Json] = {name: one for name, one in verdicts.items() if one}
    if answers.is_automatic(headers):
        data["automatic"] = True
    text = answers.plain(answers.body(written, "plain"), answers.body(written, "html"))
    id = headers.get("message-id") or str(mail.get("messageId") or _named(whole))
    return Heard(
        inbound=(
            Inbound(
                channel="email",
                sender=sender,
                proven=_proven(sender, str(mail.get("source") or ""), verdicts),
                to=_to(receipt, mail) or answers.mailbox_of(headers.get("to", "")),
                text=answers.said(text),
                provider_id=id.strip()[:400],
                at=_moment(mail.get("timestamp")) or callback.at,
                delivery=next(iter(answers.answered(headers)), None),
                subject=headers.get("subject") or None,
                data=data,
            ),
        )
    )


def _proven(sender: str, bounces_to: str, verdicts: dict[str, str]) -> bool:
    # SES says that a signature is good, not whose: only DMARC ties it to the sender.
    if verdicts["dmarc"] == "pass":
        return True
    return answers.is_proven(sender, bounces_to, verdicts["spf"], "")


def _verdict(receipt: dict[str, Any], name: str) -> str:
    return str(_dict(receipt.get(name)).get("status") or "").lower()[:20]


def _content(told: dict[str, Any], action: dict[str, Any]) -> bytes:
    content = told.get("content")
    if not isinstance(content, str):
        return b""
    if str(action.get("encoding")).upper() != "BASE64":
        return content.encode("utf-8", "surrogateescape")
    try:
        return base64.b64decode(content)
    except (binascii.Error, ValueError):
        return b""


def _to(receipt: dict[str, Any], mail: dict[str, Any]) -> str | None:
    for found in (receipt.get("recipients"), mail.get("destination")):
        if isinstance(found, list) and found and isinstance(found[0], str):
            return answers.mailbox_of(found[0])
    return None


def _named(whole: bytes) -> str:
    return hashlib.sha256(whole).hexdigest()


def _moment(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
