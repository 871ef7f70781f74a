"""Channels of AsyncAPI over MQTT 3.1.1 and 5."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from activities.remote.asked import Asked, fault
from activities.remote.channel import CONNECTING, Channel, Message, encoded, named, received
from symphainy.errors import Unavailable, Unsure
from symphainy.json import Json

__all__ = ["publish", "subscribed"]

NOT_AUTHORIZED = frozenset({4, 5, 134, 135})
"""Return codes of MQTT 3.1.1 (4, 5) and reasons of MQTT 5 for bad or missing credentials."""


async def publish(asked: Asked, to: Channel, message: Message) -> None:
    """Send the message; with a quality of service of 1 or more the broker has it on return."""
    async with _connected(asked, to) as client:
        try:
            await client.publish(
                to.address,
                encoded(message),
                qos=_qos(to),
                retain=to.options.get("retain") is True,
                properties=_properties(asked, message),
                timeout=CONNECTING,
            )
        except aiomqtt.MqttError as error:
            raise Unsure("egress.silence", f"MQTT did not confirm the message: {error}") from error


@asynccontextmanager
async def subscribed(asked: Asked, to: Channel) -> AsyncIterator[AsyncIterator[Message]]:
    """The messages from now on, and the one that the broker retained."""
    async with _connected(asked, to) as client:
        try:
            await client.subscribe(to.address, qos=_qos(to), timeout=CONNECTING)
        except aiomqtt.MqttError as error:
            raise _ended(error) from error
        yield _messages(client)


async def _messages(client: aiomqtt.Client) -> AsyncIterator[Message]:
    try:
        async for one in client.messages:
            content = one.payload if isinstance(one.payload, bytes) else str(one.payload).encode()
            yield received(content, _headers(one))
    except aiomqtt.MqttError as error:
        raise _ended(error) from error


@asynccontextmanager
async def _connected(asked: Asked, to: Channel) -> AsyncIterator[aiomqtt.Client]:
    address = await asked.egress.address(to.host, to.port)
    user, password = _credentials(asked)
    context = named(asked.egress.tls, to.host) if to.tls else None
    client = aiomqtt.Client(
        address,
        to.port,
        protocol=_version(asked),
        timeout=CONNECTING,
        tls_context=context,
        username=user,
        password=password,
    )
    try:
        await client.__aenter__()
    except aiomqtt.MqttError as error:
        if context is not None and context.opened is not None:
            context.opened.close()
        raise _ended(error) from error
    try:
        yield client
    finally:
        await client.__aexit__(None, None, None)


def _version(asked: Asked) -> aiomqtt.ProtocolVersion:
    five = asked.arguments["protocol"] == "mqtt5"
    return aiomqtt.ProtocolVersion.V5 if five else aiomqtt.ProtocolVersion.V311


def _credentials(asked: Asked) -> tuple[str | None, str | None]:
    policy = asked.authentication if isinstance(asked.authentication, dict) else {}
    basic = policy.get("basic")
    if not isinstance(basic, dict):
        return None, None
    return str(basic["username"]), str(basic["password"])


def _qos(to: Channel) -> int:
    found = to.options.get("qos", 1)
    return found if found in (0, 1, 2) else 1


def _properties(asked: Asked, message: Message) -> Properties | None:
    """Headers are user properties, which only MQTT 5 has."""
    if asked.arguments["protocol"] != "mqtt5":
        return None
    headers = message.get("headers")
    given = headers if isinstance(headers, dict) else {}
    found: Any = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
    pairs = {"idempotency-key": asked.key, **{name: str(one) for name, one in given.items()}}
    found.UserProperty = [*pairs.items()]
    properties: Properties = found
    return properties


def _headers(one: aiomqtt.Message) -> dict[str, Json]:
    pairs: Any = getattr(one.properties, "UserProperty", None) or ()
    return {name: value for name, value in pairs}


def _ended(error: aiomqtt.MqttError) -> Exception:
    code = getattr(error, "rc", None)
    value = getattr(code, "value", code)
    if value in NOT_AUTHORIZED or "not authori" in str(error).lower():
        return fault("authentication", "asyncapi.error", "MQTT does not know these credentials")
    return Unavailable("egress.unreachable", f"MQTT: {error}")
