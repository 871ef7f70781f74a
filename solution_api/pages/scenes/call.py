"""Phone calls."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from public_works.outbox import OutboxMessage
from solution_api.simulator import Call, call_of
from symphainy.delivery import Gather, Say, Step, Transfer, VoiceCall

__all__ = ["call"]


PAD = (
    *(("1", ""), ("2", "ABC"), ("3", "DEF"), ("4", "GHI"), ("5", "JKL"), ("6", "MNO")),
    *(("7", "PQRS"), ("8", "TUV"), ("9", "WXYZ"), ("*", ""), ("0", "+"), ("#", "")),
)


def call(message: OutboxMessage) -> dict[str, Any]:
    """A phone with the call as it stands."""
    now = call_of(message) or Call()
    said = {
        "ringing": "calls you",
        "asking": "On the phone",
        "transferring": "Handing over",
        "transferred": "Handed over",
        "over": "The call is over",
    }
    asks = now.asks
    return {
        "call": {
            "phase": now.phase,
            "said": said[now.phase],
            "asks": asks.name if asks else None,
            "speech": bool(asks and asks.speech),
            "hint": _hint(asks),
            "keys": now.keys,
            "lines": [{"side": one.who, "text": one.text} for one in now.lines],
        },
        "pad": [
            {"key": key, "letters": letters, "chosen": bool(asks and key in asks.choices)}
            for key, letters in PAD
        ],
        "script": list(_script(_steps(message))),
    }


def _hint(asks: Gather | None) -> str:
    if asks is None:
        return ""
    keys = f"up to {asks.finish}" if asks.digits is None else f"{asks.digits} keys"
    many = "a key" if asks.digits == 1 else keys
    return f"Waiting for {many}{' or words' if asks.speech else ''}"


def _steps(message: OutboxMessage) -> tuple[Step, ...]:
    to = {"address": message.to}
    known = {**(message.document or {}), "to": to, "sender": message.sender}
    return VoiceCall.model_validate(known).script


def _script(steps: Iterable[Step], depth: int = 0) -> Iterator[dict[str, Any]]:
    """The script as lines, inner ones further in."""
    for one in steps:
        known: Mapping[str, Any] = one.model_dump()
        said = known.get("text") or known.get("url") or known.get("to") or known.get("name") or ""
        said = f"{known['seconds']} s" if one.do == "pause" else said
        yield {"depth": min(depth, 3), "verb": one.do, "said": said}
        if isinstance(one, Gather):
            prompt = " ".join(each.text for each in one.prompt if isinstance(each, Say))
            yield {"depth": min(depth + 1, 3), "verb": "ask", "said": prompt}
            for choice, way in one.choices.items():
                yield {"depth": min(depth + 1, 3), "verb": f"at {choice}", "said": ""}
                yield from _script(way, depth + 2)
        if isinstance(one, Gather | Transfer) and one.otherwise:
            yield {"depth": min(depth + 1, 3), "verb": "otherwise", "said": ""}
            yield from _script(one.otherwise, depth + 2)
