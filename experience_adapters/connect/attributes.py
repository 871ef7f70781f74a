"""Scripts as attributes of a contact, which a flow of Amazon Connect reads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from experience_adapters.flaw import Flaw
from experience_adapters.rules.calls import LONGEST, walked
from symphainy.delivery import Gather, Hangup, Pause, Play, Say, Step, Transfer, VoiceCall

__all__ = ["MOST", "attributes", "flaws"]

MOST = 32_768
"""Octets of all attributes of a contact."""
_BREAK = 10
"""Seconds of silence in one piece, which is the most a voice makes."""
_KEYS = {"*": "star", "#": "pound"}


@dataclass(frozen=True, slots=True)
class _Part:
    """What is said in one go, and what is done then."""

    said: str
    then: str
    to: str = ""
    characters: int = 0


def flaws(message: VoiceCall, delivery: str = "") -> list[Flaw]:
    """What a flow cannot be told in attributes."""
    wrong = list(_flaws(message))
    if not wrong:
        told = attributes(message, delivery)
        size = sum(len(name) + len(value.encode()) for name, value in told.items())
        if size > MOST:
            said = f"the script has {size:,} octets; Amazon Connect takes {MOST:,}"
            wrong.append(Flaw("delivery.length", said))
    return wrong


def attributes(message: VoiceCall, delivery: str) -> dict[str, str]:
    """The attributes, by name; those with nothing in them are left out."""
    before, question, after = _cut(message.script)
    voices = [one.voice for one in walked(message.script) if isinstance(one, Say) and one.voice]
    told = {
        "sym_delivery": delivery,
        "sym_language": message.language,
        "sym_voice": voices[0] if voices else "",
        "sym_machine": message.machine,
        **_named("sym_say", _part(before, message)),
        **(_asked(question, message) if question is not None else {}),
        **(_named("sym_end", _part(after, message)) if question is not None else {}),
        **_named("sym_message", _part(message.message, message)),
    }
    return {name: value for name, value in told.items() if value}


def _asked(question: Gather, message: VoiceCall) -> dict[str, str]:
    digits = "" if question.digits is None else str(question.digits)
    told = {
        "sym_ask": _part(question.prompt, message).said,
        "sym_ask_name": question.name,
        "sym_ask_digits": digits,
        "sym_ask_finish": "" if question.digits == 1 else question.finish,
        "sym_ask_seconds": str(question.seconds),
        "sym_ask_attempts": str(question.attempts),
        "sym_ask_keys": ",".join(question.choices),
        **_named("sym_otherwise", _part(question.otherwise, message)),
    }
    for keys, way in question.choices.items():
        name = "".join(_KEYS.get(one, one) for one in keys)
        told |= _named(f"sym_key_{name}", _part(way, message))
    return told


def _named(name: str, part: _Part) -> dict[str, str]:
    return {name: part.said, f"{name}_then": part.then, f"{name}_to": part.to}


def _cut(script: Sequence[Step]) -> tuple[Sequence[Step], Gather | None, Sequence[Step]]:
    """The script before its question, the question, and what comes after."""
    for at, one in enumerate(script):
        if isinstance(one, Gather):
            return script[:at], one, script[at + 1 :]
    return script, None, ()


def _part(steps: Sequence[Step], message: VoiceCall) -> _Part:
    said, characters = list[str](), 0
    for one in steps:
        if isinstance(one, Transfer):
            return _Part(_spoken(said), "transfer", one.to, characters)
        if isinstance(one, Hangup):
            return _Part(_spoken(said), "hang up", "", characters)
        said.append(_uttered(one, message))
        characters += len(one.text) if isinstance(one, Say) else 0
    return _Part(_spoken(said), "", "", characters)


def _spoken(said: Sequence[str]) -> str:
    return f"<speak>{''.join(said)}</speak>" if said else ""


def _uttered(step: Step, message: VoiceCall) -> str:
    if isinstance(step, Say):
        text = escape(step.text)
        if step.language and step.language != message.language:
            text = f"<lang xml:lang={quoteattr(step.language)}>{text}</lang>"
        return f"<s>{text}</s>"
    seconds = step.seconds if isinstance(step, Pause) else 0
    pieces = [_BREAK] * (seconds // _BREAK) + ([seconds % _BREAK] if seconds % _BREAK else [])
    return "".join(f'<break time="{one}s"/>' for one in pieces)


def _flaws(message: VoiceCall) -> Iterator[Flaw]:
    steps = [*walked(message.script), *walked(message.message)]
    question = _cut(message.script)[1]
    questions = [one for one in steps if isinstance(one, Gather)]
    if any(isinstance(one, Play) for one in steps):
        yield _cannot("play recordings from a URL")
    if len(questions) > 1 or (questions and question is None):
        yield _cannot("ask more than one question in a call")
    if any(one.speech for one in questions):
        yield _cannot("understand what is said")
    if len({one.voice for one in steps if isinstance(one, Say)} - {None}) > 1:
        yield _cannot("speak with more than one voice in a call")
    if any(isinstance(one, Transfer) and one.otherwise for one in steps):
        yield _cannot("do something else when nobody takes a transfer")
    if not 15 <= message.ring_seconds <= 60:
        yield _cannot("let it ring for less than 15 seconds or more than 60")
    for way in _ways(message):
        ends = [at for at, one in enumerate(way) if isinstance(one, Transfer)]
        if ends and ends[0] < len(way) - 1 and not isinstance(way[ends[0] + 1], Hangup):
            yield _cannot("go on behind a transfer")
        if _part(way, message).characters > LONGEST:
            said = f"Amazon Connect says no more than {LONGEST:,} characters in one go"
            yield Flaw("delivery.length", said)


def _ways(message: VoiceCall) -> Iterator[Sequence[Step]]:
    before, question, after = _cut(message.script)
    yield from (before, after, message.message)
    if question is not None:
        yield from (question.prompt, question.otherwise, *question.choices.values())


def _cannot(what: str) -> Flaw:
    return Flaw("delivery.feature", f"Amazon Connect cannot {what}")
