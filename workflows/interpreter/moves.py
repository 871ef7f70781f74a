"""Where the position of a run in one version is in another."""

from collections.abc import Mapping
from typing import Any

from symphainy.plan import Do, For, Fork, Task, Try
from workflows.interpreter.flow import Frame

__all__ = ["Elsewhere", "moved"]


class Elsewhere(Exception):
    """The run is in the middle of a task that the other version does otherwise."""


def moved(frame: Frame, old: tuple[Task, ...], new: tuple[Task, ...]) -> dict[str, Any]:
    """The position `frame` within the tasks of `old`, as one within those of `new`.

    Every task of `old` has to be in `new`, as `symphainy.plan.migration` sees to. Raises Elsewhere.
    """
    task, inner = old[frame["i"]], frame["inner"]
    places = {one.name: i for i, one in enumerate(new)}
    at = places[task.name]
    if inner is None and not frame.get("jumped"):
        # What was put in between is yet to come, unless `then` led past it.
        at = places[old[frame["i"] - 1].name] + 1 if frame["i"] else 0
    return {**frame, "i": at, "inner": inner and _step(inner, task, new[at])}


def _step(frame: Frame, old: Task, new: Task) -> Mapping[str, Any]:
    """The position inside of a task that was begun."""
    # What is under way goes by the key in its frame, so that a new place alone changes nothing.
    if frame["inner"] is None or old.model_copy(update={"ref": new.ref}) == new:
        return frame
    if old.extended:
        raise Elsewhere
    return {**frame, "inner": _inside(frame["inner"], old, new)}


def _inside(frame: Frame, old: Task, new: Task) -> Mapping[str, Any]:
    if isinstance(old, Do) and isinstance(new, Do):
        return moved(frame, old.tasks, new.tasks)
    if isinstance(old, For) and isinstance(new, For):
        return _further(frame, old.tasks, new.tasks)
    if isinstance(old, Try) and isinstance(new, Try):
        if frame["trial"]["error"] is None:
            return _further(frame, old.tasks, new.tasks)
        return _further(frame, old.catch.tasks, new.catch.tasks)
    if isinstance(old, Fork) and isinstance(new, Fork):
        sides = zip(frame["branches"], old.branches, new.branches, strict=True)
        return {**frame, "branches": [_branch(at, one, other) for at, one, other in sides]}
    raise Elsewhere


def _branch(at: Frame, old: Task, new: Task) -> Mapping[str, Any]:
    inner = at.get("inner")
    return {**at, "inner": _step(inner, old, new)} if inner else at


def _further(frame: Frame, old: tuple[Task, ...], new: tuple[Task, ...]) -> Mapping[str, Any]:
    inner = frame["inner"]
    return {**frame, "inner": inner and moved(inner, old, new)}
