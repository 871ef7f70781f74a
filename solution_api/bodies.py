"""Bodies of requests, read within bounds before anything is made of them."""

import asyncio
from collections.abc import Awaitable, Callable
from email.message import Message
from typing import Any, NamedTuple, TypeVar
from urllib.parse import parse_qsl

from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect

from symphainy.document import Source, load
from symphainy.document.limits import MAX_BYTES
from symphainy.errors import Refused
from symphainy.findings import Finding, Invalid, finding
from symphainy.json import Json

__all__ = ["Written", "definition", "form", "media_type", "model", "payload", "raw"]

M = TypeVar("M", bound=BaseModel)
DRAINED = 16 * MAX_BYTES
"""How much is read and thrown away, so that a client that sends before it listens gets to hear
that it was too much; what is longer is cut off."""
JSON, YAML = "application/json", "application/yaml"
YAML_TYPES = frozenset({YAML, "application/x-yaml", "text/yaml", "text/x-yaml", "text/vnd.yaml"})


class Written(NamedTuple):
    """A definition as it came in, and whether it is YAML or JSON."""

    content: bytes
    media_type: str


async def form(request: Request, most: int = MAX_BYTES) -> dict[str, str]:
    """The fields of the form in the body, of several of one name the last. Refused as `raw`."""
    text = (await raw(request, most)).decode("utf-8", "replace")
    return dict(parse_qsl(text, keep_blank_values=True))


async def raw(request: Request, most: int = MAX_BYTES) -> bytes:
    """The body's bytes. Refused: api.body-too-large, api.content-encoding, api.bad-request for one
    that breaks off."""
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise Refused("api.content-encoding", "Compressed bodies are not read; send it as it is.")
    length = request.headers.get("content-length", "0")
    if length.isdecimal() and int(length[:20]) > DRAINED:
        raise _too_large(most)
    body, seen = bytearray(), 0
    try:
        async for chunk in request.stream():
            seen += len(chunk)
            if seen <= most:
                body += chunk
            elif seen > DRAINED:
                break
    except ClientDisconnect:
        # Nobody reads the answer; who went away is no failure of ours to look into.
        raise Refused("api.bad-request", "The body broke off before its end.") from None
    if seen > most:
        raise _too_large(most)
    return bytes(body)


async def definition(request: Request) -> Written:
    """The definition in the body: YAML or JSON as Content-Type says, or as it looks without."""
    kind = media_type(request)
    if kind is None or kind in YAML_TYPES or kind.endswith("+yaml") or _is_json(kind):
        content = await raw(request)
        guessed = JSON if content.lstrip()[:1] == b"{" else YAML
        return Written(content, guessed if kind is None else JSON if _is_json(kind) else YAML)
    raise Refused("api.media-type", f"A definition is {YAML} or {JSON}, not {kind[:80]!r}.")


async def payload(request: Request) -> Json:
    """The JSON value in the body; None without a body.

    Refused `api.media-type`; Invalid with `document.*` findings for what is no JSON, is nested
    deeper than 64 levels, or holds text or numbers that nothing downstream could keep.
    """
    content = await raw(request)
    if not content.strip():
        return None
    kind = media_type(request)
    if kind is not None and not _is_json(kind):
        raise Refused("api.media-type", f"The body has to be {JSON}, not {kind[:80]!r}.")
    source: Source = await asyncio.to_thread(load, content, JSON)
    return source.data


def model(of: type[M]) -> Callable[[Request], Awaitable[M]]:
    """A dependency: the JSON object in the body as an `of`; an empty body is an empty object."""

    async def body(request: Request) -> M:
        given = await payload(request)
        try:
            return of.model_validate({} if given is None else given)
        except ValidationError as error:
            raise Invalid([_finding(one) for one in error.errors()[:100]]) from None

    return body


def _finding(error: Any) -> Finding:
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in error["loc"])
    pointer = "".join(f"/{part}" for part in parts)
    return finding("api.invalid-request", error["msg"], pointer=pointer)


def media_type(request: Request) -> str | None:
    """The Content-Type without its parameters. Refused `api.media-type` unless it is UTF-8."""
    given = request.headers.get("content-type")
    if not given:
        return None
    parsed = Message()
    parsed["content-type"] = given
    charset = parsed.get_param("charset")
    if isinstance(charset, str) and charset.lower() not in ("utf-8", "utf8", "us-ascii"):
        raise Refused("api.media-type", f"Bodies are UTF-8, not {charset[:40]!r}.")
    return parsed.get_content_type() if "/" in given else given


def _is_json(kind: str) -> bool:
    return kind == JSON or kind.endswith("+json")


def _too_large(most: int) -> Refused:
    return Refused("api.body-too-large", f"The body has more than {most:,} bytes.")
