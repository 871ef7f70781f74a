"""When a message is too late to be worth anything."""

from datetime import datetime, timedelta

from pydantic_core import PydanticCustomError

from symphainy.definition.duration import Duration
from symphainy.json import Json

__all__ = ["expiry"]


def expiry(written: Json, begun: datetime) -> datetime:
    """The moment in `written`: one of RFC 3339, or a duration of ISO 8601 from `begun` on.

    ValueError says what is wrong with anything else.
    """
    if not isinstance(written, str):
        raise ValueError("`expires` is a duration such as PT15M, or a moment")
    if written.startswith("P"):
        return begun + _duration(written)
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        moment = begun.replace(tzinfo=None)
    if moment.tzinfo is None:
        raise ValueError(f"{written[:40]!r} is neither a duration nor a moment with its zone")
    return moment


def _duration(written: str) -> timedelta:
    try:
        length = Duration.parse(written).milliseconds
    except PydanticCustomError:
        length = None
    if length is None:
        raise ValueError(f"{written[:40]!r} is no duration of ISO 8601")
    return timedelta(milliseconds=length)
