"""What a phone number tells about where its owner is."""

from functools import lru_cache

import phonenumbers
from phonenumbers import timezone

from smart_city.window import zone

__all__ = ["zones_of"]


@lru_cache(maxsize=10_000)
def zones_of(number: str | None) -> tuple[str, ...]:
    """The IANA zones that a number in E.164 may be in: one for most, all of a country's for
    mobile numbers of countries with several, none for a number that is none."""
    try:
        parsed = phonenumbers.parse(number or "")
    except phonenumbers.NumberParseException:
        return ()
    # The library says Etc/Unknown where it does not know.
    found = timezone.time_zones_for_number(parsed)
    return tuple(one for one in found if not one.startswith("Etc/") and zone(one) is not None)
