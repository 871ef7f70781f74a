"""Who asked, where proxies stand in front of the API."""

import ipaddress
import re
from collections.abc import Collection

from starlette.types import ASGIApp, Receive, Scope, Send

from public_works import Settings

__all__ = ["BehindProxies", "came_from"]

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Networks = Collection[ipaddress.IPv4Network | ipaddress.IPv6Network]
HOPS = 16
"""How many proxies there may be, one behind the other."""
NODE = re.compile(
    r"\[(?P<six>[0-9A-Fa-f:.]+)\](:[0-9]{1,5})?"
    r"|(?P<four>[0-9]+(\.[0-9]+){3})(:[0-9]{1,5})?"
    r"|(?P<bare>[0-9A-Fa-f:.]+)"
)
KINDS = ("six", "four", "bare")
FOR = re.compile(r'(?:^|;)\s*for\s*=\s*"?([^";]*)"?\s*(?=;|$)', re.IGNORECASE)


class BehindProxies:
    """Lets a request come from where the proxies that the settings trust say that it comes from."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            settings: Settings = scope["app"].state.services.settings
            if settings.trusted_proxies and scope.get("client"):
                header = settings.proxy_header
                said = [
                    value.decode("latin-1")
                    for name, value in scope["headers"]
                    if name.decode("latin-1") == header
                ]
                host, port = scope["client"]
                came = came_from(host, said, settings.trusted_proxies, forwarded=_rfc(header))
                scope["client"] = (came, port if came == host else 0)
        await self._app(scope, receive, send)


def _rfc(header: str) -> bool:
    return header == "forwarded"


def came_from(peer: str, said: list[str], trusted: Networks, *, forwarded: bool = False) -> str:
    """The nearest address that is none of the trusted proxies', `peer` being the nearest of all.

    `said` are the lines of X-Forwarded-For, or of Forwarded (RFC 7239). They are read from their
    end, which is what the nearest proxy wrote, for anybody may write at their beginning.
    """
    found = peer
    # No address has a comma in it, so quotes that somebody opened hide nothing.
    hops = ",".join(said).rsplit(",", HOPS)[-HOPS:]
    while _trusts(trusted, found) and hops:
        node = _node(hops.pop(), forwarded=forwarded)
        if node is None:
            break
        found = node
    return found


def _node(text: str, *, forwarded: bool) -> str | None:
    if forwarded:
        named = FOR.search(text.strip())
        text = named[1] if named else ""
    written = NODE.fullmatch(text.strip())
    address = _address(next(filter(None, written.group(*KINDS)))) if written else None
    return None if address is None else str(address)


def _trusts(trusted: Networks, host: str) -> bool:
    address = _address(host)
    return address is not None and any(
        address in one for one in trusted if one.version == address.version
    )


def _address(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
