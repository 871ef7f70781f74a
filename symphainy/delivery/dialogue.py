"""How a call goes on: what an answer leads to, and what follows a step of the script."""

import re
from dataclasses import dataclass
from typing import Literal

from symphainy.delivery.messages import VoiceCall
from symphainy.delivery.script import Gather, Step, Transfer

__all__ = ["Spot", "after", "choice", "led", "opening", "otherwise", "spot"]

_MARKS = re.compile(r"[^\w\s]|_")


@dataclass(frozen=True, slots=True)
class Spot:
    """A step, and where it is in its call: `/script/2/choices/1/0`."""

    path: str
    step: Step


@dataclass(frozen=True, slots=True)
class _Frame:
    prefix: str
    steps: tuple[Step, ...]
    index: int


def opening(message: VoiceCall, part: Literal["script", "message"] = "script") -> tuple[Spot, ...]:
    """What is done when somebody answers, or a machine."""
    return _listed(f"/{part}", getattr(message, part))


def spot(message: VoiceCall, path: str) -> Spot | None:
    """The step of that path, if the call has it."""
    frames = _walked(message, path)
    return Spot(path, frames[-1].steps[frames[-1].index]) if frames else None


def after(message: VoiceCall, path: str) -> tuple[Spot, ...]:
    """What follows the step of that path, once its own ways are done."""
    return tuple(
        one
        for frame in reversed(_walked(message, path))
        for one in _listed(frame.prefix, frame.steps)[frame.index + 1 :]
    )


def led(message: VoiceCall, path: str, said: str | None) -> tuple[Spot, ...] | None:
    """What is done after `said`, keys or words, was the answer to the question of that path; None
    where it is no answer."""
    found = spot(message, path)
    if found is None or not isinstance(found.step, Gather) or not said:
        return None
    if not found.step.choices:
        return after(message, path)
    name = choice(found.step, said)
    if name is None:
        return None
    way = _listed(f"{path}/choices/{name}", found.step.choices[name])
    return way + after(message, path)


def otherwise(message: VoiceCall, path: str) -> tuple[Spot, ...]:
    """What is done when a question got no answer, or nobody took a transfer."""
    found = spot(message, path)
    steps = found.step.otherwise if found and isinstance(found.step, Gather | Transfer) else ()
    return _listed(f"{path}/otherwise", steps) + after(message, path)


def choice(question: Gather, said: str) -> str | None:
    """Which of the choices `said` is, whatever marks and capitals it is written with."""
    if said in question.choices:
        return said
    plain = _plain(said)
    # What is all marks, such as the key `*`, is nothing once they are left out.
    return next((one for one in question.choices if plain and _plain(one) == plain), None)


def _plain(words: str) -> str:
    return " ".join(_MARKS.sub(" ", words).casefold().split())


def _walked(message: VoiceCall, path: str) -> list[_Frame]:
    """The steps that lead to that path, the last of them being it; empty if it is none."""
    root, *rest = path.removeprefix("/").split("/")
    steps = {"script": message.script, "message": message.message}.get(root, ())
    prefix, frames = f"/{root}", list[_Frame]()
    while rest and re.fullmatch(r"[0-9]{1,4}", rest[0]) and int(rest[0]) < len(steps):
        frames.append(_Frame(prefix, steps, int(rest[0])))
        if len(rest) == 1:
            return frames
        way = "/".join(rest[1:3] if rest[1] == "choices" else rest[1:2])
        steps = _ways(steps[int(rest[0])]).get(way, ())
        prefix, rest = f"{prefix}/{rest[0]}/{way}", rest[2 + way.count("/") :]
    return []


def _ways(step: Step) -> dict[str, tuple[Step, ...]]:
    if isinstance(step, Gather):
        choices = {f"choices/{name}": steps for name, steps in step.choices.items()}
        return {**choices, "otherwise": step.otherwise}
    return {"otherwise": step.otherwise} if isinstance(step, Transfer) else {}


def _listed(prefix: str, steps: tuple[Step, ...]) -> tuple[Spot, ...]:
    return tuple(Spot(f"{prefix}/{index}", one) for index, one in enumerate(steps))
