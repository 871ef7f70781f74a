"""A NATS server: the core of the protocol, with a user, on a real socket."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

__all__ = ["NatsTwin", "Sent"]

USER, PASSWORD = "ada", "canary-of-nats-2266"


@dataclass(frozen=True)
class Sent:
    """A message as a client sent it."""

    subject: str
    payload: bytes
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class NatsTwin:
    """What was sent to it, and what it sends to whoever subscribes."""

    port: int = 0
    closed: bool = False
    """Whether it asks for the user and the password."""
    sent: list[Sent] = field(default_factory=list)
    subscribed: list[str] = field(default_factory=list)
    waiting: dict[str, list[Sent]] = field(default_factory=dict)
    """By subject as subscribed to: what its next subscriber gets at once."""
    at_once: int = 1_000
    """How many of them one subscriber gets."""

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["NatsTwin"]:
        """Serve until the end of the block."""
        server = await asyncio.start_server(self._client, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        info = {
            **{"server_id": "twin", "version": "2.10.0", "proto": 1, "host": "127.0.0.1"},
            **{"port": self.port, "headers": True, "max_payload": 1_000_000},
            "auth_required": self.closed,
        }
        writer.write(b"INFO " + json.dumps(info).encode() + b"\r\n")
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while await self._command(await reader.readline(), reader, writer):
                await writer.drain()
        writer.close()

    async def _command(
        self, line: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        name, _, rest = line.strip().partition(b" ")
        told = rest.decode().split()
        if name.upper() == b"CONNECT" and not self._knows(json.loads(rest)):
            writer.write(b"-ERR 'Authorization Violation'\r\n")
            return False
        if name.upper() == b"PING":
            writer.write(b"PONG\r\n")
        elif name.upper() == b"SUB":
            self._subscribe(told[0], told[-1], writer)
        elif name.upper() in (b"PUB", b"HPUB"):
            await self._published(told, reader, writer, headed=name.upper() == b"HPUB")
        return bool(line)

    def _knows(self, client: dict[str, str]) -> bool:
        return not self.closed or (client.get("user"), client.get("pass")) == (USER, PASSWORD)

    def _subscribe(self, subject: str, id: str, writer: asyncio.StreamWriter) -> None:
        self.subscribed.append(subject)
        queue = self.waiting.get(subject, [])
        for _ in range(min(self.at_once, len(queue))):
            one = queue.pop(0)
            head = _head(one.headers)
            sizes = f"{len(head)} {len(head) + len(one.payload)}"
            writer.write(f"HMSG {one.subject} {id} {sizes}\r\n".encode())
            writer.write(head + one.payload + b"\r\n")

    async def _published(
        self,
        told: list[str],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        headed: bool,
    ) -> None:
        head = int(told[-2]) if headed else 0
        content = (await reader.readexactly(int(told[-1]) + 2))[:-2]
        if told[0].startswith("forbidden."):
            writer.write(f"-ERR 'Permissions Violation for Publish to \"{told[0]}\"'\r\n".encode())
            return
        lines = content[:head].decode().split("\r\n")[1:]
        headers = dict(one.split(": ", 1) for one in lines if ": " in one)
        self.sent.append(Sent(told[0], content[head:], headers))


def _head(headers: dict[str, str]) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"NATS/1.0\r\n{lines}\r\n".encode()
