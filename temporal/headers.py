"""The headers that carry trust: the signed context of a run, the grant of a step."""

from collections.abc import Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from temporalio.api.common.v1 import Payload

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["CONTEXT", "GRANT", "PROOF", "outgoing", "read", "sealed", "with_header"]

CONTEXT = "symphainy-context"
GRANT = "symphainy-grant"
PROOF = "proof"
"""A grant for a worker of the platform's own, which can tell the rest of it by itself."""

sealed: ContextVar[bytes | None] = ContextVar("sealed", default=None)
"""The context that the client interceptor puts on calls made under `outgoing`."""


@contextmanager
def outgoing(token: bytes) -> "Iterator[None]":
    """Send `token` as the signed context of every client call made inside."""
    before = sealed.set(token)
    try:
        yield
    finally:
        sealed.reset(before)


def read(headers: Mapping[str, Payload], name: str) -> bytes | None:
    """The bytes of the header `name`, or None."""
    payload = headers.get(name)
    return payload.data if payload is not None else None


def with_header(headers: Mapping[str, Payload], name: str, value: bytes) -> dict[str, Payload]:
    """`headers` with one more; an existing one of that name is replaced."""
    return {**headers, name: Payload(data=value)}
