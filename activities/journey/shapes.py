"""What the fields of a profile look like."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from zoneinfo import ZoneInfo

from experience_adapters import addresses

__all__ = ["FIELDS", "customer"]

# RFC 5646, section 2.1, without extensions and private use.
_LOCALE = re.compile(
    r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?(-([A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*"
)
_LONGEST = 200


def customer(id: str) -> str | None:
    """What is wrong with a customer's id, or None."""
    if not 1 <= len(id) <= _LONGEST:
        return f"an id has 1 to {_LONGEST} characters, this one {len(id)}"
    if id != id.strip() or not id.isprintable():
        return f"{id!r} has spaces at its ends or unprintable characters"
    return None


def _name(name: str) -> str | None:
    if 0 < len(name.strip()) <= _LONGEST and name.isprintable():
        return None
    return f"a name is one line of 1 to {_LONGEST} characters"


def _zone(zone: str) -> str | None:
    try:
        ZoneInfo(zone)
    # Not found is a KeyError; a folder of the database is an OSError; `../` a ValueError.
    except (KeyError, OSError, ValueError):
        return f"there is no time zone {zone!r}: write one as Europe/Vienna"
    return None


def _locale(locale: str) -> str | None:
    if _LOCALE.fullmatch(locale):
        return None
    return f"{locale!r} is no locale: write a BCP 47 tag such as de-AT"


FIELDS: Mapping[str, Callable[[str], str | None]] = MappingProxyType(
    {
        "name": _name,
        "email": addresses.email,
        "phone": addresses.phone,
        "zone": _zone,
        "locale": _locale,
    }
)
"""For each field, what says what is wrong with a value, or None."""
