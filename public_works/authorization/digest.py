"""Digest authentication (RFC 7616): the answer to a server's challenge."""

import httpx2

from public_works.egress import EgressResponse
from symphainy.definition.authentication import Password

__all__ = ["answer"]

UNAUTHORIZED = 401


def answer(given: Password, method: str, challenged: EgressResponse) -> str | None:
    """The header `Authorization` for the same request again; None without a digest challenge."""
    challenge = challenged.headers.get("www-authenticate", "")
    start = challenge.lower().find("digest ")
    if challenged.status != UNAUTHORIZED or start < 0:
        return None
    request = httpx2.Request(method, challenged.url)
    flow = httpx2.DigestAuth(given.username, given.password).auth_flow(request)
    next(flow)
    told = httpx2.Response(
        UNAUTHORIZED, headers={"www-authenticate": challenge[start:]}, request=request
    )
    try:
        again = flow.send(told)
    except (StopIteration, httpx2.ProtocolError, NotImplementedError, KeyError):
        # A challenge nobody understands is an answer like any other: 401.
        return None
    return again.headers.get("authorization")
