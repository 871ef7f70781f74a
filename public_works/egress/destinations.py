"""Where requests may go: decided on the text of a URL, then on the very addresses."""

import asyncio
from collections.abc import Collection, Mapping
from ipaddress import ip_network
from types import MappingProxyType
from urllib.parse import urlsplit

from ssrfguard import Address, Policy, Resolver, SSRFGuardError, Target, resolve

from symphainy.errors import Refused

__all__ = ["Destinations"]

EVERYWHERE = (ip_network("0.0.0.0/0"), ip_network("::/0"))
FIRST_UNPRIVILEGED = 1024


class Destinations:
    """The public internet, plus the `host[:port]` entries of `allow` wherever they are.

    Ports are 80, 443 and those above 1023, so that no request can be made to speak to the
    mail, shell or name servers of others.
    """

    def __init__(
        self,
        allow: Collection[str],
        resolver: Resolver | None = None,
        stands_in: Mapping[str, tuple[str, int]] = MappingProxyType({}),
    ) -> None:
        self._allow = frozenset(_entry(one) for one in allow)
        self._resolver = resolver
        self._stands_in = stands_in

    def check(self, url: str) -> None:
        """Raise Refused("egress.forbidden") for what is wrong already as a text."""
        self._target(url)

    def listed(self, url: str) -> bool:
        """Whether `allow` lists the host of `url`, or another address stands in for it."""
        try:
            target = _anywhere(url).check_url(url)
        except (SSRFGuardError, ValueError):
            return False
        return target.host in self._stands_in or self._allows(target)

    def stand_in(self, host: str) -> tuple[str, int] | None:
        """The address and port that answer for `host`, if it is not the host itself."""
        return self._stands_in.get(host)

    async def addresses(self, host: str, port: int) -> tuple[Address, ...]:
        """The addresses to connect to, each checked; a name is looked up once.

        Raises Refused("egress.forbidden"), and OSError when the name leads nowhere.
        """
        literal = f"[{host}]" if ":" in host else host
        target, policy = self._target(f"http://{literal}:{port}/")
        try:
            return await asyncio.to_thread(resolve, target, policy=policy, resolver=self._resolver)
        except SSRFGuardError as error:
            raise _refused(error) from None

    def _target(self, url: str) -> tuple[Target, Policy]:
        try:
            target = _anywhere(url).check_url(url)
            if self._allows(target):
                return target, _anywhere(url)
            policy = Policy(allowed_ports=_ports(target.port))
            return policy.check_url(url), policy
        except (SSRFGuardError, ValueError) as error:
            raise _refused(error) from None

    def _allows(self, target: Target) -> bool:
        return bool({(target.host, target.port), (target.host, None)} & self._allow)


def _entry(allowed: str) -> tuple[str, int | None]:
    host, colon, port = allowed.rpartition(":")
    if not colon or not port.isdigit() or (":" in host and not host.startswith("[")):
        host, port = allowed, ""
    return host.strip("[]").lower(), int(port) if port else None


def _ports(port: int) -> frozenset[int]:
    return frozenset({80, 443} | ({port} if port >= FIRST_UNPRIVILEGED else set()))


def _anywhere(url: str) -> Policy:
    named = urlsplit(url).port or 443
    return Policy(allowed_networks=EVERYWHERE, allowed_ports=frozenset({80, 443, named}))


def _refused(error: Exception) -> Refused:
    reason = getattr(error, "reason", None) or str(error)
    return Refused("egress.forbidden", f"The platform does not connect there: {reason}.")
