"""A phone call, as it stands after what the one who was called did."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from symphainy.delivery import (
    DeliveryEvent,
    Gather,
    Hangup,
    Pause,
    Play,
    Say,
    Step,
    Transfer,
    VoiceCall,
)
from symphainy.delivery.dialogue import Spot, choice, led, opening, otherwise
from symphainy.json import Json

__all__ = ["Call", "Line", "followed"]

Phase = Literal["ringing", "asking", "transferring", "transferred", "over"]
Who = Literal["platform", "person", "note"]
ENDS: Mapping[str, tuple[DeliveryEvent, str]] = {
    "no_answer": ("no_answer", "Nobody answered."),
    "busy": ("busy", "The line was busy."),
    "drop": ("failed", "The network could not reach the number."),
    "cancel": ("canceled", "The call was taken back before anybody answered."),
}


@dataclass(frozen=True, slots=True)
class Line:
    """Something that was heard, pressed or happened."""

    who: Who
    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """How a call stands."""

    phase: Phase = "ringing"
    lines: tuple[Line, ...] = ()
    asks: Gather | None = None
    """The question that waits for an answer."""
    transfer: Transfer | None = None
    path: str = ""
    keys: str = ""
    """Pressed so far, of an answer of several keys."""
    tries: int = 0
    answered: bool = False
    told: tuple[tuple[DeliveryEvent, dict[str, Json]], ...] = field(default=())
    """What the last act made the provider tell."""


def followed(message: VoiceCall, acts: Iterable[Mapping[str, Any]]) -> Call:
    """The call after `acts`. ValueError for one that cannot be done any more."""
    call = Call(lines=(Line("note", f"Ringing {message.to.address}…"),))
    for act in acts:
        call = _done(message, replace(call, told=()), act)
        if call.phase == "over" and call.answered:
            call = replace(call, told=(*call.told, ("completed", {})))
    return call


def _done(message: VoiceCall, call: Call, act: Mapping[str, Any]) -> Call:
    name = act["act"]
    if call.phase == "ringing":
        return _picked_up(message, call, name)
    if name == "hangup" and call.phase != "over":
        if call.phase == "transferred" and call.transfer is not None:
            call = _told(call, "transferred", to=call.transfer.to)
        return _over(_says(call, "note", "They hung up."))
    if call.phase == "asking" and name in ("press", "say", "silence"):
        return _answered(message, call, name, act)
    if call.phase == "transferring" and name in ("take", "refuse"):
        return _handed_over(message, call, name)
    raise ValueError(f"{name} is nothing that can happen while the call is {call.phase}")


def _picked_up(message: VoiceCall, call: Call, name: str) -> Call:
    if name in ENDS:
        event, words = ENDS[name]
        return replace(_over(_says(call, "note", words)), told=((event, {}),))
    if name == "answer":
        here = _told(_says(call, "note", "They answered."), "answered")
        return _runs(message, replace(here, answered=True), opening(message))
    if name != "machine":
        raise ValueError(f"{name} is nothing that can happen while the phone rings")
    here = _told(_says(call, "note", "A machine answered."), "answered")
    here = replace(here, answered=True)
    if message.machine != "ignore":
        here = _told(here, "machine_answered", answeredBy="machine")
    if message.machine == "hang up":
        return _over(_says(here, "note", "The platform hung up without a word."))
    part = "message" if message.machine == "leave message" else "script"
    return _runs(message, here, opening(message, part))  # type: ignore[arg-type]


def _runs(message: VoiceCall, call: Call, spots: Sequence[Spot]) -> Call:
    """The call after the steps, up to where it waits for somebody."""
    for spot in spots:
        call = _says_of(call, spot.step)
        if isinstance(spot.step, Gather):
            return replace(call, phase="asking", asks=spot.step, path=spot.path, tries=1, keys="")
        if isinstance(spot.step, Transfer):
            return replace(call, phase="transferring", transfer=spot.step, path=spot.path)
        if isinstance(spot.step, Hangup):
            return _over(_says(call, "note", "The platform hung up."))
    return _over(_says(call, "note", "The script is over; the platform hung up."))


def _says_of(call: Call, step: Step) -> Call:
    if isinstance(step, Say):
        return _says(call, "platform", step.text)
    if isinstance(step, Play):
        return _says(call, "platform", f"♪ {step.url}")
    if isinstance(step, Pause):
        return _says(call, "note", f"{step.seconds} s of silence")
    if isinstance(step, Gather):
        for one in step.prompt:
            call = _says_of(call, one)
    if isinstance(step, Transfer):
        return _says(call, "note", f"Handing over to {step.to}…")
    return call


def _answered(message: VoiceCall, call: Call, name: str, act: Mapping[str, Any]) -> Call:
    asks = call.asks
    if asks is None or (name == "say" and not asks.speech):
        raise ValueError("the question takes keys, not words")
    if name == "say":
        words = str(act.get("text") or "").strip()
        return _led(message, _says(call, "person", words), words, "speech")
    if name == "silence":
        if call.keys:
            return _led(message, call, call.keys, "digits")
        return _again(message, _says(call, "note", f"{asks.seconds} s without an answer"))
    return _pressed(message, call, asks, str(act.get("digits") or ""))


def _pressed(message: VoiceCall, call: Call, asks: Gather, keys: str) -> Call:
    for index, key in enumerate(keys):
        ends = key == asks.finish and asks.digits != 1
        call = _says(call, "person", key)
        so_far = call.keys if ends else call.keys + key
        if not ends and (asks.digits is None or len(so_far) < asks.digits):
            call = replace(call, keys=so_far)
            continue
        call = _led(message, call, so_far, "digits") if so_far else _again(message, call)
        rest = keys[index + 1 :]
        # Keys pressed ahead are for the next question, and for nobody once there is none.
        if rest and call.phase == "asking" and call.asks is not None:
            return _pressed(message, call, call.asks, rest)
        return call
    return call


def _led(message: VoiceCall, call: Call, said: str, how: str) -> Call:
    way = led(message, call.path, said)
    if way is None:
        return _again(message, replace(call, keys=""))
    if call.asks is not None:
        chosen = choice(call.asks, said)
        told: dict[str, Json] = {how: said, **({"choice": chosen} if chosen is not None else {})}
        sure: dict[str, Json] = {"confidence": 1.0} if how == "speech" else {}
        call = _told(call, "gathered", name=call.asks.name, **told, **sure)
    return _runs(message, _waiting(call), way)


def _again(message: VoiceCall, call: Call) -> Call:
    """The question once more, or what is done when it was asked often enough."""
    asks = call.asks
    if asks is not None and call.tries < asks.attempts:
        return replace(_says_of(call, asks), tries=call.tries + 1, keys="")
    return _runs(message, _waiting(call), otherwise(message, call.path))


def _handed_over(message: VoiceCall, call: Call, name: str) -> Call:
    to = call.transfer.to if call.transfer else ""
    if name == "take":
        return replace(_says(call, "note", f"{to} took the call."), phase="transferred")
    call = _says(call, "note", f"{to} did not take it.")
    return _runs(message, _waiting(call), otherwise(message, call.path))


def _waiting(call: Call) -> Call:
    return replace(call, asks=None, transfer=None, keys="", tries=0)


def _over(call: Call) -> Call:
    return replace(_waiting(call), phase="over")


def _says(call: Call, who: Who, text: str) -> Call:
    last = call.lines[-1] if call.lines else None
    if who == "person" and call.keys and last is not None and last.who == "person":
        # Keys of one answer are one line.
        return replace(call, lines=(*call.lines[:-1], Line("person", last.text + text)))
    return replace(call, lines=(*call.lines, Line(who, text)))


def _told(call: Call, event: DeliveryEvent, **data: Json) -> Call:
    return replace(call, told=(*call.told, (event, data)))
