"""Channels of AsyncAPI over HTTP: messages are posted, and read from a stream or by asking."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager

import httpx2

from activities.remote.asked import Asked, as_json, fault, kind_of
from activities.remote.channel import CONNECTING, Channel, Message, encoded, received
from activities.remote.events import events
from symphainy.json import Json

__all__ = ["publish", "subscribed"]

STREAMS = "text/event-stream, application/x-ndjson, application/json;q=0.9, */*;q=0.1"
PAUSE = 1.0
"""Seconds between two requests of a server that does not stream."""


async def publish(asked: Asked, to: Channel, message: Message) -> None:
    """Send the message as a request; return when the server took it."""
    kind = str(to.options.get("contentType", "application/json"))
    answer = await asked.egress.request(
        str(to.options.get("method", "POST")),
        _url(to),
        headers={
            "content-type": kind,
            "Idempotency-Key": asked.key,
            **_texts(message.get("headers")),
            **asked.headers,
        },
        content=encoded(message),
    )
    _check(answer.status)


@asynccontextmanager
async def subscribed(asked: Asked, to: Channel) -> AsyncIterator[AsyncIterator[Message]]:
    """The messages of the streams that the server answers with, one request after another."""
    async with aclosing(_messages(asked, to)) as messages:
        yield messages


async def _messages(asked: Asked, to: Channel) -> AsyncGenerator[Message, None]:
    while True:
        transport = asked.egress.session()
        headers = {**asked.headers, "accept": STREAMS, "accept-encoding": "identity"}
        client = httpx2.AsyncClient(
            transport=transport,
            trust_env=False,
            timeout=httpx2.Timeout(None, connect=CONNECTING),
            headers={"user-agent": "symphainy", **headers},
        )
        try:
            async with client, client.stream("GET", _url(to)) as answer:
                _check(answer.status_code)
                async for message in _read(answer):
                    yield message
        except (httpx2.HTTPError, OSError) as error:
            raise transport.ending(error) from error
        await asyncio.sleep(PAUSE)


async def _read(answer: httpx2.Response) -> AsyncIterator[Message]:
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "text/event-stream":
        async for one in events(answer):
            yield received(one.encode(), {})
    elif kind in ("application/x-ndjson", "application/jsonl", "application/json-seq"):
        async for line in answer.aiter_lines():
            if line.strip("\x1e \r\n"):
                yield received(line.strip("\x1e \r\n").encode(), {})
    elif content := await answer.aread():
        found = as_json(content)
        for item in found if isinstance(found, list) else [found]:
            yield {"payload": item, "headers": {}}


def _url(to: Channel) -> str:
    host = f"[{to.host}]" if ":" in to.host else to.host
    port = "" if to.port == (443 if to.tls else 80) else f":{to.port}"
    return f"{'https' if to.tls else 'http'}://{host}{port}{to.path}/{to.address.lstrip('/')}"


def _check(status: int) -> None:
    if status >= 300:
        detail = f"the server answered {status}"
        raise fault(kind_of(status), "http.status", detail, status=status)


def _texts(headers: Json) -> dict[str, str]:
    given = headers if isinstance(headers, dict) else {}
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in given.items()
    }
