"""Twilio's library, with the guarded egress as its way out."""

import logging
from base64 import b64encode
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from experience_adapters.twilio.access import Access
from public_works.egress import Egress, EgressResponse

__all__ = ["Line", "client"]

# An empty mapping would let the library read the variables of this process.
_NO_SURROUNDINGS = {"TWILIO_EDGE": ""}


class Line(AsyncHttpClient):  # type: ignore[misc]
    """Carries requests of the library, each with one write on the wire, and keeps the answer."""

    def __init__(self, egress: Egress, access: Access, timeout: float) -> None:
        super().__init__(logging.getLogger(__name__), is_async=True, timeout=timeout)
        self._egress = egress
        self._access = access
        self._seconds = timeout
        self.answer: EgressResponse | None = None
        """The latest."""

    async def request(
        self,
        method: str,
        uri: str,
        params: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """See base class. Raises what the egress raises."""
        self.answer = None
        known = {name.lower(): value for name, value in (headers or {}).items()}
        self.answer = await self._egress.request(
            method,
            self._access.endpoint + _path(uri),
            headers={**known, "authorization": self._authorization()},
            params=[(name, str(value)) for name, value in (params or {}).items()],
            content=urlencode(data, doseq=True).encode() if data is not None else None,
            timeout=self._seconds,
        )
        text = self.answer.content.decode("utf-8", "replace")
        return Response(self.answer.status, text, self.answer.headers)

    def _authorization(self) -> str:
        pair = f"{self._access.user}:{self._access.password}"
        return f"Basic {b64encode(pair.encode()).decode()}"


def client(line: Line, access: Access) -> Client:
    """The library's own client of the account, reached by `line`."""
    made = Client(
        access.user,
        access.password,
        access.account,
        http_client=line,
        environment=_NO_SURROUNDINGS,
    )
    # Here, as the first touch of each imports hundreds of modules, and this runs in a thread.
    made.messages, made.calls  # noqa: B018
    return made


def _path(uri: str) -> str:
    """Path and query of an address that the library made, as another host gets them."""
    parts = urlsplit(uri)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
