"""What a text message may not have, whoever carries it."""

from collections.abc import Iterator

from experience_adapters import addresses
from experience_adapters.flaw import Flaw, in_text
from symphainy.delivery import SmsMessage
from symphainy.delivery.segments import segments

__all__ = ["flaws"]

LONGEST = 1_600
"""Characters; what Twilio and Amazon SNS both take."""
MOST = 10
"""Parts; handsets and networks have their troubles with more."""


def flaws(message: SmsMessage) -> list[Flaw]:
    """What is wrong with `message`; empty when any provider should take it."""
    return list(_flaws(message))


def _flaws(message: SmsMessage) -> Iterator[Flaw]:
    wrong = addresses.phone(message.to.address)
    if wrong:
        yield Flaw("delivery.address", wrong)
    if not message.sender.isprintable():
        yield Flaw("delivery.address", "the sender has characters that no sender has")
    yield from in_text("text", message.text)
    if not message.text.strip():
        yield Flaw("delivery.text", "the text is empty")
    parts = segments(message.text)
    if len(message.text) > LONGEST or parts > MOST:
        said = f"{len(message.text):,} characters in {parts} parts"
        yield Flaw("delivery.length", f"a text message has {said}; {MOST} parts are the most")
