"""Addresses that messages can be sent to."""

import re

import idna

__all__ = ["ascii_domain", "email", "phone"]

_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+")
_LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")


def email(address: str) -> str | None:
    """What is wrong with a mail address, or None: RFC 5321 and 6531, without quoted local parts."""
    local, at, domain = address.rpartition("@")
    if not at or not address.isprintable():
        return f"{address!r} is no mail address: write local@domain"
    if len(local.encode()) > 64 or len(address.encode()) > 254:
        return f"{address!r} is too long for a mail address"
    if not all(_ATOM.fullmatch(part) for part in local.split(".")):
        return f"{local!r} cannot stand before the @ of a mail address"
    ascii_form = ascii_domain(domain)
    if ascii_form is None or not all(_LABEL.fullmatch(part) for part in ascii_form.split(".")):
        return f"{domain!r} is no domain"
    return None


def phone(number: str) -> str | None:
    """What is wrong with a phone number, or None: E.164 with its plus."""
    if _PHONE.fullmatch(number):
        return None
    return f"{number!r} is no phone number: write E.164, such as +4312345678"


def ascii_domain(domain: str) -> str | None:
    """The domain as DNS has it (IDNA 2008), or None when it is none."""
    if domain.isascii():
        return domain
    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        return None
