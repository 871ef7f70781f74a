"""Phone calls; what is received is what is said until somebody has to answer."""

from collections.abc import Iterator, Sequence

from symphainy.conformance.case import Received
from symphainy.conformance.specimens.words import WORDS
from symphainy.delivery import (
    Gather,
    Hangup,
    Message,
    Pause,
    Play,
    Recipient,
    Say,
    Step,
    Transfer,
    VoiceCall,
)

__all__ = ["expected", "in_many_scripts", "malformed", "of_dots"]


def expected(message: VoiceCall) -> Received:
    return Received(message.to.address, None, "\n".join(_said(message.script)))


def in_many_scripts(message: VoiceCall) -> Message:
    said = [Say(text=f'{number}. {WORDS} <b> & "c" {{d}}') for number in range(12)]
    return message.model_copy(update={"script": tuple(said)})


def of_dots(message: VoiceCall) -> Message:
    said = Say(text="one\n.\n..\n.two\n"), Pause(seconds=2), Say(text=" three ")
    return message.model_copy(update={"script": said})


def malformed(message: VoiceCall) -> list[Message]:
    calls = [message.model_copy(update=one) for one in _CALLS]
    return [*calls, *(message.model_copy(update={"script": one}) for one in _SCRIPTS)]


def _said(script: Sequence[Step]) -> Iterator[str]:
    for one in script:
        if isinstance(one, Say):
            yield one.text
        elif isinstance(one, Gather):
            yield from _said(one.prompt)
        if isinstance(one, Gather | Transfer | Hangup):
            return


_ASKED = (Say(text="Press a key."),)
_SCRIPTS: tuple[tuple[Step, ...], ...] = (
    (),
    (Say(text=""),),
    (Say(text=" \n"),),
    (Say(text="a\0b"),),
    (Say(text="a\x07b"),),
    (Say(text="\ud800"),),
    (Say(text="a" * 3_001),),
    (Say(text="a", language="de AT"),),
    (Say(text="a", voice='x"/><Dial>+4366087654321</Dial>'),),
    (Say(text="a"),) * 301,
    (Say(text="a" * 2_000),) * 16,
    (Pause(seconds=0),),
    (Pause(seconds=61),),
    (Play(url="http://acme.example/a.mp3"),),
    (Play(url="file:///etc/passwd"),),
    (Play(url="https://acme.example/a b"),),
    (Transfer(to="066012345678"),),
    (Transfer(to="+4366012345678", seconds=0),),
    (Transfer(to="+4366012345678", otherwise=(Say(text=""),)),),
    (Gather(name="a"),),
    (Gather(name="", prompt=_ASKED),),
    (Gather(name="a", prompt=_ASKED, digits=0),),
    (Gather(name="a", prompt=_ASKED, digits=33),),
    (Gather(name="a", prompt=_ASKED, finish="x"),),
    (Gather(name="a", prompt=_ASKED, seconds=0),),
    (Gather(name="a", prompt=_ASKED, attempts=11),),
    (Gather(name="a", prompt=_ASKED, choices={"12": ()}),),
    (Gather(name="a", prompt=_ASKED, choices={"yes": ()}),),
    (Gather(name="a", prompt=_ASKED, choices={"1/0": ()}, speech=True),),
    (Gather(name="a", prompt=_ASKED, digits=None, choices={"1#": ()}),),
    (Gather(name="a", prompt=_ASKED, choices={"1": (Say(text="\0"),)}),),
)
_CALLS: tuple[dict[str, object], ...] = (
    {"to": Recipient(address="nobody")},
    {"to": Recipient(address="")},
    {"to": Recipient(address="+4366012345678,+4366087654321")},
    {"to": Recipient(address="+4366012345678\n")},
    {"to": Recipient(address="+43 660 12345678")},
    {"sender": "+15005550006\r\nTo: +4366087654321"},
    {"language": "German"},
    {"language": ""},
    {"ring_seconds": 0},
    {"ring_seconds": 601},
    {"machine": "leave message", "message": ()},
    {"message": (Transfer(to="+4366012345678"),)},
    {"message": (Gather(name="a", prompt=_ASKED),)},
)
