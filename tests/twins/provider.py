"""A provider's HTTP API on a real socket, that keeps what it is given and fails as it is told."""

import asyncio
import json
import os
import random
import ssl
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Literal
from urllib.parse import parse_qs, urlsplit

from tests.twins.web import Answer, Asked

__all__ = ["Fault", "Kept", "Provider"]

Fault = Literal[
    "none",
    "early drop",
    "drop",
    "400",
    "401",
    "403",
    "413",
    "429",
    "500",
    "503",
    "kept 500",
    "kept 503",
    "kept drop",
    "kept silence",
    "kept nonsense",
]
"""What happens to messages. `early drop`: the connection is broken before TLS begins, or before
the request is read; `drop`: after it was read; a number: it is answered; `kept`: the message was
taken before."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A message the provider took responsibility for."""

    id: str
    delivery: str | None
    document: Any
    """The request's body, as the API has it."""
    headers: Mapping[str, str]
    asked: Asked | None = field(default=None, repr=False, compare=False)
    """The request that brought it."""


@dataclass
class Provider(ABC):
    """The server; start and stop it inside one event loop.

    With `rates`, a share of the messages meets a fault. With `state`, every message kept is a line
    of its file `kept.jsonl`, on disk before the answer leaves; those whose answer proves it are in
    `proved.jsonl`, by id.
    """

    state: Path | None = None
    rates: Mapping[Fault, float] = field(default_factory=dict)
    seed: int = 0
    tls: ssl.SSLContext | None = None
    fault: Fault = "none"
    times: int | None = None
    """How many messages the fault still meets; None for all."""
    port: int = 0
    kept: list[Kept] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    writes: int = 0
    """How often somebody began to hand it a message."""
    _server: asyncio.Server | None = None
    _over: asyncio.Event = field(default_factory=asyncio.Event)
    """Those who are never answered wait for it: nobody else would hold them."""

    sends: ClassVar[str]
    """The path that messages are posted to."""

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    @abstractmethod
    def take(self, asked: Asked) -> Answer:
        """The answer to a request, once its message is kept if it has one."""

    @abstractmethod
    def failing(self, status: int) -> Answer:
        """An error as this provider says it."""

    def brings_a_message(self, asked: Asked) -> bool:
        """Whether somebody hands it a message; faults are of these."""
        return asked.method == "POST" and asked.path == self.sends

    @property
    def url(self) -> str:
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Any:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen on `port`, or on a free one."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Refuse connections from now on."""
        self._over.set()
        if self._server is not None:
            self._server.close()
            self._server = None

    def of(self, delivery: str) -> list[Kept]:
        """The messages kept of a delivery; more than one is a duplicate."""
        return [one for one in self.kept if one.delivery == delivery]

    def name(self) -> str:
        """What this provider calls its next message."""
        return f"{self.chance.getrandbits(88):022x}"

    def keep(self, delivery: str | None, document: Any, asked: Asked) -> Kept:
        """Take responsibility for a message."""
        kept = Kept(self.name(), delivery, document, dict(asked.headers), asked)
        self.kept.append(kept)
        if self.state is not None:
            _write(self.state / "kept.jsonl", kept)
        return kept

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._served(reader, writer)
            writer.close()
        except (_Vanished, OSError, asyncio.IncompleteReadError):
            writer.transport.abort()

    async def _served(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.fault == "early drop":
            raise _Vanished
        if self.tls is not None:
            await writer.start_tls(self.tls)
        asked = await _request(reader)
        self.asked.append(asked)
        before = len(self.kept)
        answer, proves = await self._answered(asked)
        writer.write(_octets(answer))
        await writer.drain()
        if proves and self.state is not None:
            for kept in self.kept[before:]:
                if kept.asked is asked:
                    _note(self.state / "proved.jsonl", kept.id)

    async def _answered(self, asked: Asked) -> tuple[Answer, bool]:
        """The answer, and whether it proves what became of the message."""
        if not self.brings_a_message(asked):
            return self.take(asked), False
        self.writes += 1
        kept, _, how = self._chosen().rpartition(" ")
        if how == "none":
            return self.take(asked), True
        return await self._failed(asked, kept == "kept", how), False

    async def _failed(self, asked: Asked, kept: bool, how: str) -> Answer:
        if kept:
            self.take(asked)
        if how == "silence":
            await self._over.wait()
            raise _Vanished
        if how == "drop":
            raise _Vanished
        if how == "nonsense":
            return Answer(299, b"<html>hello</html>", {"content-type": "text/html"})
        answer = self.failing(int(how))
        if how == "503" and not kept:
            # A server that turns away what it has not begun says when to come back; what stands
            # before a server and lost it meanwhile does not know.
            answer = replace(answer, headers={**answer.headers, "retry-after": "1"})
        return answer

    def _chosen(self) -> Fault:
        if self.fault != "none" and self.times != 0:
            self.times = None if self.times is None else self.times - 1
            return self.fault
        throw = self.chance.random()
        for fault, rate in self.rates.items():
            throw -= rate
            if throw < 0:
                return fault
        return "none"


class _Vanished(Exception):
    """The connection is broken now."""


async def _request(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, url, _ = head[0].split(" ", 2)
    pairs = (line.split(":", 1) for line in head[1:] if line)
    headers = {name.strip().lower(): value.strip() for name, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    parts = urlsplit(url)
    query = parse_qs(parts.query, keep_blank_values=True)
    host = headers.get("host", "").partition(":")[0]
    return Asked(method, host, parts.path, query, headers, body, url)


def _octets(answer: Answer) -> bytes:
    body = answer.body
    if not isinstance(body, bytes):
        body = b"" if body is None else json.dumps(body).encode()
    headers = {
        "content-type": "application/json",
        **answer.headers,
        "content-length": str(len(body)),
        "connection": "close",
    }
    lines = [f"HTTP/1.1 {answer.status} Said", *(f"{k}: {v}" for k, v in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def _write(file: Path, kept: Kept) -> None:
    known = {name: getattr(kept, name) for name in ("id", "delivery", "document", "headers")}
    _note(file, known)


def _note(file: Path, told: Any) -> None:
    with file.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(told) + "\n")
        lines.flush()
        os.fsync(lines.fileno())
