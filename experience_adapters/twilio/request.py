"""A text message as Twilio takes it."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from experience_adapters import addresses, texts
from experience_adapters.flaw import Flaw
from symphainy.delivery import Sending, SmsMessage

__all__ = ["parameters", "wrongs"]

_SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")
_SHORT_CODE = re.compile(r"[0-9]{3,8}")
_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 &+_-]{1,11}")
_LONGEST = 36_000
"""Seconds; Twilio keeps no message in its queue for longer."""


def wrongs(message: SmsMessage, sender: str) -> list[Flaw]:
    """What Twilio would refuse in `message` from `sender`."""
    return [*texts.flaws(message), *_sender(sender)]


def parameters(
    message: SmsMessage, sender: str, sending: Sending, *, now: datetime
) -> dict[str, Any]:
    """The arguments of the library's `create`."""
    given: dict[str, Any] = {"to": message.to.address, "body": message.text}
    service = _SERVICE.fullmatch(sender) is not None
    given["messaging_service_sid" if service else "from_"] = sender
    # Twilio would put plain quotes for typographic ones, and not be found by the words sent.
    given["smart_encoded"] = False
    if sending.callback is not None:
        given["status_callback"] = sending.callback
    if sending.not_after is not None:
        left = int((sending.not_after - now).total_seconds())
        given["validity_period"] = min(max(left, 1), _LONGEST)
    return given


def _sender(sender: str) -> Iterator[Flaw]:
    known = (_SERVICE, _SHORT_CODE, _NAME)
    if addresses.phone(sender) and not any(one.fullmatch(sender) for one in known):
        message = (
            f"Twilio cannot send from {sender!r}: it is no phone number in E.164, short code, "
            "name of up to 11 letters and digits, or SID of a messaging service"
        )
        yield Flaw("delivery.sender", message)
