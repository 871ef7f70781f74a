"""When runs start by themselves."""

from difflib import get_close_matches
from zoneinfo import available_timezones

from symphainy import cron
from symphainy.definition import Duration
from symphainy.plan import Schedule
from workflows.compiler.context import Compilation
from workflows.compiler.events import filters, mode_of

__all__ = ["check_zones", "schedule"]

SHORTEST = 1_000


def schedule(at: Compilation) -> Schedule | None:
    """The schedule of the definition, or None if it has none."""
    written = at.definition.schedule
    if written is None:
        return None
    if written.cron is not None:
        problem = cron.wrong(written.cron)
        if problem is not None:
            at.find("compile.cron", "/schedule/cron", problem)
        return Schedule(cron=written.cron)
    if written.every is not None:
        return Schedule(every=_length(at, written.every, "/schedule/every"))
    if written.after is not None:
        return Schedule(after=_length(at, written.after, "/schedule/after"))
    if written.on is None:
        return None
    return Schedule(
        mode=mode_of(written.on),
        filters=filters(at, written.on, "/schedule/on", frozenset(), "trigger"),
        read=written.read or "data",
    )


def check_zones(at: Compilation) -> None:
    """Find intents with a time zone that there is not, or that no schedule looks at."""
    written = at.definition.schedule
    for name, intent in at.definition.intents.items():
        if intent.zone is None:
            continue
        pointer = f"/intents/{name}/zone"
        if intent.zone not in available_timezones():
            close = get_close_matches(intent.zone, available_timezones(), n=1)
            hint = f"; did you mean `{close[0]}`?" if close else ""
            at.find("compile.zone", pointer, f"{intent.zone!r} is no IANA time zone{hint}")
        if written is None or written.cron is None or not intent.starts:
            at.find("compile.zone-idle", pointer, f"nothing looks at the zone of `{name}`")


def _length(at: Compilation, written: Duration, pointer: str) -> int:
    if written.milliseconds is None:
        at.find("compile.schedule", pointer, "a schedule is made before any run: write how long")
    elif written.milliseconds < SHORTEST:
        at.find("compile.schedule", pointer, "at least a second lies between two starts")
    return max(written.milliseconds or SHORTEST, SHORTEST)
