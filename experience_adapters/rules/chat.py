"""Messages in conversations."""

from collections.abc import Iterator, Sequence

from experience_adapters.flaw import Flaw, in_text
from symphainy.delivery import ChatMessage, Choice

__all__ = ["CHOICES", "LONGEST", "flaws"]

LONGEST = 12_000
CHOICES = 25
_TITLE, _VALUE = 75, 2_000


def flaws(message: ChatMessage) -> list[Flaw]:
    """What no conversation should be sent."""
    return [*_to(message.to.address), *_text(message.text), *_choices(message.choices)]


def _to(address: str) -> Iterator[Flaw]:
    if not address or not address.isprintable() or " " in address:
        yield Flaw("delivery.address", f"{address[:80]!r} names no conversation")


def _text(text: str) -> Iterator[Flaw]:
    if not text.strip():
        yield Flaw("delivery.text", "the text is empty")
    if len(text) > LONGEST:
        yield Flaw("delivery.length", f"the text has more than {LONGEST} characters")
    yield from in_text("text", text)


def _choices(choices: Sequence[Choice]) -> Iterator[Flaw]:
    if len(choices) > CHOICES:
        yield Flaw("delivery.length", f"there are more than {CHOICES} choices")
    if len({one.value for one in choices}) < len(choices):
        yield Flaw("delivery.text", "two choices have the same value")
    for one in choices:
        for part, text, most in (("title", one.title, _TITLE), ("value", one.value, _VALUE)):
            if not text.strip() or len(text) > most:
                yield Flaw("delivery.length", f"the {part} of a choice has 1 to {most} characters")
            yield from in_text(f"{part} of a choice", text)
