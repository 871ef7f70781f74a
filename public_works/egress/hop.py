"""One request of a chain of redirects; pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from symphainy.errors import Refused

__all__ = ["EgressResponse", "Hop"]

METHOD = re.compile(r"[A-Z]{1,20}")
FORBIDDEN_METHODS = frozenset({"CONNECT", "TRACE"})
# Headers that frame the message or choose the server behind the address are the client's own.
OWN_HEADERS = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer"}
    | {"proxy-authorization", "proxy-connection", "keep-alive", "expect", "accept-encoding"}
)
# Any header may carry a credential, so only these follow a redirect to another origin.
HARMLESS = frozenset({"accept", "accept-language", "content-type", "user-agent"})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class EgressResponse:
    """An answer; header names are in lower case, `url` is the one that answered."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    url: str

    @property
    def redirects(self) -> bool:
        return self.status in REDIRECTS and "location" in self.headers


@dataclass(frozen=True, slots=True)
class Hop:
    """What is asked of one server."""

    method: str
    url: str
    headers: Mapping[str, str]
    content: bytes | None

    def check(self) -> None:
        """Raise Refused("egress.request") for what a caller may not decide."""
        if not METHOD.fullmatch(self.method) or self.method in FORBIDDEN_METHODS:
            raise Refused("egress.request", f"The method {self.method[:20]!r} is not allowed.")
        own = sorted(name for name in self.headers if name.lower() in OWN_HEADERS)
        if own:
            raise Refused("egress.request", f"The header {own[0]!r} is set by the platform.")

    def redirected(self, answer: EgressResponse) -> "Hop":
        """The next request, as the Fetch standard has it, and without credentials elsewhere."""
        url = urljoin(self.url, answer.headers["location"])
        same = _origin(url) == _origin(self.url)
        headers = {k: v for k, v in self.headers.items() if same or k.lower() in HARMLESS}
        if not self._becomes_get(answer.status):
            return Hop(self.method, url, headers, self.content)
        headers = {k: v for k, v in headers.items() if k.lower() != "content-type"}
        return Hop("GET", url, headers, None)

    def _becomes_get(self, status: int) -> bool:
        if status == 303:
            return self.method != "HEAD"
        return status in {301, 302} and self.method == "POST"


def _origin(url: str) -> tuple[str, str | None, int | None]:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port or DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return "", None, None
