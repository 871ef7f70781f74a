"""HTTP to the outside: one request on the wire per hop, to checked addresses, bounded."""

import asyncio
import logging
import ssl
import zlib
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType

import httpcore2
import httpx2
from opentelemetry.trace import SpanKind
from ssrfguard import Resolver

from public_works.egress.clearance import cleared
from public_works.egress.destinations import Destinations
from public_works.egress.hop import EgressResponse, Hop
from public_works.egress.session import Session
from public_works.egress.transport import Transport, Wire
from public_works.telemetry import CARRIES, here, names, span
from symphainy.errors import Refused, Unavailable

__all__ = ["Egress"]

LARGEST = 1024 * 1024
# They log addresses with their queries, and at debug level headers too: credentials are in both.
for _library in ("httpx2", "httpcore2"):
    logging.getLogger(_library).setLevel(logging.WARNING)
FAILURES = (
    httpx2.HTTPError,
    httpx2.InvalidURL,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.TimeoutException,
    TimeoutError,
    OSError,
    UnicodeEncodeError,
)


class Egress:
    """The only HTTP client of platform processes.

    It takes no proxies, credentials or cookies from its surroundings, and reaches private
    addresses only where `allow` lists them as `host[:port]`. Of a host in `stands_in` another
    address answers, which tests use to be the world: no setting reaches it. `tls` says whom to
    believe, by default the authorities of the machine.
    """

    def __init__(
        self,
        allow: Collection[str] = (),
        *,
        resolver: Resolver | None = None,
        stands_in: Mapping[str, tuple[str, int]] = MappingProxyType({}),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._destinations = Destinations(allow, resolver, stands_in)
        if tls is not None:
            self.tls = tls

    def listed(self, url: str) -> bool:
        """Whether the platform's operator listed the host of `url`, and so answers for it."""
        return self._destinations.listed(url)

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        params: Mapping[str, str] | Sequence[tuple[str, str]] | None = None,
        timeout: float = 30.0,
        follow: int = 0,
    ) -> EgressResponse:
        """The answer to one request; up to `follow` redirects are checked and followed.

        `params` are added to the query of `url`; `timeout` is for everything together. Raises
        Refused (`egress.forbidden`, `egress.request`, `egress.redirects`, `egress.too-large`),
        Unavailable (`egress.unreachable`) when certainly nothing was sent, Unsure
        (`egress.silence`) when a request left and no whole answer came.
        """
        self._destinations.check(url)
        hop = Hop(method.upper(), _with(url, params), dict(headers or {}), content)
        hop.check()
        wire = Wire()
        try:
            async with asyncio.timeout(timeout):
                return await self._chain(hop, follow, timeout, wire)
        except FAILURES as error:
            raise wire.ending(error) from error

    def session(self) -> Session:
        """A transport for a library that brings a protocol of its own over httpx2."""
        return Session(self._destinations, self.tls)

    async def address(self, host: str, port: int) -> str:
        """Where to connect to for `host`, looked up once and checked; for what is not HTTP.

        Raises Refused (`egress.forbidden`, and what whoever has to clear it says), Unavailable
        (`egress.unreachable`).
        """
        await cleared(host, port)
        try:
            found = await self._destinations.addresses(host, port)
        except OSError as error:
            raise Unavailable("egress.unreachable", f"{host} cannot be looked up.") from error
        if not found:
            raise Unavailable("egress.unreachable", f"{host} has no address.")
        # Fewer machines reach the newer addresses than have them told by name servers.
        return str(min(found, key=lambda one: one.ip.version).ip)

    async def _chain(self, hop: Hop, follow: int, timeout: float, wire: Wire) -> EgressResponse:
        answer = await self._one(hop, timeout, wire)
        for _ in range(follow):
            if not answer.redirects:
                return answer
            hop = hop.redirected(answer)
            answer = await self._one(hop, timeout, wire)
        if follow and answer.redirects:
            raise Refused("egress.redirects", f"The server redirects more than {follow} times.")
        return answer

    async def _one(self, hop: Hop, timeout: float, wire: Wire) -> EgressResponse:
        self._destinations.check(hop.url)
        there = httpx2.URL(hop.url)
        about = {names.METHOD: hop.method, names.SERVER: there.host, names.PORT: there.port}
        with span(f"{hop.method}", about, SpanKind.CLIENT) as made:
            answer = await self._asked(hop, timeout, wire)
            made.set_attribute(names.STATUS, answer.status)
        return answer

    async def _asked(self, hop: Hop, timeout: float, wire: Wire) -> EgressResponse:
        async with (
            httpx2.AsyncClient(
                transport=Transport(self._destinations, self.tls),
                trust_env=False,
                timeout=timeout,
            ) as client,
            client.stream(
                hop.method,
                hop.url,
                headers={
                    "user-agent": "symphainy",
                    **_traced(),
                    **hop.headers,
                    "accept-encoding": "identity",
                },
                content=hop.content,
                extensions={"trace": wire.trace},
            ) as response,
        ):
            return EgressResponse(
                status=response.status_code,
                headers={name.lower(): value for name, value in response.headers.items()},
                content=_plain(response.headers, await _raw(response)),
                url=hop.url,
            )

    @cached_property
    def tls(self) -> ssl.SSLContext:
        """How servers are verified."""
        return httpx2.create_ssl_context()


def _with(url: str, params: Mapping[str, str] | Sequence[tuple[str, str]] | None) -> str:
    if not params:
        return url
    given: dict[str, list[str]] = {}
    for name, value in params.items() if isinstance(params, Mapping) else params:
        given.setdefault(name, []).append(value)
    return str(httpx2.URL(url).copy_merge_params(given))


def _traced() -> dict[str, str]:
    place = here() if CARRIES.get() else None
    return {"traceparent": place} if place else {}


async def _raw(response: httpx2.Response) -> bytes:
    content = bytearray()
    async for part in response.aiter_raw():
        content += part
        if len(content) > LARGEST:
            raise _too_large()
    return bytes(content)


def _plain(headers: httpx2.Headers, content: bytes) -> bytes:
    # Some servers compress although asked not to, and a small answer may unpack to a huge one.
    if headers.get("content-encoding", "").strip().lower() not in {"gzip", "x-gzip", "deflate"}:
        return content
    try:
        unpacked = zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(content, LARGEST + 1)
    except zlib.error as error:
        raise httpx2.DecodingError(str(error)) from error
    if len(unpacked) > LARGEST:
        raise _too_large()
    return unpacked


def _too_large() -> Refused:
    return Refused("egress.too-large", "The answer is larger than 1 MiB.")
