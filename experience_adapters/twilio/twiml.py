"""Scripts of calls in Twilio's own language."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from twilio.twiml.voice_response import Dial, VoiceResponse
from twilio.twiml.voice_response import Gather as Question

from symphainy.delivery import Gather, Hangup, Pause, Play, Say, Step, Transfer, VoiceCall
from symphainy.delivery.dialogue import Spot

__all__ = ["Back", "document", "over"]

_OURS = ("step", "try")


@dataclass(frozen=True, slots=True)
class Back:
    """Where Twilio asks how a call goes on."""

    url: str
    """With a query already."""

    @classmethod
    def of(cls, url: str) -> "Back":
        """That of a callback which came to `url`."""
        parts = urlsplit(url)
        query = parse_qsl(parts.query, keep_blank_values=True)
        kept = urlencode([(name, value) for name, value in query if name not in _OURS])
        return cls(parts._replace(query=kept).geturl())

    def at(self, path: str, attempt: int = 1) -> str:
        """The URL that is asked what is done behind the step of that path."""
        more = {"step": path} if attempt == 1 else {"step": path, "try": str(attempt)}
        return f"{self.url}{'&' if '?' in self.url else '?'}{urlencode(more)}"


def document(
    spots: Iterable[Spot],
    message: VoiceCall,
    back: Back | None,
    *,
    voice: str | None = None,
    attempt: int = 1,
) -> str:
    """What Twilio does until it has to ask again. `attempt`: how often the first of the spots, a
    question, was asked, with this time."""
    response = VoiceResponse()
    for number, one in enumerate(spots):
        step = one.step
        if isinstance(step, Gather) and back is not None:
            url = back.at(one.path, attempt if number == 0 else 1)
            _ask(response, step, message, url, voice)
        elif isinstance(step, Transfer) and back is not None:
            _hand_over(response, step, message, back.at(one.path))
        elif isinstance(step, Hangup):
            response.hangup()
        else:
            _utter(response, step, message, voice)
            continue
        break
    return str(response)


def _utter(to: Any, step: Step, message: VoiceCall, voice: str | None) -> None:
    if isinstance(step, Say):
        to.say(step.text, language=step.language or message.language, voice=step.voice or voice)
    elif isinstance(step, Play):
        to.play(step.url)
    elif isinstance(step, Pause):
        to.pause(length=step.seconds)


def _ask(
    response: VoiceResponse, step: Gather, message: VoiceCall, url: str, voice: str | None
) -> None:
    words = [one for one in step.choices if any(letter.isalpha() for letter in one)]
    spoken = {"speech_timeout": "auto", "language": message.language, "hints": ", ".join(words)}
    question = Question(
        input="dtmf speech" if step.speech else "dtmf",
        action=url,
        method="POST",
        # Silence is asked about as well: what follows it is not in this document.
        action_on_empty_result=True,
        timeout=step.seconds,
        num_digits=step.digits,
        # An answer of one key needs none that ends it, so every key is one.
        finish_on_key="" if step.digits == 1 else step.finish,
        **({name: value for name, value in spoken.items() if value} if step.speech else {}),
    )
    for one in step.prompt:
        _utter(question, one, message, voice)
    response.append(question)


def _hand_over(response: VoiceResponse, step: Transfer, message: VoiceCall, url: str) -> None:
    dial = Dial(action=url, method="POST", timeout=step.seconds, caller_id=message.sender or None)
    dial.number(step.to)
    response.append(dial)


def over() -> str:
    """The end of a call."""
    response = VoiceResponse()
    response.hangup()
    return str(response)
