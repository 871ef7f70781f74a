"""The wire: connections to checked addresses only, and whether anything left on one."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterable
from functools import cached_property
from typing import Any

import httpcore2
import httpx2

from public_works.egress.clearance import cleared
from public_works.egress.destinations import Destinations
from symphainy.errors import Ending, Refused, Unavailable, Unsure

__all__ = ["Transport", "Wire"]

TRIED_ADDRESSES = 4
UNWRITABLE = (httpcore2.LocalProtocolError, UnicodeEncodeError)


class Wire:
    """Whether a byte of a request may have left, over every hop of a chain."""

    def __init__(self) -> None:
        self.sent = False

    async def trace(self, event: str, _info: dict[str, Any]) -> None:
        """Listen to the transport."""
        if event.endswith(".send_request_headers.started"):
            self.sent = True

    def ending(self, error: Exception) -> Ending:
        """What `error` means for whoever asked."""
        told = f"{type(error).__name__} {error}".strip()
        if isinstance(error, httpx2.InvalidURL):
            return Refused("egress.forbidden", f"That is no address to connect to: {told}.")
        if isinstance(error, UNWRITABLE):
            return Refused("egress.request", f"The request cannot be written: {told}.")
        if self.sent:
            return Unsure("egress.silence", f"The request left and no whole answer came: {told}.")
        return Unavailable("egress.unreachable", f"Nothing was sent: {told}.")


class GuardedBackend(httpcore2.AsyncNetworkBackend):
    """Connections to checked addresses only; the name stays what TLS verifies."""

    def __init__(self, destinations: Destinations) -> None:
        self._destinations = destinations

    @cached_property
    def _network(self) -> httpcore2.AnyIOBackend:
        return httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """A stream to the first address of `host` that answers."""
        await cleared(host, port)
        instead = self._destinations.stand_in(host)
        if instead is not None:
            return await self._network.connect_tcp(*instead, timeout, local_address, socket_options)
        try:
            addresses = await self._destinations.addresses(host, port)
        except OSError as error:
            raise httpcore2.ConnectError(f"{host} cannot be looked up") from error
        failure: Exception | None = None
        for address in addresses[:TRIED_ADDRESSES]:
            try:
                return await self._network.connect_tcp(
                    str(address.ip), port, timeout, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore2.ConnectError(f"{host} has no address")

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Never."""
        raise Refused("egress.forbidden", "Unix sockets cannot be reached.")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Transport(httpx2.AsyncBaseTransport):
    """httpx2 over guarded connections, a new one for every request.

    A connection kept for later may be dead, and of a request on it nobody knows if it left.
    """

    def __init__(self, destinations: Destinations, tls: ssl.SSLContext) -> None:
        self.destinations, self.wire = destinations, Wire()
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=tls,
            max_keepalive_connections=0,
            network_backend=GuardedBackend(destinations),
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        asked = httpcore2.Request(
            method=request.method,
            url=httpcore2.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        answer = await self._pool.handle_async_request(asked)
        return httpx2.Response(
            answer.status, headers=answer.headers, stream=_Stream(answer), request=request
        )

    async def aclose(self) -> None:
        await self._pool.aclose()


class _Stream(httpx2.AsyncByteStream):
    def __init__(self, answer: httpcore2.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._answer.aiter_stream():
            yield part

    async def aclose(self) -> None:
        await self._answer.aclose()
