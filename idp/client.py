"""The platform as its commands speak to it: plain HTTP, nothing imported but what Python has."""

import http.client
import json
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from idp import place

__all__ = ["Answer", "Platform", "Problem", "Unreachable", "media_type", "part"]

SECONDS = 70.0


class Unreachable(Exception):
    """Nobody answers at the platform's address."""


class Problem(Exception):
    """The platform refused; `document` is its RFC 9457 problem."""

    def __init__(self, status: int, document: Mapping[str, Any]) -> None:
        self.status = status
        self.document = dict(document)
        code = self.document.get("code") or self.document.get("title") or status
        super().__init__(f"{code}: {self.document.get('detail') or ''}".rstrip(": "))

    @property
    def findings(self) -> list[dict[str, Any]]:
        """What is wrong with the definition, if that is the problem."""
        found = self.document.get("findings")
        return found if isinstance(found, list) else []


@dataclass(frozen=True, slots=True)
class Answer:
    """What the platform said."""

    status: int
    body: Any
    headers: Mapping[str, str]


@dataclass(slots=True)
class Platform:
    """One connection to the API, kept open between requests."""

    url: str
    key: str | None = None
    heals: bool = False
    """Whether a launcher on this machine keeps it alive, so that silence passes."""
    _connection: http.client.HTTPConnection | None = field(default=None, repr=False)

    @classmethod
    def here(cls) -> "Platform | None":
        """The platform that SYMPHAINY_URL names, or the one running in this folder."""
        local = place.running(place.home())
        named = os.environ.get("SYMPHAINY_URL")
        url = named or (local.api if local else None)
        return cls(url, place.key(url, local), heals=not named) if url else None

    def get(self, path: str) -> Any:
        """The JSON at `path`. Raises Problem, Unreachable."""
        return self.ask("GET", path).body

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """The answer to one request. Raises Problem, Unreachable."""
        response = self._send(method, path, body, headers or {})
        text = response.read()
        found = _json(text)
        if response.status >= 400:
            document = found if isinstance(found, dict) else {"detail": text[:500].decode("latin1")}
            raise Problem(response.status, document)
        return Answer(response.status, found, dict(response.getheaders()))

    def post(self, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
        """The answer to `body` sent as JSON. Raises Problem, Unreachable."""
        text = None if body is None else json.dumps(body).encode()
        return self.ask("POST", path, text, {"Content-Type": "application/json", **(headers or {})})

    def events(self, path: str) -> Iterator[dict[str, Any]]:
        """The data of each server-sent event at `path`, as they come. Raises Problem,
        Unreachable."""
        response = self._send("GET", path, None, {"Accept": "text/event-stream"})
        if response.status >= 400:
            found = _json(response.read())
            raise Problem(response.status, found if isinstance(found, dict) else {})
        try:
            yield from _events(response)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Unreachable(f"{self.url} stopped telling") from error

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def cut(self) -> None:
        """End what another thread listens to; it gets Unreachable."""
        connection = self._connection
        if connection is not None and connection.sock is not None:
            with suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)

    def _send(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> http.client.HTTPResponse:
        sent = {"Accept": "application/json", **headers}
        if self.key:
            sent["Authorization"] = f"Bearer {self.key}"
        kept = self._connection is not None
        try:
            connection = self._connection or self._connect()
            connection.request(method, urlsplit(self.url).path.rstrip("/") + path, body, sent)
            return connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            if kept and method == "GET":
                # Servers drop connections that were silent for a while.
                return self._send(method, path, body, headers)
            raise Unreachable(f"nobody answers at {self.url} ({error})") from error

    def _connect(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        secure = parts.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        if parts.hostname is None:
            raise Unreachable(f"{self.url!r} is no URL: http://host:port is expected")
        self._connection = kind(parts.hostname, parts.port, timeout=SECONDS)
        return self._connection


def media_type(file: Path) -> str:
    """The media type that a definition in `file` is sent with."""
    return "application/json" if file.suffix == ".json" else "application/yaml"


def part(text: str) -> str:
    """`text` as one part of a path."""
    return quote(text, safe="")


def _json(text: bytes) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return None


def _events(response: http.client.HTTPResponse) -> Iterator[dict[str, Any]]:
    data: list[str] = []
    for raw in response:
        line = raw.decode().rstrip("\r\n")
        if line.startswith("data:"):
            data.append(line[5:].lstrip())
        elif not line and data:
            found = _json("\n".join(data).encode())
            data = []
            if isinstance(found, dict):
                yield found
