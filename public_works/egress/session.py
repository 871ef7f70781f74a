"""Guarded HTTP for libraries that bring a protocol of their own over httpx2."""

from collections.abc import AsyncIterator
from typing import cast

import httpx2

from public_works.egress.transport import Transport
from symphainy.errors import Ending, Refused

__all__ = ["Session"]

PLAIN = frozenset({"", "identity"})


class Session(Transport):
    """Connections to checked addresses only, with answers of bounded size.

    Redirects are the library's to follow; wherever one leads, the address is checked again.
    """

    largest: int = 1024 * 1024
    status: int | None = None
    """Of the last answer that was an error; libraries tend to swallow it."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """See base class."""
        self.destinations.check(str(request.url))
        request.extensions["trace"] = self.wire.trace
        answer = await super().handle_async_request(request)
        if answer.status_code >= 400:
            self.status = answer.status_code
        # What is compressed may unpack to anything, and the library unpacks it by itself.
        if answer.headers.get("content-encoding", "").strip().lower() not in PLAIN:
            await answer.aclose()
            raise Refused("egress.too-large", "The server compressed its answer unasked.")
        stream = cast("httpx2.AsyncByteStream", answer.stream)
        bounded = _Bounded(stream, self.largest)
        return httpx2.Response(
            answer.status_code, headers=answer.headers, stream=bounded, request=request
        )

    def ending(self, error: Exception) -> Ending:
        """What `error`, which came out of the library, means for whoever asked."""
        found = _first(error)
        return found if isinstance(found, Ending) else self.wire.ending(found)


def _first(error: Exception) -> Exception:
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error


class _Bounded(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream, largest: int) -> None:
        self._stream, self._left = stream, largest

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._stream:
            self._left -= len(part)
            if self._left < 0:
                raise Refused("egress.too-large", "The answer is larger than 1 MiB.")
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()
