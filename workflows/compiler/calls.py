"""Calls: which capability, experience or protocol a name stands for, and whether it fits."""

import re
from typing import Any

from symphainy import expr
from symphainy.catalog import CapabilitySpec
from symphainy.classified import classes
from symphainy.definition import CallTask, FunctionCall, TaskItem
from symphainy.delivery.takes import TAKES
from symphainy.json import Json
from symphainy.plan import Call, Experience, Task
from workflows.compiler.arguments import check_arguments, check_message
from workflows.compiler.catalogs import named
from workflows.compiler.context import Compilation, nearest, plain
from workflows.compiler.functions import function
from workflows.compiler.protocols import PROTOCOLS
from workflows.compiler.scripts import check_script
from workflows.compiler.secrets import secured
from workflows.compiler.templates import check_filling
from workflows.compiler.updates import check_update

__all__ = ["call"]

PLATFORM = "platform"
PEOPLE = frozenset({"email", "sms", "voice", "chat"})
"""Channels that reach people; policies on messages are about these."""
ADDRESS = re.compile(
    r"(?P<name>[a-z][a-z0-9-]*\.[a-z][a-z0-9_-]*)(?::(?P<version>[0-9]+(?:\.[0-9]+){0,2}))?"
    r"(?:@(?P<catalog>[A-Za-z0-9-]+))?"
)


def call(
    at: Compilation, item: TaskItem, given: dict[str, Any], variables: frozenset[str]
) -> Task | None:
    """The call as the plan has it, or None with findings that say why not."""
    task = item.task
    assert isinstance(task, CallTask)  # noqa: S101 - dispatched by type
    if not isinstance(task, FunctionCall):
        return PROTOCOLS[task.call](at, item, task, given, variables)
    if task.call in at.definition.use.functions or named(at, task.call):
        return function(at, item, task, given, variables)
    written, pointer = plain(task.with_), f"{item.pointer}/with"
    if task.call in at.definition.experiences:
        arguments = at.value(written, pointer, variables)
        return _experience(at, item, task.call, written, arguments, given)
    return _capability(at, item, task.call, written, given, variables)


def _experience(
    at: Compilation,
    item: TaskItem,
    name: str,
    written: Json,
    arguments: Json,
    given: dict[str, Any],
) -> Task | None:
    bound = at.experiences.get(name)
    if bound is None:
        return None
    pointer = f"{item.pointer}/with"
    wanted = arguments if isinstance(arguments, dict) else {}
    _check_said(at, name, bound, written, pointer)
    if bound.channel == "crm":
        check_update(at, name, written, pointer)
    template = wanted.get("template")
    literal = isinstance(template, str) and not expr.is_runtime_expression(template)
    for way in (name, *bound.fallback):
        templates = at.experiences[way].templates if way in at.experiences else None
        if literal and templates is not None and template not in templates:
            hint = nearest(str(template), templates)
            which = f"`experiences.{way}.templates`"
            which += "" if way == name else f", a fallback of `{name}`,"
            message = f"{which} has no {template!r}; {hint}"
            at.find("compile.unknown-template", f"{pointer}/template", message)
        elif literal and templates:
            check_filling(at, str(template), templates[str(template)], written, pointer)
    return Call(
        **given,
        activity=f"experience.{bound.channel}",
        queue=bound.queue,
        effect="message" if bound.channel in PEOPLE else "write",
        timeout_seconds=60.0,
        experience=name,
        arguments=arguments,
    )


def _check_said(at: Compilation, name: str, bound: Experience, written: Json, pointer: str) -> None:
    """Hold what the step says against each channel that it may go by."""
    found = len(at.findings)
    check_message(at, name, TAKES[bound.channel], written, pointer)
    ways = [one for one in (name, *bound.fallback) if one in at.experiences]
    others = {at.experiences[one].channel: one for one in reversed(ways)}
    for channel, way in others.items():
        if channel != bound.channel and len(at.findings) == found:
            check_message(at, way, TAKES[channel], written, pointer)
    if "voice" in others:
        check_script(at, name, written, pointer)


def _callable(at: Compilation) -> set[str]:
    """Everything that a call can name."""
    functions = {*at.definition.experiences, *at.definition.use.functions}
    return {*functions, *PROTOCOLS, *(one.name for one in at.catalog.capabilities)}


def _capability(
    at: Compilation,
    item: TaskItem,
    name: str,
    written: Json,
    given: dict[str, Any],
    variables: frozenset[str],
) -> Task | None:
    pointer = f"{item.pointer}/call"
    match = ADDRESS.fullmatch(name)
    if match is None or match["catalog"] not in (None, "default"):
        at.find(
            "compile.unknown-function",
            pointer,
            f"{name!r} is nothing one can call; {nearest(name, _callable(at))}",
        )
        return None
    major = int(match["version"].partition(".")[0]) if match["version"] else None
    spec = at.catalog.capability(match["name"], major)
    if spec is None:
        hint = nearest(match["name"], _callable(at))
        at.find("compile.unknown-function", pointer, f"no worker offers {name!r}; {hint}")
        return None
    check_arguments(at, spec, written, f"{item.pointer}/with")
    taken = secured(at, written, f"{item.pointer}/with", variables, "/with")
    at.capabilities[spec.address] = spec.version
    return Call(
        **given,
        activity=spec.address,
        queue=spec.queue,
        effect=spec.effect,
        timeout_seconds=spec.timeout_seconds,
        arguments=taken.value,
        **_declared(spec),
        **({"local": True} if _local(spec) else {}),
        **({"secrets": taken.secrets} if taken.secrets else {}),
    )


def _declared(spec: CapabilitySpec) -> dict[str, Any]:
    """What policies may want to know of it."""
    carries = {"classes": classes(spec.takes), "gives": classes(spec.gives)}
    said = {"region": spec.region, "cost": spec.cost, **carries}
    return {name: one for name, one in said.items() if one}


def _local(spec: CapabilitySpec) -> bool:
    """Whether the worker that interprets can do it itself: it serves its own queue only."""
    return spec.short and spec.effect == "none" and spec.queue == PLATFORM
