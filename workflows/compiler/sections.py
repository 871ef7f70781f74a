"""The sections a solution adds: experiences, policies, intents."""

from collections.abc import Iterable
from typing import Any

from smart_city.layers import problems
from symphainy.catalog import AdapterSpec
from symphainy.classified import classes
from symphainy.definition import Experience as ExperienceDefinition
from symphainy.definition import Intent as IntentDefinition
from symphainy.json import Json
from symphainy.plan import Call, Experience, Intent, Shape, Task
from symphainy.schema import mismatches
from workflows.compiler.care import care
from workflows.compiler.context import Compilation, nearest, plain
from workflows.compiler.tasks import schema
from workflows.compiler.templates import check_reader, templates

__all__ = ["experiences", "intents", "policies"]


def experiences(at: Compilation) -> dict[str, Experience]:
    """Each experience bound to its adapter."""
    bound = {}
    for name, written in at.definition.experiences.items():
        one = _experience(at, name, written, f"/experiences/{name}")
        _check_fallback(at, name, written)
        check_reader(at, written.locale, written.zone, f"/experiences/{name}")
        if one is not None:
            bound[name] = one
    return bound


def _check_fallback(at: Compilation, name: str, written: ExperienceDefinition) -> None:
    known = at.definition.experiences
    for i, other in enumerate(written.fallback):
        pointer = f"/experiences/{name}/fallback/{i}"
        if other not in known:
            message = f"there is no experience {other!r}; {nearest(other, known)}"
            at.find("compile.fallback", pointer, message)
        elif other == name or other in written.fallback[:i]:
            at.find("compile.fallback", pointer, f"{other!r} would be tried before already")


def _experience(
    at: Compilation, name: str, written: ExperienceDefinition, pointer: str
) -> Experience | None:
    spec = _adapter(at, name, written, pointer)
    if spec is None:
        return None
    settings = plain(written.settings)
    for wrong in mismatches(spec.settings, settings):
        at.find("compile.settings", f"{pointer}/settings{wrong.pointer}", wrong.message)
    given: dict[str, Any] = {
        "channel": spec.channel,
        "adapter": spec.name,
        "queue": spec.queue,
        "sender": written.from_,
        "purpose": written.purpose,
        "topic": written.topic,
        "locale": written.locale,
        "zone": written.zone,
        "promise": "at least once" if written.on_unknown == "resend" else spec.promise,
        "finds": spec.finds,
        "reconcile_seconds": spec.reconcile_seconds,
        "fallback": tuple(written.fallback),
        "region": written.region or spec.region,
        "cost": written.cost or spec.cost,
        "settings": settings,
        **care(at, written, pointer),
        "templates": templates(at, written, pointer),
    }
    if written.on_unknown not in (None, "hold"):
        given["on_unknown"] = written.on_unknown
    return Experience(**{key: value for key, value in given.items() if value not in (None, {}, ())})


def _adapter(
    at: Compilation, name: str, written: ExperienceDefinition, pointer: str
) -> AdapterSpec | None:
    channels = at.catalog.channels(written.adapter)
    if not channels:
        known = {one.name for one in at.catalog.adapters}
        message = f"no worker has an adapter {written.adapter!r}; {nearest(written.adapter, known)}"
        at.find("compile.unknown-adapter", f"{pointer}/adapter", message)
        return None
    channel = written.channel or (channels[0] if len(channels) == 1 else None)
    if channel is None:
        serves = ", ".join(channels)
        message = f"`{name}` has to say its `channel`: {written.adapter} serves {serves}"
        at.find("compile.channel", pointer, message)
        return None
    spec = at.catalog.adapter(channel, written.adapter)
    if spec is None:
        message = f"{written.adapter} does not serve {channel}; it serves {', '.join(channels)}"
        at.find("compile.channel", f"{pointer}/adapter", message)
    return spec


def policies(at: Compilation) -> dict[str, dict[str, Json]]:
    """The solution's own policies; all kinds can only restrict."""
    written: dict[str, dict[str, Json]] = plain(at.definition.policies)
    for wrong in problems("solution", written):
        at.find(wrong.code, f"/policies{wrong.place}", wrong.message, wrong.fix)
    for name, one in written.items():
        when = one.get("when")
        if isinstance(when, str):
            one["when"] = at.expression(when, f"/policies/{name}/when", bare=True)
    return written


def check_policies(at: Compilation, tasks: list[Task], known: dict[str, tuple[str, ...]]) -> None:
    """Find policies that name tasks, channels or classes of data which this solution does not
    have."""
    calls = [one for one in tasks if isinstance(one, Call)]
    declared = [some for one in calls for some in (one.classes, one.gives)]
    said = {one for some in (known, *declared) for found in some.values() for one in found}
    names = {task.name for task in tasks}
    channels = {one.channel for one in at.experiences.values()}
    for name, policy in at.definition.policies.items():
        for i, before in enumerate(_texts(policy.get("before"))):
            if before not in names:
                message = f"there is no task {before!r}; {nearest(before, names)}"
                at.find("compile.policy-task", f"/policies/{name}/before/{i}", message)
        for i, one in enumerate(_texts(policy.get("classes"))):
            if one not in said:
                message = f"no schema says `x-data-class: {one}`; {nearest(one, said)}"
                at.find("compile.policy-class", f"/policies/{name}/classes/{i}", message)
        if policy.get("kind") == "budget" and "amount" not in policy and not _priced(at, tasks):
            message = f"`{name}` counts nothing: no capability or experience declares a `cost`"
            at.find("compile.policy-idle", f"/policies/{name}", message)
        wanted = _texts(policy.get("channels"))
        if wanted and not channels.intersection(wanted):
            message = f"`{name}` never applies: no experience uses {', '.join(wanted)}"
            at.find("compile.policy-idle", f"/policies/{name}/channels", message)


def _priced(at: Compilation, tasks: list[Task]) -> bool:
    if any(one.cost for one in at.experiences.values()):
        return True
    return any(isinstance(one, Call) and one.cost for one in tasks)


def data_classes(input: Shape | None, intents: Iterable[Intent]) -> dict[str, tuple[str, ...]]:
    """The classes of data that the schemas of what a run is started with say, by pointer."""
    found: dict[str, tuple[str, ...]] = {}
    schemas = [input.schema_ if input is not None else None, *(one.input for one in intents)]
    for one in schemas:
        for at, some in classes(one).items():
            found[at] = tuple(sorted({*found.get(at, ()), *some}))
    return found


def _texts(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list | tuple) else []


def intents(at: Compilation) -> dict[str, Intent]:
    """The wishes that this solution understands."""
    return {
        name: one
        for name, written in at.definition.intents.items()
        if (one := _intent(at, written, f"/intents/{name}")) is not None
    }


def _intent(at: Compilation, written: IntentDefinition, pointer: str) -> Intent | None:
    given: dict[str, Any] = {}
    if written.event is not None:
        given["event"] = written.event
    if written.correlate is not None:
        given["correlate"] = at.expression(
            written.correlate, f"{pointer}/correlate", place="trigger"
        )
    if not written.starts:
        given["starts"] = False
        if written.event is None or written.correlate is None:
            message = (
                "an intent that starts nothing is told to a run: it needs `event`, the type of "
                "event that the run listens for, and `correlate`, which gives the run's key"
            )
            at.find("compile.intent", pointer, message)
    if written.key is not None:
        given["key"] = at.expression(written.key, f"{pointer}/key", bare=True)
    if written.customer is not None:
        given["customer"] = at.expression(written.customer, f"{pointer}/customer", bare=True)
    if written.zone is not None:
        given["zone"] = written.zone
    if written.input is not None:
        given["input"] = schema(at, written.input, f"{pointer}/input")
    return Intent(**given)
