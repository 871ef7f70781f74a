"""Events for servers."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from experience_adapters.flaw import Flaw
from experience_adapters.rules import json
from symphainy.delivery import WebhookEvent

__all__ = ["NAME", "flaws", "named"]

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")
"""Names of endpoints that a tenant keeps."""
_TYPE = re.compile(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_-]+)*")


def flaws(message: WebhookEvent) -> list[Flaw]:
    """What no server should be sent."""
    return [*_to(message.to.address), *_type(message.type), *json.wrong("data", message.data)]


def named(address: str) -> bool:
    """Whether `address` is the name of an endpoint, not its URL."""
    return NAME.fullmatch(address) is not None


def _to(address: str) -> Iterator[Flaw]:
    if named(address):
        return
    wrong = _url(address)
    if wrong is not None:
        yield Flaw("delivery.address", f"{address[:200]!r} {wrong}")


def _url(address: str) -> str | None:
    if not address.isprintable() or not address.isascii() or " " in address:
        return "has characters that no URL has"
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is no URL"
    if parts.scheme not in ("https", "http") or not host:
        return "is neither an https URL nor the name of an endpoint"
    if "@" in parts.netloc:
        return "has credentials in it: servers know the platform by its signature"
    return None


def _type(kind: str) -> Iterator[Flaw]:
    if len(kind) > 200 or not _TYPE.fullmatch(kind):
        yield Flaw(
            "delivery.header",
            f"{kind[:80]!r} is no type of event: write words with dots between, invoice.paid",
        )
