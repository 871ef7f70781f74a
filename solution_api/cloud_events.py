"""CloudEvents as requests carry them: structured, in batches, or in headers (binary)."""

import asyncio
import base64
from typing import NamedTuple
from urllib.parse import unquote

from fastapi import Request

from solution_api.bodies import media_type, raw
from symphainy.document import load
from symphainy.errors import Refused
from symphainy.event import Envelope, checked
from symphainy.json import Json

__all__ = ["BATCH", "STRUCTURED", "Sent", "read", "sent"]

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
JSON = "application/json"
PREFIX = "ce-"
MOST = 100
"""Events of one batch."""


class Sent(NamedTuple):
    """Events that came in together, each of them a CloudEvent."""

    events: tuple[Envelope, ...]


async def sent(request: Request) -> Sent:
    """The events in the request.

    Refused: event.malformed, event.too-large, event.batch-too-large, api.media-type; Invalid with
    `document.*` findings for what is no JSON.
    """
    return await read(request, await raw(request))


async def read(request: Request, content: bytes) -> Sent:
    """The events of a request whose body is `content`; refused as by `sent`."""
    kind = media_type(request)
    attributes = {
        name[len(PREFIX) :]: unquote(value)
        for name, value in request.headers.items()
        if name.startswith(PREFIX)
    }
    if kind == BATCH:
        return Sent(_batch(await _parsed(content)))
    if kind == STRUCTURED or (kind == JSON and not attributes):
        return Sent((checked(await _parsed(content)),))
    if kind is not None and kind.startswith("application/cloudevents"):
        raise Refused("api.media-type", f"Events are {STRUCTURED} or {BATCH}, not {kind[:80]!r}.")
    return Sent((await _binary(attributes, kind, content),))


def _batch(given: Json) -> tuple[Envelope, ...]:
    if not isinstance(given, list):
        raise Refused("event.malformed", "a batch is an array of events")
    if len(given) > MOST:
        message = f"a batch has at most {MOST} events, this one has {len(given):,}"
        raise Refused("event.batch-too-large", message)
    return tuple(_of_batch(i, one) for i, one in enumerate(given))


def _of_batch(i: int, given: Json) -> Envelope:
    try:
        return checked(given)
    except Refused as refused:
        pointer = f"/{i}{refused.pointer or ''}"
        raise Refused(refused.code, refused.message, pointer=pointer) from None


async def _binary(attributes: dict[str, str], kind: str | None, content: bytes) -> Envelope:
    event: Envelope = {**attributes}
    if kind is not None:
        event["datacontenttype"] = kind
    if not content:
        return checked(event)
    if kind is None or kind == JSON or kind.endswith("+json"):
        event["data"] = await _parsed(content)
    elif kind.startswith("text/"):
        event["data"] = content.decode("utf-8", "replace")
    else:
        event["data_base64"] = base64.b64encode(content).decode()
    return checked(event)


async def _parsed(content: bytes) -> Json:
    source = await asyncio.to_thread(load, content, JSON)
    data: Json = source.data
    return data
