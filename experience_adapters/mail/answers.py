"""Mails that people write, as far as it takes to hear what they say."""

import json
import re
from collections.abc import Mapping
from email import message_from_bytes, policy
from email.message import EmailMessage as Mime
from email.utils import parseaddr

from inscriptis import get_text
from mailparser_reply import EmailReplyParser

__all__ = [
    "Fields",
    "answered",
    "body",
    "fields",
    "is_automatic",
    "is_proven",
    "mailbox_of",
    "parsed",
    "plain",
    "said",
]

Fields = dict[str, str]

_LONGEST = 100_000
_READ = 20_000
_WIDEST = 200
_IDS = re.compile(r"<([^<>@\s]+)@[^<>@\s]+>")
_PASSED = re.compile(r"@([A-Za-z0-9._-]+)\s*:\s*pass\s*[,}]")
_LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "pl", "sv", "da", "cs"]


def fields(body: bytes, content_type: str, charsets: str = "charsets") -> Fields:
    """The fields of a multipart form, without files; each in the charset that the field
    `charsets` (a JSON object) says, or UTF-8. Empty for what is none."""
    head = f"content-type: {content_type}\r\n\r\n".encode("latin-1", "replace")
    form = message_from_bytes(head + body, policy=policy.HTTP)
    octets: dict[str, bytes] = {}
    for part in form.iter_parts() if form.is_multipart() else ():
        name = part.get_param("name", header="content-disposition")
        found = part.get_payload(decode=True)
        if isinstance(name, str) and part.get_filename() is None and isinstance(found, bytes):
            octets[name] = found
    named = _charsets(octets.get(charsets, b""))
    return {name: _decoded(one, named.get(name)) for name, one in octets.items()}


def parsed(octets: bytes) -> Mime:
    """A mail in MIME."""
    found = message_from_bytes(octets, policy=policy.default)
    assert isinstance(found, Mime)  # noqa: S101 - the policy makes it one
    return found


def body(mail: Mime, kind: str) -> str:
    """The text of that kind (`plain`, `html`) in the mail; empty if it has none that can be
    read."""
    part = mail.get_body((kind,))
    try:
        return str(part.get_content()) if part is not None else ""
    except (LookupError, ValueError):
        return ""


def plain(text: str, html: str) -> str:
    """What the mail says in plain text."""
    return text if text.strip() else get_text(html[:_LONGEST])


def said(text: str) -> str:
    """What is new in `text`, without what it answers and the signature below."""
    lines = text[:_LONGEST].strip().splitlines()
    # The library's time grows with the square of a line, and anybody may write a mail.
    shown = "\n".join(line[:_WIDEST].rstrip() for line in lines)
    read = EmailReplyParser(languages=_LANGUAGES).read(text=shown[:_READ])
    kept = (read.latest_reply or "").strip().splitlines()
    whole = lines[: len(kept)]
    if [one[:_WIDEST].rstrip() for one in whole] != [one.rstrip() for one in kept]:
        whole = kept
    if not kept or len("\n".join(kept)) >= _READ:
        whole = lines
    signed = next((n for n, one in enumerate(whole) if n and one.rstrip() == "--"), None)
    return "\n".join(whole[:signed]).strip()


def answered(headers: Mapping[str, str]) -> list[str]:
    """What stands before the @ of the Message-IDs that a mail answers, the nearest first."""
    found = _IDS.findall(headers.get("in-reply-to", ""))
    return [*found, *reversed(_IDS.findall(headers.get("references", "")))]


def is_automatic(headers: Mapping[str, str]) -> bool:
    """Whether nobody wrote it: an absence, a receipt, a list."""
    said = headers.get("auto-submitted", "no").strip().lower()
    precedence = headers.get("precedence", "").strip().lower()
    return said != "no" or precedence in {"bulk", "junk", "list", "auto_reply"}


def is_proven(sender: str, bounces_to: str, spf: str, dkim: str) -> bool:
    """Whether a domain that stands for the sender's vouches for the mail, as DMARC asks.

    `bounces_to` is the sender of its envelope, which is what `spf` is about; `dkim` has the
    domains that signed: `{@example.com : pass}`.
    """
    vouching = [one.lower() for one in _PASSED.findall(dkim)]
    if spf.strip().lower() == "pass":
        vouching.append(bounces_to.rpartition("@")[2].lower())
    domain = sender.rpartition("@")[2].lower()
    return any(domain == one or domain.endswith(f".{one}") for one in vouching if "." in one)


def mailbox_of(text: str) -> str:
    """The address in a From."""
    return parseaddr(text)[1]


def _charsets(octets: bytes) -> dict[str, str]:
    try:
        found = json.loads(octets)
    except ValueError:
        return {}
    given = found.items() if isinstance(found, dict) else ()
    return {str(name): one for name, one in given if isinstance(one, str)}


def _decoded(octets: bytes, charset: str | None) -> str:
    try:
        return octets.decode(charset or "utf-8", "replace")
    except LookupError:
        return octets.decode("utf-8", "replace")
