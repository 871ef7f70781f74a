"""What the messages of all channels say and should not say."""

from symphainy.delivery import Recipient

__all__ = ["UNREADABLE", "WORDS"]

WORDS = "Grüße, Ελλάδα, Україна, 日本語, עברית, 🙂"
UNREADABLE: tuple[dict[str, object], ...] = (
    {"text": "a\0b"},
    {"text": "\ud800"},
    {"to": Recipient(address="nobody")},
    {"to": Recipient(address="")},
)
