"""A call as Twilio takes it, and what it proves that Twilio has one."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Protocol

from experience_adapters import addresses
from experience_adapters.exchange import readable
from experience_adapters.flaw import Flaw
from experience_adapters.rules import calls
from experience_adapters.twilio.twiml import Back, document
from symphainy.delivery import Gather, Sending, SendResult, Transfer, VoiceCall
from symphainy.delivery.dialogue import opening

__all__ = ["LONGEST", "Listed", "look", "parameters", "taken", "unreachable", "wrongs"]

LONGEST = 4_000
"""Characters of a document that is given with a call; a longer one is asked for."""
_EVENTS = ["initiated", "ringing", "answered", "completed"]
_DETECTION = {"hang up": "Enable", "leave message": "DetectMessageEnd"}
_SKEW = timedelta(minutes=1)
"""Between clocks. Within it, what another system called by the same account is taken for ours."""


class Listed(Protocol):
    """A call, as Twilio's library shows it."""

    sid: str | None
    to: str | None
    direction: Any
    status: Any
    date_created: datetime | None


def wrongs(message: VoiceCall, sender: str) -> Iterator[Flaw]:
    """What Twilio would refuse in `message` from `sender`."""
    yield from calls.flaws(message)
    if addresses.phone(sender):
        said = f"Twilio cannot call from {sender!r}: it is no phone number in E.164"
        yield Flaw("delivery.sender", said)


def unreachable(message: VoiceCall, sending: Sending) -> Flaw | None:
    """What the call needs to be asked about, and the world does not reach this platform."""
    if sending.callback is not None:
        return None
    asks = any(isinstance(one, Gather | Transfer) for one in calls.walked(message.script))
    if asks or message.machine != "ignore":
        said = "Twilio asks back what follows a question, a transfer or a machine's answer"
        return Flaw("delivery.callback", said)
    if len(document(opening(message), message, None)) > LONGEST:
        said = f"Twilio asks back for a script of more than {LONGEST:,} characters"
        return Flaw("delivery.callback", said)
    return None


def parameters(message: VoiceCall, sender: str, sending: Sending) -> dict[str, Any]:
    """The arguments of the library's `create`."""
    given: dict[str, Any] = {
        "to": message.to.address,
        "from_": sender,
        "timeout": message.ring_seconds,
    }
    back = Back(sending.callback) if sending.callback is not None else None
    if back is not None:
        given |= {"status_callback": back.url, "status_callback_event": _EVENTS}
        given["status_callback_method"] = "POST"
    if message.machine in _DETECTION:
        given["machine_detection"] = _DETECTION[message.machine]
    return given | _script(message, sender, sending, back)


def _script(message: VoiceCall, sender: str, sending: Sending, back: Back | None) -> dict[str, Any]:
    """The document itself; the URL it is at, where it is long or depends on who answers."""
    voice = sending.settings.get("voice")
    said = document(
        opening(message),
        message.model_copy(update={"sender": sender}),
        back,
        voice=voice if isinstance(voice, str) else None,
    )
    if back is not None and (len(said) > LONGEST or message.machine in _DETECTION):
        return {"url": back.at("/script"), "method": "POST"}
    return {"twiml": said}


def taken(call: Listed) -> SendResult:
    """What it means that Twilio has `call`."""
    if str(call.status) == "failed":
        detail = readable("Twilio could not place the call")
        return SendResult(
            outcome="rejected", provider_id=call.sid, code="delivery.refused", detail=detail
        )
    return SendResult(outcome="accepted", provider_id=call.sid)


def look(
    found: Iterable[Listed],
    message: VoiceCall,
    *,
    since: datetime | None,
    others: frozenset[str],
    whole: bool,
) -> SendResult:
    """Whether the call is among what Twilio has for its number: the oldest since the delivery
    began that is no other delivery. `whole`: nothing was left off."""
    start = since - _SKEW if since is not None else None
    same = [
        one
        for one in found
        if one.to == message.to.address
        and str(one.direction) == "outbound-api"
        and one.sid not in others
        and (start is None or one.date_created is None or one.date_created >= start)
    ]
    if same:
        return taken(same[-1])
    if whole:
        return SendResult(outcome="retryable", detail="Twilio does not have it")
    return SendResult(outcome="unknown", detail="Twilio has too many calls to this number")
