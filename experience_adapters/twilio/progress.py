"""What Twilio tells of a call, and how the call goes on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from experience_adapters.twilio.twiml import Back, document, over
from symphainy.delivery import (
    Answer,
    Asking,
    Callback,
    DeliveryEvent,
    Gather,
    Heard,
    Receipt,
    Transfer,
    VoiceCall,
)
from symphainy.delivery.dialogue import Spot, after, choice, led, opening, otherwise, spot
from symphainy.json import Json

__all__ = ["heard"]

_STATES: Mapping[str, DeliveryEvent] = {
    "queued": "queued",
    "initiated": "sent",
    "ringing": "ringing",
    "in-progress": "answered",
    "completed": "completed",
    "busy": "busy",
    "no-answer": "no_answer",
    "failed": "failed",
    "canceled": "canceled",
}
_TAKEN = frozenset({"completed", "answered"})
_MOST = 10
"""Attempts at a question."""


def heard(callback: Callback, about: Asking) -> Heard:
    """What became of a call, or the answer to its question and what is done after it."""
    talk = _Talk(callback.form, callback.query.get("step"), callback, about)
    if talk.step is None:
        return Heard(receipts=tuple(talk.status()))
    receipts, spots, attempt = talk.goes_on()
    voice = about.settings.get("voice")
    if talk.message is None or not spots:
        body = over()
    else:
        back = Back.of(callback.url)
        named = voice if isinstance(voice, str) else None
        body = document(spots, talk.message, back, voice=named, attempt=attempt)
    return Heard(receipts=tuple(receipts), answer=Answer(media_type="text/xml", body=body))


_Next = tuple[list[Receipt], tuple[Spot, ...], int]


@dataclass(frozen=True, slots=True)
class _Talk:
    form: Mapping[str, str]
    step: str | None
    callback: Callback
    about: Asking

    @property
    def message(self) -> VoiceCall | None:
        found = self.about.message
        return found if isinstance(found, VoiceCall) else None

    def status(self) -> list[Receipt]:
        """The receipt of a status; twice where a machine had answered."""
        event = _STATES.get(self.form.get("CallStatus", ""))
        if event is None:
            return []
        told = {"seconds": _number(self.form.get("CallDuration"))} if event == "completed" else {}
        by = self.form.get("AnsweredBy")
        data: dict[str, Json] = {**told, **({"answeredBy": by} if by else {})}
        machine = [self._machine(by)] if by and _is_machine(by) else []
        return [*machine, self._receipt(event, event, data, detail=_reason(self.form))]

    def goes_on(self) -> _Next:
        """What was told, what is done now, and for which time the first of that."""
        if self.message is None:
            return [], (), 1
        if self.step == "/script":
            return self._begins(self.message)
        found = spot(self.message, self.step or "")
        if found is not None and isinstance(found.step, Gather):
            return self._answered(self.message, found, found.step)
        if found is not None and isinstance(found.step, Transfer):
            return self._handed_over(self.message, found, found.step)
        return [], (), 1

    def _begins(self, message: VoiceCall) -> _Next:
        by = self.form.get("AnsweredBy", "")
        if message.machine == "ignore" or not _is_machine(by):
            return [], opening(message), 1
        leaves = message.machine == "leave message" and by != "fax"
        return [self._machine(by)], opening(message, "message") if leaves else (), 1

    def _answered(self, message: VoiceCall, at: Spot, question: Gather) -> _Next:
        digits, speech = self.form.get("Digits"), self.form.get("SpeechResult")
        said = digits or speech
        way = led(message, at.path, said)
        if way is not None and said:
            told = self._told(question, digits, said)
            return [self._receipt("gathered", at.path, told)], way, 1
        attempt = _number(self.callback.query.get("try")) or 1
        if attempt < min(question.attempts, _MOST):
            return [], (at, *after(message, at.path)), attempt + 1
        return [], otherwise(message, at.path), 1

    def _told(self, question: Gather, digits: str | None, said: str) -> dict[str, Json]:
        told: dict[str, Json] = {"name": question.name, "digits" if digits else "speech": said}
        chosen = choice(question, said)
        if chosen is not None:
            told["choice"] = chosen
        sure = _share(self.form.get("Confidence"))
        return told if digits or sure is None else {**told, "confidence": sure}

    def _handed_over(self, message: VoiceCall, at: Spot, step: Transfer) -> _Next:
        if self.form.get("DialCallStatus") not in _TAKEN:
            return [], otherwise(message, at.path), 1
        seconds = _number(self.form.get("DialCallDuration"))
        told: dict[str, Json] = {"to": step.to, "seconds": seconds}
        return [self._receipt("transferred", at.path, told)], (), 1

    def _machine(self, by: str) -> Receipt:
        return self._receipt("machine_answered", "machine", {"answeredBy": by})

    def _receipt(
        self, event: DeliveryEvent, dedupe: str, data: dict[str, Json], detail: str | None = None
    ) -> Receipt:
        return Receipt(
            event=event,
            at=_moment(self.form.get("Timestamp")) or self.callback.at,
            delivery=self.about.delivery,
            provider_id=self.form.get("CallSid") or None,
            dedupe=dedupe,
            detail=detail,
            data={name: value for name, value in data.items() if value is not None},
        )


def _is_machine(by: str) -> bool:
    return by.startswith("machine") or by == "fax"


def _reason(form: Mapping[str, str]) -> str | None:
    told: dict[str, Any] = {"Twilio": form.get("ErrorCode"), "SIP": form.get("SipResponseCode")}
    found = [f"{name} {code[:20]}" for name, code in told.items() if code and code.isdigit()]
    return ", ".join(found) if form.get("CallStatus") == "failed" and found else None


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def _share(text: str | None) -> float | None:
    try:
        share = float(text) if text else None
    except ValueError:
        return None
    return share if share is not None and 0 <= share <= 1 else None


def _moment(said: str | None) -> datetime | None:
    try:
        made = parsedate_to_datetime(said) if said else None
    except ValueError:
        return None
    return made if made is None or made.tzinfo else made.replace(tzinfo=UTC)
