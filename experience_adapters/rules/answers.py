"""Answers to requests that started runs."""

import re
from collections.abc import Iterator, Mapping

from experience_adapters.flaw import Flaw
from experience_adapters.rules import json
from symphainy.delivery import ApiResponse

__all__ = ["flaws"]

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_VALUE = re.compile(r"[\x20-\x7e]{0,1000}")
_OURS = frozenset(
    {
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "date",
        "keep-alive",
        "location",
        "preference-applied",
        "server",
        "set-cookie",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
_EMPTY = frozenset({204, 205, 304})


def flaws(message: ApiResponse) -> list[Flaw]:
    """What no request should be answered."""
    return [*_status(message), *_headers(message.headers), *json.wrong("body", message.body)]


def _status(message: ApiResponse) -> Iterator[Flaw]:
    if not 200 <= message.status <= 599:
        yield Flaw("delivery.header", f"{message.status} is no status of an answer: 200 to 599")
    if message.status in _EMPTY and message.body is not None:
        yield Flaw("delivery.text", f"an answer of {message.status} has no body")


def _headers(headers: Mapping[str, str]) -> Iterator[Flaw]:
    for name, value in headers.items():
        if name.lower() in _OURS or name.lower().startswith(("access-control-", "webhook-")):
            yield Flaw("delivery.header", f"the header {name!r} is the platform's to set")
        if not _TOKEN.fullmatch(name) or not _VALUE.fullmatch(value):
            yield Flaw("delivery.header", f"the header {name[:80]!r} is none, or its value is not")
