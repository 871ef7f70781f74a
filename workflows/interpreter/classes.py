"""Which classes of data a run has come by, and which of them are in what a step is called with."""

from typing import Protocol

from symphainy.classified import carried, values
from symphainy.json import Json
from symphainy.plan import Call, Http, Plan, Remote

__all__ = ["Classified", "Values", "dumped", "found_in", "learned", "loaded"]

MOST = 2_000
"""Values that a run remembers of what capabilities gave; of more, the first."""

Values = dict[str | float, tuple[str, ...]]


class Classified(Protocol):
    """What knowing classes of data needs of the run."""

    plan: Plan
    input: Json
    classified: Values | None
    """The values of the run's input that have a class of data, once they were looked for."""
    learned: Values
    """Those of what capabilities gave."""


def found_in(
    run: Classified, task: Call | Http | Remote, arguments: Json, addressed: bool
) -> dict[str, tuple[str, ...]]:
    """The classes of data in what a step is called with; where a message goes is none of it."""
    known = run.plan.classes
    said = task.classes if isinstance(task, Call) else {}
    if not known and not said and not run.learned:
        return {}
    if run.classified is None:
        run.classified = values(known, run.input)
    found = carried(arguments, _joined(run.classified, run.learned), said)
    if not addressed:
        return found
    return {at: some for at, some in found.items() if not at.startswith(("/to#", "/to/"))}


def learned(run: Classified, task: Call, given: Json) -> None:
    """Remember what the capability gave that has a class, as its schema says."""
    if task.gives:
        run.learned = _joined(run.learned, values(task.gives, given))


def dumped(run: Classified) -> dict[str, Json]:
    """What the next history has to know, as a part of what it begins with."""
    if not run.learned:
        return {}
    return {"learned": [[value, [*some]] for value, some in run.learned.items()]}


def loaded(state: dict[str, Json]) -> Values:
    """What `dumped` gave in the history before."""
    found: Values = {}
    said = state.get("learned")
    for one in said if isinstance(said, list) else []:
        match one:
            case [str() | int() | float() as value, list() as some]:
                found[value] = tuple(str(name) for name in some)
    return found


def _joined(some: Values, more: Values) -> Values:
    if not some or not more:
        return some or more
    found = dict(some)
    for value, names in more.items():
        if value in found:
            found[value] = tuple(sorted({*found[value], *names}))
        elif len(found) < MOST:
            found[value] = names
    return found
