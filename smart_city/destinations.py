"""Where a step goes, and whether that is among the places of a list."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

import idna

__all__ = ["listed", "wrong"]

_NUMBER = re.compile(r"\+[0-9]{1,15}\*?", re.ASCII)
_DOMAIN = re.compile(r"(\*\.)?[^\s@/:*+]+(\.[^\s@/:*+]+)+")


def wrong(entry: str) -> str | None:
    """What is wrong with an entry of a list; None if it is a domain, the mail address of
    somebody, a number or the beginning of numbers."""
    if _NUMBER.fullmatch(entry) or _DOMAIN.fullmatch(entry):
        return None
    local, at, domain = entry.partition("@")
    if at and local and _DOMAIN.fullmatch(domain) and not domain.startswith("*"):
        return None
    return "write a domain (`acme.example`, `*.acme.example`), a mail address or numbers (`+43*`)"


def listed(entries: Iterable[str], destination: str) -> bool:
    """Whether one of `entries` names the mail address, number, URL or host `destination`."""
    given = destination.strip()
    if given.startswith("+"):
        number = "+" + re.sub(r"[^0-9]", "", given)
        return any(_numbered(entry, number) for entry in entries)
    local, _, domain = given.rpartition("@") if "://" not in given else ("", "", given)
    host = _host(domain)
    mailbox = f"{local.casefold()}@{host}" if local else ""
    return any(_named(entry, host, mailbox) for entry in entries)


def _numbered(entry: str, number: str) -> bool:
    return number.startswith(entry[:-1]) if entry.endswith("*") else number == entry


def _named(entry: str, host: str, mailbox: str) -> bool:
    if "@" in entry:
        local, _, domain = entry.rpartition("@")
        return bool(mailbox) and f"{local.casefold()}@{_ascii(domain)}" == mailbox
    if entry.startswith("*."):
        above = _ascii(entry[2:])
        return host == above or host.endswith(f".{above}")
    return host == _ascii(entry)


def _host(place: str) -> str:
    try:
        # A host alone is none of a URL before it has slashes.
        found = urlsplit(place if "://" in place else f"//{place}").hostname
    except ValueError:
        found = None
    return _ascii(found or "")


def _ascii(domain: str) -> str:
    """The one form of a domain that has several: without its last dot, as DNS has it."""
    plain = domain.strip().rstrip(".").lower()
    if plain.isascii():
        return plain
    try:
        return idna.encode(plain, uts46=True).decode()
    except idna.IDNAError:
        return plain
