"""`call: asyncapi`: publishes a message, or consumes messages until enough of them came."""

import asyncio
import json
import time
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from activities.remote.asked import Asked, fault
from activities.remote.channel import Channel, Message, Speaker, targeted
from symphainy import expr
from symphainy.json import Json

__all__ = ["call"]

MODULES: Mapping[str, tuple[str, int, int]] = {
    "http": ("activities.remote.web", 80, 443),
    "mqtt": ("activities.remote.mqtt", 1883, 8883),
    "mqtt5": ("activities.remote.mqtt", 1883, 8883),
    "nats": ("activities.remote.nats", 4222, 4222),
}
"""By protocol: who speaks it, and its port without and with TLS."""
MOST = 10_000
LARGEST = 1024 * 1024


async def call(asked: Asked) -> Json:
    """The message as it was published, or the messages that were consumed."""
    given = asked.arguments
    module, plain, secure = MODULES[given["protocol"]]
    speaker: Any = await asyncio.to_thread(import_module, module)
    to = targeted(asked, secure if given.get("tls") else plain)
    if "message" in given:
        message: Message = given["message"]
        await speaker.publish(asked, to, message)
        return message
    return [*await _consumed(asked, speaker, to, given["subscription"])]


async def _consumed(
    asked: Asked, speaker: Speaker, to: Channel, about: dict[str, Any]
) -> list[Message]:
    taken: list[Message] = []
    size = 0
    async with speaker.subscribed(asked, to) as messages:
        try:
            async with asyncio.timeout(about["seconds"]):
                async for message in messages:
                    if not await _holds(about, "filter", message):
                        continue
                    taken.append(message)
                    size += len(json.dumps(message))
                    if len(taken) > MOST or size > LARGEST:
                        detail = f"more than {MOST:,} messages or {LARGEST:,} bytes came"
                        raise fault("communication", "egress.too-large", detail)
                    if await _enough(about, taken):
                        break
        except TimeoutError:
            pass
    return taken


async def _enough(about: dict[str, Any], taken: list[Message]) -> bool:
    if len(taken) >= about.get("amount", MOST + 1):
        return True
    gathered: Json = [*taken]
    if "until" in about and await _holds(about, "until", gathered):
        return True
    return not await _holds(about, "while", gathered)


async def _holds(about: dict[str, Any], name: str, data: Json) -> bool:
    """Whether a condition of the subscription holds; one that is not there does."""
    if about.get(name) is None:
        return True
    # Beside the event loop, which others need: messages may come faster than they are judged.
    return await asyncio.to_thread(_evaluated, about, name, data)


def _evaluated(about: dict[str, Any], name: str, data: Json) -> bool:
    variables = about.get("variables") or {}
    try:
        program = expr.compile(about[name], frozenset(variables))
        value = expr.evaluate(program, data, variables, now=time.time()).value
    except expr.ExpressionError as error:
        raise fault("expression", error.code, f"`{name}`: {error.message}") from None
    return value is not None and value is not False
