"""Languages of people and of templates, by their BCP 47 tags."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError

__all__ = ["Setting", "best", "known", "language", "setting", "zone_of"]

LONGEST = 40
"""Characters of a tag that is looked at."""
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}")
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+\-/]{0,63}")


class Setting:
    """Where and in which language a text is read."""

    __slots__ = ("locale", "zone")

    def __init__(self, locale: Locale | None = None, zone: ZoneInfo | None = None) -> None:
        self.locale = locale
        self.zone = zone


def setting(tag: str | None = None, zone: str | None = None) -> Setting:
    """The setting of a person, as far as it is known: what does not exist is left out."""
    return Setting(_nearest(tag) if tag else None, zone_of(zone) if zone else None)


@lru_cache(maxsize=1_000)
def known(tag: str) -> Locale | None:
    """The locale of exactly that tag, or None if nothing is known of it."""
    if not _TAG.fullmatch(tag):
        return None
    try:
        return Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return None


@lru_cache(maxsize=1_000)
def zone_of(name: str) -> ZoneInfo | None:
    """The time zone of that IANA name, or None."""
    if not _ZONE.fullmatch(name):
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def language(tag: str) -> str:
    """The language of a tag, without script and region."""
    return tag.partition("-")[0].lower()


def best(wanted: str | None, offered: Iterable[str]) -> list[str]:
    """Those of `offered` that a reader of `wanted` understands, the closest first: the same tag,
    then each that says less (RFC 4647, lookup)."""
    by_name = {one.lower(): one for one in offered}
    if not wanted or not by_name or len(wanted) > LONGEST:
        return []
    found = (by_name.get(one.lower()) for one in _shorter(wanted))
    return [*dict.fromkeys(one for one in found if one is not None)]


def _shorter(tag: str) -> Iterator[str]:
    *specific, language_ = _truncated(tag)
    yield from specific
    # zh-TW is read in the script Hant, which the tag leaves unsaid.
    locale = known(tag)
    if locale is not None and locale.script:
        yield f"{locale.language}-{locale.script}"
    yield language_


def _truncated(tag: str) -> Iterator[str]:
    parts = tag.split("-")
    while parts:
        yield "-".join(parts)
        parts.pop()
        if parts and len(parts[-1]) == 1:
            parts.pop()


def _nearest(tag: str) -> Locale | None:
    found = (known(one) for one in _truncated(tag[:LONGEST]))
    return next((one for one in found if one is not None), None)
