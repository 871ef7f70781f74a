"""Mails that SendGrid's Inbound Parse hands over."""

import hashlib
import json
from email import message_from_string, policy
from typing import Any

from experience_adapters.mail import answers
from symphainy.delivery import Callback, Heard, Inbound
from symphainy.json import Json

__all__ = ["heard", "is_mail"]


def is_mail(callback: Callback) -> bool:
    """Whether the callback brings a mail and not events."""
    return callback.headers.get("content-type", "").lower().startswith("multipart/form-data")


def heard(callback: Callback) -> Heard:
    """The mail in a genuine callback, whether it comes in fields or whole."""
    form = answers.fields(callback.body, callback.headers.get("content-type", ""))
    if "email" in form:
        whole = answers.parsed(form["email"].encode("utf-8", "surrogateescape"))
        headers = {name.lower(): str(value) for name, value in whole.items()}
        text, html = answers.body(whole, "plain"), answers.body(whole, "html")
    else:
        head = message_from_string(form.get("headers", ""), policy=policy.default)
        headers = {name.lower(): str(value) for name, value in head.items()}
        text, html = form.get("text", ""), form.get("html", "")
    sender = answers.mailbox_of(form.get("from") or headers.get("from", ""))
    if "@" not in sender:
        return Heard()
    return Heard(inbound=(_inbound(callback, form, headers, sender, answers.plain(text, html)),))


def _inbound(
    callback: Callback, form: answers.Fields, headers: dict[str, str], sender: str, text: str
) -> Inbound:
    data: dict[str, Json] = {
        name.lower(): form[name] for name in ("SPF", "dkim", "spam_score") if form.get(name)
    }
    if answers.is_automatic(headers):
        data["automatic"] = True
    id = headers.get("message-id") or hashlib.sha256(callback.body).hexdigest()
    envelope = _envelope(form)
    spf, dkim = form.get("SPF", ""), form.get("dkim", "")
    return Inbound(
        channel="email",
        sender=sender,
        proven=answers.is_proven(sender, str(envelope.get("from", "")), spf, dkim),
        to=_to(envelope) or answers.mailbox_of(form.get("to") or headers.get("to", "")),
        text=answers.said(text),
        provider_id=id.strip()[:400],
        at=callback.at,
        delivery=next(iter(answers.answered(headers)), None),
        subject=(form.get("subject") or headers.get("subject")) or None,
        data=data,
    )


def _envelope(form: answers.Fields) -> dict[str, Any]:
    try:
        found = json.loads(form.get("envelope", ""))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _to(envelope: dict[str, Any]) -> str | None:
    to = envelope.get("to")
    return str(to[0]) if isinstance(to, list) and to else None
