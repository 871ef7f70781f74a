"""What stands in a preview for what only a real message has."""

from collections.abc import Mapping

from symphainy.json import Json

__all__ = ["CUSTOMER", "LINKS"]

CUSTOMER: Mapping[str, Json] = {
    "id": "c-1815",
    "name": "Ada Lovelace",
    "email": "ada@example.com",
    "phone": "+442079460815",
}
LINKS: Mapping[str, str] = {
    "unsubscribe_url": "https://example.com/unsubscribe",
    "preferences_url": "https://example.com/preferences",
}
