"""Whoever is called: Twilio rings, they answer and press keys, and it tells what they do."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import count
from xml.etree import ElementTree

from symphainy.delivery import Callback
from tests.twins.provider import Kept
from tests.twins.signing import twilio_form
from tests.twins.twilio import ACCOUNT, SECRET

__all__ = ["Phone"]

Post = Callable[[Callback], Awaitable[str]]
"""Brings a callback to the platform; what the platform answers."""


@dataclass
class Phone:
    """One call at a time, as Twilio goes through it."""

    call: Kept
    post: Post
    heard: list[str] = field(default_factory=list)
    """What was said to whoever answered."""
    dialed: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    """What the platform answered, in order; first what went along with the call."""
    _number: Iterator[int] = field(default_factory=count)

    async def answers(
        self, *keys: str, by: str = "human", speaks: bool = False, dial: str = "completed"
    ) -> None:
        """Pick up, and give these answers to the questions; nothing to those that come after.

        `by`: who that is, if Twilio was asked to find out. `speaks`: answers are spoken.
        `dial`: what becomes of a transfer.
        """
        for status in ("initiated", "ringing", "in-progress"):
            await self.tell(status)
        answers = iter(keys)
        document: str | None = await self._first(by)
        while document:
            self.documents.append(document)
            document = await self._done(ElementTree.fromstring(document), answers, speaks, dial)
        asked = "MachineDetection" in self.call.document
        await self.tell("completed", CallDuration="23", **({"AnsweredBy": by} if asked else {}))

    async def does_not(self, status: str) -> None:
        """Let it ring, or be busy: `no-answer`, `busy`, `failed`, `canceled`."""
        await self.tell("initiated")
        await self.tell(status)

    async def tell(self, status: str, **more: str) -> None:
        """Twilio tells how the call is, if it was asked to."""
        url = self.call.document.get("StatusCallback")
        if url:
            await self.post(self.callback(url, CallStatus=status, **_told(self._number), **more))

    def callback(self, url: str, **fields: str) -> Callback:
        """A request that Twilio makes about the call."""
        given = self.call.document
        always = {"CallSid": self.call.id, "AccountSid": ACCOUNT, "ApiVersion": "2010-04-01"}
        ends = {"To": given["To"], "From": given["From"], "Direction": "outbound-api"}
        return twilio_form(url, {**always, **ends, **fields}, SECRET["authToken"])

    async def _first(self, by: str) -> str:
        given = self.call.document
        if "Url" not in given:
            return str(given["Twiml"])
        told = {"AnsweredBy": by} if "MachineDetection" in given else {}
        return await self.post(self.callback(given["Url"], CallStatus="in-progress", **told))

    async def _done(
        self, document: ElementTree.Element, answers: Iterator[str], speaks: bool, dial: str
    ) -> str | None:
        """Go through a document; the next one, or None at the end of the call."""
        for verb in document:
            if verb.tag == "Hangup":
                return None
            if verb.tag == "Gather":
                self._hears(*verb)
                return await self._asks(verb, _said(next(answers, ""), speaks))
            if verb.tag == "Dial":
                self.dialed.append(verb.findtext("Number", ""))
                ended = {"DialCallStatus": dial}
                ended |= {"DialCallDuration": "41"} if dial == "completed" else {}
                return await self._asks(verb, ended)
            self._hears(verb)
        return None

    async def _asks(self, verb: ElementTree.Element, fields: dict[str, str]) -> str:
        return await self.post(self.callback(verb.attrib["action"], **fields))

    def _hears(self, *verbs: ElementTree.Element) -> None:
        self.heard += [one.text or "" for one in verbs if one.tag in ("Say", "Play")]


def _said(answer: str, speaks: bool) -> dict[str, str]:
    if not answer:
        return {"Digits": ""}
    return {"SpeechResult": answer, "Confidence": "0.93"} if speaks else {"Digits": answer}


def _told(number: Iterator[int]) -> dict[str, str]:
    return {
        "CallbackSource": "call-progress-events",
        "SequenceNumber": str(next(number)),
        "Timestamp": format_datetime(datetime.now(UTC)),
    }
