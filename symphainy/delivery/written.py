"""Scripts of calls as authors write them: their JSON Schema, what is wrong in them, what they need,
and the steps they are."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from pydantic import ValidationError

from symphainy.delivery.script import Gather, Hangup, Pause, Play, Say, Step, Transfer
from symphainy.json import Json

__all__ = ["DEFINITIONS", "SCRIPT", "WORDS", "needs", "quarrels", "steps", "texts"]

HANGUP = "hangup"
MOST = 100
"""Steps in one list."""
_KEYS = re.compile(r"[0-9*#]+")
_SECONDS = {"type": "integer", "minimum": 1, "maximum": 600}
_TEXT = {"type": "string", "minLength": 1}
_SAY = {
    "type": ["string", "object"],
    "properties": {
        "text": {**_TEXT, "description": "What is said, as a Liquid template."},
        "language": {"type": "string", "description": "Another language than the call's: BCP 47."},
        "voice": {"type": "string", "description": "A voice, as the vendor names it."},
    },
    "required": ["text"],
    "additionalProperties": False,
    "description": "Words, spoken.",
}
_PLAIN_VERBS: dict[str, Any] = {
    "say": _SAY,
    "play": {**_TEXT, "description": "The URL of a recording, as a Liquid template."},
    "pause": {**_SECONDS, "maximum": 60, "description": "Seconds of silence."},
}
_VERBS: dict[str, Any] = {
    **_PLAIN_VERBS,
    "gather": {"$ref": "#/$defs/gather"},
    "transfer": {"$ref": "#/$defs/transfer"},
}
_ONE = {"minProperties": 1, "maxProperties": 1, "additionalProperties": False}
_LIST = {"type": "array", "maxItems": MOST}
SCRIPT: dict[str, Any] = {**_LIST, "items": {"$ref": "#/$defs/step"}, "minItems": 1}
"""What is done in a call, step by step."""
WORDS: dict[str, Any] = {**_LIST, "type": ["string", "array"], "items": {"$ref": "#/$defs/words"}}
"""What is said and needs no answer: a text, or steps."""
DEFINITIONS: dict[str, Any] = {
    "words": {"type": "object", "properties": _PLAIN_VERBS, **_ONE},
    "step": {
        # A step without anything to say is a text; the pattern is of texts only.
        "type": ["object", "string"],
        "pattern": f"^{HANGUP}$",
        "properties": _VERBS,
        **_ONE,
    },
    "gather": {
        "type": "object",
        "properties": {
            "name": {
                "type": "string",
                "pattern": "^[A-Za-z_][A-Za-z0-9_-]{0,63}$",
                "description": "What the answer is called when it is told.",
            },
            "prompt": WORDS,
            "digits": {"type": ["integer", "null"], "minimum": 1, "maximum": 32, "default": 1},
            "finish": {"type": "string", "pattern": "^[0-9*#]$", "default": "#"},
            "speech": {"type": "boolean", "default": False},
            "seconds": {**_SECONDS, "maximum": 60, "default": 5},
            "attempts": {"type": "integer", "minimum": 1, "maximum": 10, "default": 1},
            "choices": {
                "type": "object",
                "maxProperties": 50,
                "patternProperties": {
                    r"^([0-9*#]{1,32}|\p{L}[\p{L} '-]{0,39})$": {
                        **_LIST,
                        "items": {"$ref": "#/$defs/step"},
                    }
                },
                "additionalProperties": False,
            },
            "otherwise": {**_LIST, "items": {"$ref": "#/$defs/step"}},
        },
        "required": ["name", "prompt"],
        "additionalProperties": False,
        "description": "A question, and what is done after each answer.",
    },
    "transfer": {
        "type": ["string", "object"],
        "properties": {
            "to": {**_TEXT, "description": "A phone number in E.164, as a Liquid template."},
            "seconds": {**_SECONDS, "minimum": 5, "default": 30},
            "otherwise": {**_LIST, "items": {"$ref": "#/$defs/step"}},
        },
        "required": ["to"],
        "additionalProperties": False,
        "description": "The call, handed to somebody else.",
    },
}
_SHORT = {"say": "text", "transfer": "to"}
"""The member that a text stands for where an object could be written."""
_TEXTS = {"say": "text", "transfer": "to", "play": "url"}


def steps(written: Json, said: Callable[[str], str]) -> tuple[Step, ...]:
    """The steps of a script, each text as `said` gives it. ValueError for what is no script."""
    if isinstance(written, str):
        return (Say(text=said(written)),)
    if not isinstance(written, list):
        raise ValueError("a script is a list of steps")
    try:
        return tuple(_step(one, said) for one in written)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise ValueError(f"{first['loc']}: {first['msg']}") from error


def texts(written: Json, pointer: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a script that is a template, with where it is."""
    if isinstance(written, str):
        yield pointer, written
    for place, verb, value in _walked(written, pointer):
        name = _TEXTS.get(verb)
        if isinstance(value, str) and name is not None:
            yield place, value
        elif isinstance(value, dict) and name is not None and isinstance(value.get(name), str):
            yield f"{place}/{name}", str(value[name])
        if verb == "gather" and isinstance(value, dict) and isinstance(value.get("prompt"), str):
            yield f"{place}/prompt", str(value["prompt"])


def needs(written: Json, pointer: str = "") -> Iterator[tuple[str, str]]:
    """What an adapter has to be able to do for a script, with where it is asked for."""
    asked = 0
    for place, verb, value in _walked(written, pointer):
        if verb in ("gather", "transfer", "play"):
            yield place, verb
        asked += verb == "gather"
        if verb == "gather" and asked > 1:
            yield place, "questions"
        if verb == "gather" and isinstance(value, dict) and value.get("speech") is True:
            yield f"{place}/speech", "speech"


def quarrels(written: Json, pointer: str = "") -> Iterator[tuple[str, str]]:
    """Where parts of a script do not fit each other, and why not."""
    for place, verb, value in _walked(written, pointer):
        gather = value if verb == "gather" and isinstance(value, dict) else {}
        choices = gather.get("choices")
        for choice in choices if isinstance(choices, dict) else ():
            wrong = _wrong(choice, gather)
            if wrong is not None:
                yield f"{place}/choices/{choice}", wrong


def _wrong(choice: str, gather: dict[str, Any]) -> str | None:
    digits, finish = gather.get("digits", 1), gather.get("finish", "#")
    if not _KEYS.fullmatch(choice):
        said = gather.get("speech") is True
        return None if said else "words can only be chosen where `speech` is true"
    if isinstance(digits, int) and len(choice) > digits:
        return f"it has more keys than the {digits} that are waited for: set `digits`"
    if digits != 1 and isinstance(finish, str) and finish in choice:
        return f"{finish} ends the answer: set another key as `finish`"
    return None


def _walked(written: Json, pointer: str) -> Iterator[tuple[str, str, Json]]:
    """Every step, inner ones too: where what it says is, its verb and what it says."""
    for i, one in enumerate(written if isinstance(written, list) else ()):
        for verb, value in one.items() if isinstance(one, dict) else ():
            place = f"{pointer}/{i}/{verb}"
            yield place, verb, value
            for name, inner in _inner(value if isinstance(value, dict) else {}):
                yield from _walked(inner, f"{place}/{name}")


def _inner(value: dict[str, Json]) -> Iterator[tuple[str, Json]]:
    for name in ("prompt", "otherwise"):
        yield name, value.get(name)
    choices = value.get("choices")
    for choice, inner in choices.items() if isinstance(choices, dict) else ():
        yield f"choices/{choice}", inner


def _step(written: Json, said: Callable[[str], str]) -> Step:
    if written == HANGUP:
        return Hangup()
    if not isinstance(written, dict) or len(written) != 1:
        raise ValueError("a step is one of say, play, pause, gather, transfer and hangup")
    ((verb, value),) = written.items()
    parts: dict[str, Any] = value if isinstance(value, dict) else {_SHORT.get(verb, "_"): value}
    if verb == "say":
        return Say(**{**parts, "text": said(str(parts.get("text", "")))})
    if verb == "play":
        return Play(url=said(str(value)).strip())
    if verb == "pause":
        return Pause.model_validate({"seconds": value})
    if verb == "transfer":
        ways = {"otherwise": steps(parts.get("otherwise", []), said)}
        return Transfer(**{**parts, "to": said(str(parts.get("to", ""))).strip(), **ways})
    if verb == "gather":
        return _gather(parts, said)
    raise ValueError(f"there is no step {verb!r}")


def _gather(parts: dict[str, Any], said: Callable[[str], str]) -> Gather:
    choices = parts.get("choices") or {}
    return Gather(
        **{
            **parts,
            "prompt": steps(parts.get("prompt", []), said),
            "choices": {name: steps(inner, said) for name, inner in choices.items()},
            "otherwise": steps(parts.get("otherwise", []), said),
        }
    )
