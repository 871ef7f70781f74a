"""A text message as Amazon SNS takes it."""

import re
from typing import Any

from experience_adapters import addresses, texts
from experience_adapters.flaw import Flaw
from symphainy.delivery import SmsMessage
from symphainy.json import Json

__all__ = ["parameters", "wrongs"]

_SHORT_CODE = re.compile(r"[0-9]{3,8}")
_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9]([A-Za-z0-9-]{0,9}[A-Za-z0-9])?")


def wrongs(message: SmsMessage, sender: str) -> list[Flaw]:
    """What SNS would refuse in `message` from `sender`."""
    found = texts.flaws(message)
    if sender and not _is_number(sender) and not _NAME.fullmatch(sender):
        said = (
            f"SNS cannot send from {sender!r}: it is no phone number in E.164, short code, or "
            "name of up to 11 letters and digits"
        )
        found.append(Flaw("delivery.sender", said))
    return found


def parameters(message: SmsMessage, sender: str, settings: dict[str, Json]) -> dict[str, Any]:
    """The arguments of `Publish`."""
    attributes = {"AWS.SNS.SMS.SMSType": _text(str(settings.get("type") or "Transactional"))}
    if sender:
        name = "MM.SMS.OriginationNumber" if _is_number(sender) else "SNS.SMS.SenderID"
        attributes[f"AWS.{name}"] = _text(sender)
    if "maxPrice" in settings:
        price = {"DataType": "Number", "StringValue": str(settings["maxPrice"])}
        attributes["AWS.SNS.SMS.MaxPrice"] = price
    return {
        "PhoneNumber": message.to.address,
        "Message": message.text,
        "MessageAttributes": attributes,
    }


def _is_number(sender: str) -> bool:
    return addresses.phone(sender) is None or _SHORT_CODE.fullmatch(sender) is not None


def _text(value: str) -> dict[str, str]:
    return {"DataType": "String", "StringValue": value}
