"""Phone calls."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from experience_adapters import addresses
from experience_adapters.flaw import Flaw, in_text
from symphainy.delivery import Gather, Pause, Play, Say, Step, Transfer, VoiceCall

__all__ = ["LONGEST", "MOST", "flaws", "walked"]

LONGEST = 3_000
"""Characters said in one piece, which the voices of all vendors take."""
MOST = 300
"""Steps, inner ones too."""
_WHOLE = 30_000
"""Characters said in all ways of a call; what vendors take in one answer or in all attributes."""
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_VOICE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}")
_KEYS = re.compile(r"[0-9*#]+")
# Characters that no XML 1.0 document has, which is what voices read.
_UNSAYABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def flaws(message: VoiceCall) -> list[Flaw]:
    """What is wrong with `message`; empty when any provider should place the call, as far as it
    can do what the script asks for."""
    return list(_flaws(message))


def walked(steps: Iterable[Step]) -> Iterator[Step]:
    """Every step, inner ones too."""
    for one in steps:
        yield one
        if isinstance(one, Gather):
            yield from walked(one.prompt)
            for way in one.choices.values():
                yield from walked(way)
        if isinstance(one, Gather | Transfer):
            yield from walked(one.otherwise)


def _flaws(message: VoiceCall) -> Iterator[Flaw]:
    wrong = addresses.phone(message.to.address)
    if wrong:
        yield Flaw("delivery.address", wrong)
    if not message.sender.isprintable():
        yield Flaw("delivery.address", "the sender has characters that no sender has")
    if not message.script:
        yield Flaw("delivery.text", "the script is empty")
    if message.machine == "leave message" and not message.message:
        yield Flaw("delivery.arguments", "a machine is to be left a message, and there is none")
    if not 5 <= message.ring_seconds <= 600:
        yield Flaw("delivery.arguments", "it rings for 5 to 600 seconds")
    yield from _language(message.language)
    for one in message.message:
        if isinstance(one, Gather | Transfer):
            yield Flaw("delivery.arguments", "a machine can neither be asked nor handed over")
    steps = [*walked(message.script), *walked(message.message)]
    if len(steps) > MOST:
        yield Flaw("delivery.length", f"a call has {len(steps)} steps; {MOST} are the most")
    said = sum(len(one.text) for one in steps if isinstance(one, Say))
    if said > _WHOLE:
        yield Flaw("delivery.length", f"a call says {said:,} characters; {_WHOLE:,} are the most")
    for one in steps:
        yield from _step(one)


def _step(step: Step) -> Iterator[Flaw]:
    if isinstance(step, Say):
        yield from _say(step)
    elif isinstance(step, Play) and not _url(step.url):
        yield Flaw("delivery.arguments", f"{step.url[:80]!r} is no https URL of a recording")
    elif isinstance(step, Pause) and not 1 <= step.seconds <= 60:
        yield Flaw("delivery.arguments", "a pause has 1 to 60 seconds")
    elif isinstance(step, Gather):
        yield from _gather(step)
    elif isinstance(step, Transfer):
        wrong = addresses.phone(step.to)
        if wrong:
            yield Flaw("delivery.address", f"a transfer: {wrong}")
        if not 5 <= step.seconds <= 600:
            yield Flaw("delivery.arguments", "a transfer rings for 5 to 600 seconds")


def _say(step: Say) -> Iterator[Flaw]:
    yield from in_text("text", step.text)
    if not step.text.strip():
        yield Flaw("delivery.text", "a text that is said is empty")
    elif _UNSAYABLE.search(step.text):
        yield Flaw("delivery.text", "a text that is said has characters that no text has")
    if len(step.text) > LONGEST:
        yield Flaw("delivery.length", f"more than {LONGEST:,} characters are said in one piece")
    yield from _language(step.language)
    if step.voice is not None and not _VOICE.fullmatch(step.voice):
        yield Flaw("delivery.arguments", f"{step.voice[:80]!r} is no name of a voice")


def _gather(step: Gather) -> Iterator[Flaw]:
    if not step.prompt:
        yield Flaw("delivery.arguments", f"the question {step.name!r} is not asked")
    if not step.name or not step.name.isascii() or not step.name.isprintable():
        yield Flaw("delivery.arguments", f"{step.name[:80]!r} is no name of an answer")
    if len(step.finish) != 1 or not _KEYS.fullmatch(step.finish):
        yield Flaw("delivery.arguments", f"{step.finish[:80]!r} is no key")
    counts = (
        (1 if step.digits is None else step.digits, 32),
        (step.seconds, 60),
        (step.attempts, 10),
    )
    if not all(1 <= one <= most for one, most in counts):
        yield Flaw("delivery.arguments", f"the question {step.name!r} waits for too little or much")
    for choice in step.choices:
        if not _choosable(choice, step):
            yield Flaw("delivery.arguments", f"{choice[:80]!r} can be no answer to {step.name!r}")


def _choosable(choice: str, step: Gather) -> bool:
    if not _KEYS.fullmatch(choice):
        words = choice.isprintable() and not {"/", "~"} & set(choice) and choice.strip() != ""
        return step.speech and words
    if step.digits is not None and len(choice) > step.digits:
        return False
    return step.digits == 1 or step.finish not in choice


def _language(language: str | None) -> Iterator[Flaw]:
    if language is not None and not _LANGUAGE.fullmatch(language):
        yield Flaw("delivery.arguments", f"{language[:80]!r} is no language: write de-AT or en-US")


def _url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and bool(parts.hostname) and url.isascii() and " " not in url
    except ValueError:
        return False
