"""What is wrong with a message, whatever its channel."""

from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Flaw", "in_text"]


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing a message may not have, with its code."""

    code: str
    message: str


def in_text(part: str, text: str) -> Iterator[Flaw]:
    """What a text may not have in any message; `part` says which text it is."""
    if "\0" in text or not _encodable(text):
        yield Flaw("delivery.text", f"the {part} has characters that are no text")


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
