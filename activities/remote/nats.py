"""Channels of AsyncAPI over NATS."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error

from activities.remote.asked import Asked, fault
from activities.remote.channel import CONNECTING, Channel, Message, encoded, received
from symphainy.errors import Unavailable, Unsure

__all__ = ["publish", "subscribed"]


async def publish(asked: Asked, to: Channel, message: Message) -> None:
    """Send the message; the server has it when this returns."""
    # A stream of NATS drops what it has seen under the same id.
    headers = {"Nats-Msg-Id": asked.key, **_texts(message.get("headers"))}
    async with _connected(asked, to) as client:
        try:
            await client.publish(to.address, encoded(message), headers=headers)
            await client.flush(int(CONNECTING))
        except (Error, OSError, TimeoutError) as error:
            raise Unsure("egress.silence", f"NATS did not confirm the message: {error}") from error
        _check(client)


@asynccontextmanager
async def subscribed(asked: Asked, to: Channel) -> AsyncIterator[AsyncIterator[Message]]:
    """The messages from now on."""
    async with _connected(asked, to) as client:
        queue = str(to.options.get("queue", ""))
        subscription = await client.subscribe(to.address, queue=queue)
        await client.flush(int(CONNECTING))
        _check(client)
        yield _messages(client, subscription)


async def _messages(client: Client, subscription: Any) -> AsyncIterator[Message]:
    async for one in subscription.messages:
        yield _message(one)
    raise Unavailable("egress.unreachable", f"NATS hung up: {client.last_error}")


def _message(one: Msg) -> Message:
    return received(one.data, {**(one.headers or {})})


@asynccontextmanager
async def _connected(asked: Asked, to: Channel) -> AsyncIterator[Client]:
    address = await asked.egress.address(to.host, to.port)
    literal = f"[{address}]" if ":" in address else address
    client = Client()
    try:
        await client.connect(
            f"nats://{literal}:{to.port}",
            name="symphainy",
            connect_timeout=int(CONNECTING),
            # Servers tell of others; only the one that was checked is ever connected to.
            allow_reconnect=False,
            max_reconnect_attempts=0,
            error_cb=_quiet,
            tls=asked.egress.tls if to.tls else None,
            tls_hostname=to.host if to.tls else None,
            **_credentials(asked),
        )
    except (Error, OSError, TimeoutError) as error:
        # The library leaves the socket open.
        await client.close()
        raise _refused(error) or Unavailable("egress.unreachable", f"NATS: {error}") from error
    try:
        yield client
    finally:
        await client.close()


async def _quiet(error: Exception) -> None:
    """The library logs errors otherwise; they are raised where they matter."""


def _credentials(asked: Asked) -> dict[str, Any]:
    policy = asked.authentication if isinstance(asked.authentication, dict) else {}
    basic = policy.get("basic")
    if isinstance(basic, dict):
        return {"user": str(basic["username"]), "password": str(basic["password"])}
    scheme, _, token = asked.headers.get("authorization", "").partition(" ")
    return {"token": token} if scheme else {}


def _check(client: Client) -> None:
    """A fault if the server said that it does not allow what was asked."""
    error = client.last_error
    if error is not None:
        raise _refused(error) or fault("communication", "asyncapi.error", f"NATS: {error}")


def _refused(error: Exception) -> Exception | None:
    told = str(error).lower()
    if "authorization" in told or "authentication" in told:
        return fault("authentication", "asyncapi.error", "NATS does not know these credentials")
    if "permissions violation" in told:
        return fault("authorization", "asyncapi.error", "NATS does not allow this subject")
    return None


def _texts(headers: Any) -> dict[str, str]:
    given = headers if isinstance(headers, dict) else {}
    return {str(name): str(value) for name, value in given.items()}
