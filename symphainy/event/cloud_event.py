"""The CloudEvents envelope, version 1.0, as JSON."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Literal, NoReturn

from symphainy.errors import Refused
from symphainy.json import Json, canonical, digest

__all__ = ["MAX_DATA", "Envelope", "checked", "identity", "read"]

Envelope = dict[str, Json]

MAX_DATA = 256 * 1024
"""Bytes of an event's data, as JSON."""
LONGEST = 512
"""Characters of an attribute."""

REQUIRED = ("id", "source", "type")
OPTIONAL = ("subject", "time", "datacontenttype", "dataschema")
DATA = ("data", "data_base64")
NAME = re.compile(r"[a-z0-9]{1,40}")
SPACE = re.compile(r"[\s\x00-\x1f\x7f]")
BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
INTEGERS = range(-(2**31), 2**31)


def checked(given: Json) -> Envelope:
    """`given` as an envelope: attributes that are null left out, nothing else changed.

    Refused `event.malformed` for what is no CloudEvent of version 1.0, `event.too-large` for data
    over 256 KiB.
    """
    if not isinstance(given, dict):
        _malformed("", "an event is an object of CloudEvents attributes")
    envelope = {name: one for name, one in given.items() if one is not None or name == "data"}
    if envelope.get("specversion") != "1.0":
        _malformed("/specversion", "`specversion` has to be the text 1.0")
    for name in REQUIRED:
        if not isinstance(envelope.get(name), str) or not envelope[name]:
            _malformed(f"/{name}", f"`{name}` has to be text")
    for name, value in envelope.items():
        if name not in DATA:
            _check_attribute(name, value)
    _check_data(envelope)
    return envelope


def identity(environment: str, envelope: Mapping[str, Json]) -> str:
    """The one name of an event within a tenant: its environment, `source` and `id`."""
    return digest([environment, envelope["source"], envelope["id"]])


def read(envelope: Envelope, form: Literal["data", "envelope", "raw"]) -> Json:
    """What a listening task makes of the event; `raw` is the text of the data as it came."""
    if form == "envelope":
        return envelope
    data = envelope["data_base64"] if "data_base64" in envelope else envelope.get("data")
    if form == "data" or isinstance(data, str):
        return data
    return canonical(data).decode()


def _check_attribute(name: str, value: Json) -> None:
    if not NAME.fullmatch(name):
        _malformed(f"/{name[:80]}", f"{name[:80]!r} is no name of an attribute: a-z and 0-9 only")
    if name in (*REQUIRED, *OPTIONAL) and (not isinstance(value, str) or not value):
        _malformed(f"/{name}", f"`{name}` has to be text")
    if isinstance(value, str) and len(value) > LONGEST:
        _malformed(f"/{name}", f"`{name}` has more than {LONGEST} characters")
    if isinstance(value, dict | list | float) or (type(value) is int and value not in INTEGERS):
        _malformed(f"/{name}", f"`{name}` has to be text, a truth value or a whole number")
    if name in ("source", "dataschema") and SPACE.search(str(value)):
        _malformed(f"/{name}", f"`{name}` has to be a URI reference")
    if name == "time" and not _is_time(str(value)):
        _malformed("/time", "`time` has to be a moment such as 2026-03-01T12:00:00Z (RFC 3339)")


def _check_data(envelope: Envelope) -> None:
    encoded = envelope.get("data_base64")
    if encoded is not None:
        if "data" in envelope:
            _malformed("/data_base64", "an event has either `data` or `data_base64`")
        if not isinstance(encoded, str) or not BASE64.fullmatch(encoded):
            _malformed("/data_base64", "`data_base64` has to be base64")
    size = len(canonical(envelope.get("data", encoded)))
    if size > MAX_DATA:
        message = f"the data has {size:,} bytes; {MAX_DATA:,} are allowed"
        raise Refused("event.too-large", message, pointer="/data")


def _is_time(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None and "T" in text.upper()
    except ValueError:
        return False


def _malformed(pointer: str, message: str) -> NoReturn:
    raise Refused("event.malformed", message, pointer=pointer)
