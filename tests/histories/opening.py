"""Histories with their payloads open, as they are recorded and looked into."""

from collections.abc import Iterator
from typing import Any

from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowHistory

from temporal.codec import converter_for, key_of

__all__ = ["opened", "payloads"]


async def opened(client: Client, history: WorkflowHistory) -> WorkflowHistory:
    """`history`, every payload of which is as it was before the codec sealed it."""
    codec = converter_for(client, history.workflow_id).payload_codec
    for event in history.events:
        for one in payloads(event):
            if codec is not None and key_of(one) is not None:
                (plain,) = await codec.decode([one])
                one.CopyFrom(plain)
    return history


def payloads(message: Message) -> Iterator[Payload]:
    """Every payload in `message`, however deep."""
    if isinstance(message, Payload):
        yield message
        return
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        for one in _messages(value):
            yield from payloads(one)


def _messages(value: Any) -> list[Message]:
    if isinstance(value, Message):
        return [value]
    found = list(value.values()) if hasattr(value, "values") else list(value)
    return [one for one in found if isinstance(one, Message)]
