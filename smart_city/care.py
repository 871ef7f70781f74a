"""What people want, weighed against what is about to be sent to them; pure."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Protocol
from urllib.parse import urlsplit

__all__ = ["admits", "every", "objection", "scope_of"]

UNWANTED = frozenset({"opted_out", "complained"})
"""Reasons that somebody reached there has; of the others none is reached."""
UNITS = {"s": timedelta(seconds=1), "min": timedelta(minutes=1), "h": timedelta(hours=1)}


class Entry(Protocol):
    """An entry of the suppression list."""

    @property
    def scope(self) -> str: ...
    @property
    def reason(self) -> str: ...


def scope_of(purpose: str, topic: str | None) -> str:
    """What somebody who wants no more messages like this one means: its topic, or its purpose."""
    return f"topic:{topic}" if topic else f"purpose:{purpose}"


def objection(
    entries: Iterable[Entry],
    *,
    purpose: str,
    topic: str | None,
    wanted: bool | None,
    consented: bool | None,
) -> str | None:
    """Why a message is not sent to somebody; None if nothing is in its way.

    `entries` are what the suppression list has of the address, `wanted` is what the customer said
    about the topic and `consented` about the channel and purpose. What security needs people to
    hear goes out although they asked for silence, but not to where it cannot arrive.
    """
    security = purpose == "security"
    about = {"", f"purpose:{purpose}", *([f"topic:{topic}"] if topic else [])}
    for entry in entries:
        if entry.scope in about and not (security and entry.reason in UNWANTED):
            return entry.reason
    if not security and (wanted is False or consented is False):
        return "opted_out"
    return None


def admits(allowed: Iterable[str], address: str) -> bool:
    """Whether an allow-list of addresses, mail domains, numbers, beginnings of numbers (`+4366*`)
    and hosts of URLs has `address`; `*` has all."""
    given = address.strip().lower()
    return any(_admits(entry.strip().lower(), given) for entry in allowed)


def _admits(entry: str, address: str) -> bool:
    if entry in ("*", address):
        return True
    if entry.endswith("*") and entry.startswith("+"):
        return address.startswith(entry[:-1])
    if "://" in address:
        return _host(address) == entry
    domain = entry.removeprefix("@")
    return "." in domain and address.endswith(f"@{domain}")


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def every(rate: str) -> timedelta:
    """From one message to the next at `rate`, such as `10/s`."""
    count, _, unit = rate.partition("/")
    return UNITS[unit] / int(count)
