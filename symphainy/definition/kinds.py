"""Which keyword makes which kind of task, and where tasks hold tasks."""

from collections.abc import Mapping

from symphainy.definition.call import BUILT_IN_CALLS, CallTask, FunctionCall
from symphainy.definition.model import Model
from symphainy.definition.tasks import (
    DoTask,
    EmitTask,
    ForkTask,
    ForTask,
    ListenTask,
    RaiseTask,
    RunTask,
    SetTask,
    SwitchTask,
    TaskBase,
    TryTask,
    WaitTask,
)
from symphainy.json import Json

__all__ = ["CHILDREN", "KEYWORDS", "Task", "keywords", "model_of"]

Task = (
    CallTask
    | DoTask
    | EmitTask
    | ForTask
    | ForkTask
    | ListenTask
    | RaiseTask
    | RunTask
    | SetTask
    | SwitchTask
    | TryTask
    | WaitTask
)

KEYWORDS: Mapping[str, type[TaskBase]] = {
    "call": FunctionCall,
    "do": DoTask,
    "emit": EmitTask,
    "for": ForTask,
    "fork": ForkTask,
    "listen": ListenTask,
    "raise": RaiseTask,
    "run": RunTask,
    "set": SetTask,
    "switch": SwitchTask,
    "try": TryTask,
    "wait": WaitTask,
}

CHILDREN: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "call": (("with", "subscription", "foreach", "do"),),
    "do": (("do",),),
    "for": (("do",),),
    "fork": (("fork", "branches"),),
    "listen": (("foreach", "do"),),
    "try": (("try",), ("catch", "do")),
}
"""The keys under which a kind of task holds task lists."""


def keywords(raw: Mapping[str, Json]) -> list[str]:
    """The keywords of a task as it was written; the `do` of a `for` is none."""
    found = [key for key in raw if key in KEYWORDS]
    if "for" in found and "do" in found:
        found.remove("do")
    return found


def model_of(keyword: str, raw: Mapping[str, Json]) -> type[Model]:
    """The one model a task of this keyword is held against."""
    if keyword == "call" and isinstance(called := raw["call"], str):
        return BUILT_IN_CALLS.get(called, FunctionCall)
    return KEYWORDS[keyword]
