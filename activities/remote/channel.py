"""A message channel of AsyncAPI: where it is, and what a message there is."""

import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

from activities.remote.asked import Asked, as_json, authorities, fault
from symphainy.json import Json

__all__ = [
    "CONNECTING",
    "Channel",
    "Message",
    "Named",
    "Open",
    "Speaker",
    "encoded",
    "named",
    "received",
    "targeted",
]

CONNECTING = 10.0
"""Seconds a connection may take."""
Message = dict[str, Json]
"""`payload`, `headers` and, if there is one, `correlationId`."""


@dataclass(frozen=True, slots=True)
class Channel:
    """Where messages go or come from."""

    host: str
    port: int
    tls: bool
    path: str
    """Of the server, for HTTP."""
    address: str
    options: dict[str, Any] = field(default_factory=dict)


Open = Callable[[Asked, Channel], AbstractAsyncContextManager[AsyncIterator[Message]]]
"""A subscription: what is yielded is ready, so that whatever comes from then on is seen."""


class Speaker(Protocol):
    """A module that speaks a protocol."""

    async def publish(self, asked: Asked, to: Channel, message: Message) -> None:
        """Send the message; return when the other side has it, as far as the protocol tells."""
        ...

    subscribed: Open


def targeted(asked: Asked, port: int) -> Channel:
    """The channel that the arguments say; a fault `asyncapi.address` if they say none."""
    given = asked.arguments
    url = _filled(given["url"], given.get("variables") or {})
    try:
        parts = urlsplit(f"//{url}")
        host, found = parts.hostname, parts.port
    except ValueError:
        host, found = None, None
    if not host:
        detail = f"{url[:200]!r} is no address of a server"
        raise fault("configuration", "asyncapi.address", detail)
    message = given.get("message") or {}
    parameters = {
        name: _located(str(place), message)
        for name, place in (given.get("parameters") or {}).items()
    }
    return Channel(
        host=host,
        port=found or port,
        tls=bool(given.get("tls")),
        path=parts.path.rstrip("/"),
        address=_filled(given["address"], parameters),
        options=given.get("options") or {},
    )


def _located(place: str, message: Any) -> Json:
    """A text, or what a runtime expression of AsyncAPI (`$message.payload#/id`) finds."""
    if not place.startswith("$message."):
        return place
    source, _, pointer = place.removeprefix("$message.").partition("#")
    found = message.get("headers" if source == "header" else source)
    for part in pointer.split("/")[1:]:
        found = found.get(part) if isinstance(found, dict) else None
    if not isinstance(found, str | int | float):
        raise fault("validation", "asyncapi.address", f"the message has nothing at {place[:200]!r}")
    return str(found)


def _filled(template: str, values: dict[str, Json]) -> str:
    for name, value in values.items():
        text = str(value)
        if any(not one.isprintable() or one.isspace() for one in text):
            detail = f"`{name}` cannot stand in an address"
            raise fault("validation", "asyncapi.address", detail)
        template = template.replace(f"{{{name}}}", text)
    return template


def encoded(message: Message) -> bytes:
    """The payload as it goes on the wire: text as it is, all else as JSON."""
    payload = message.get("payload")
    return payload.encode() if isinstance(payload, str) else json.dumps(payload).encode()


def received(content: bytes, headers: dict[str, Json]) -> Message:
    """A message that came in."""
    found: Message = {"payload": as_json(content), "headers": headers}
    for name, value in headers.items():
        if name.lower() in ("correlationid", "correlation-id"):
            found["correlationId"] = value
    return found


class Named(ssl.SSLContext):
    """A context for libraries that take the address they connect to for the server's name."""

    host = ""
    opened: ssl.SSLSocket | None = None
    """What was connected last, for who has to close it where the library does not."""

    def wrap_socket(self, *args: Any, **given: Any) -> ssl.SSLSocket:
        """See base class."""
        self.opened = super().wrap_socket(*args, **{**given, "server_hostname": self.host})
        return self.opened


def named(context: ssl.SSLContext, host: str) -> Named:
    """A context that believes whom `context` does, and verifies the name `host`."""
    found = Named(ssl.PROTOCOL_TLS_CLIENT)
    found.host = host
    found.load_verify_locations(cadata=authorities(context))
    return found
