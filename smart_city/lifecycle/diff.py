"""What two versions of a solution differ in, in words of the business and not of the text."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

from symphainy.json import Json
from symphainy.plan import Call, Emit, Http, Plan, Remote, Run, Task
from symphainy.plan.node import SecretPart

__all__ = ["Change", "Side", "diff"]

Side = Literal["step", "destination", "policy", "permission", "intent", "solution"]
"""step: what is done. destination: whom or what it reaches. permission: what it may use."""

HELD = frozenset({"tasks", "branches", "ref", "defined", "name"})
"""Of a task: other tasks, which are steps of their own, and where it stands."""
WHOLE = ("title", "input", "output", "timeout", "schedule", "lifecycle", "extensions")
PARTS = frozenset({"catch", "each"})


class Change(BaseModel):
    """One difference."""

    model_config = ConfigDict(frozen=True)

    what: Side
    how: Literal["added", "removed", "changed", "moved"]
    name: str
    before: Json = Field(None, description="Of what changed, only the members that differ.")
    after: Json = None


def diff(before: Plan, after: Plan) -> tuple[Change, ...]:
    """Everything that `after` does in another way than `before`; none if they do the same."""
    return (
        *_steps(before, after),
        *_between("destination", _destinations(before), _destinations(after)),
        *_between("policy", before.policies, after.policies),
        *_between("permission", _permissions(before), _permissions(after)),
        *_between("intent", _dumped(before.intents), _dumped(after.intents)),
        *_between("solution", _whole(before), _whole(after)),
    )


def _steps(before: Plan, after: Plan) -> Iterable[Change]:
    old, new = _named(before), _named(after)
    yield from _between("step", old, new)
    left = [name for name in old if name in new]
    right = [name for name in new if name in old]
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    stayed = {right[at] for block in matcher.get_matching_blocks() for at in _range(block)}
    for name in right:
        if name not in stayed:
            yield Change(what="step", how="moved", name=name)


def _range(block: Any) -> range:
    return range(block.b, block.b + block.size)


def _named(plan: Plan) -> dict[str, Json]:
    """Each step by the path of its names; places in lists are left out, as every insertion moves
    those behind it."""
    found: dict[str, Json] = {}
    for task in plan.walk():
        path = "/".join(part for part in task.ref.split("/") if part and not part.isdecimal())
        name, n = path, 1
        while name in found:
            n += 1
            name = f"{path}#{n}"
        found[name] = _shown(task)
    return found


def _shown(task: Task) -> dict[str, Json]:
    dumped: dict[str, Any] = task.model_dump(mode="json", by_alias=True, exclude_unset=True)
    shown = {name: one for name, one in dumped.items() if name not in HELD}
    for part in PARTS & shown.keys():
        if isinstance(shown[part], dict):
            shown[part] = {name: one for name, one in shown[part].items() if name not in HELD}
    return shown


def _destinations(plan: Plan) -> dict[str, Json]:
    found: dict[str, Json] = {f"experience {name}": one for name, one in _experiences(plan)}
    for task in plan.walk():
        place = _reached(task)
        if place is not None:
            found[place] = {}
    return found


def _experiences(plan: Plan) -> Iterable[tuple[str, Json]]:
    for name, one in plan.experiences.items():
        yield name, one.model_dump(mode="json", by_alias=True, exclude_unset=True)


def _reached(task: Task) -> str | None:
    if isinstance(task, Http):
        parts = urlsplit(task.uri) if "://" in task.uri else None
        literal = parts is not None and "{" not in parts.netloc and "$" not in parts.netloc
        return f"host {parts.netloc}" if parts and literal else f"computed host of {task.name}"
    if isinstance(task, Remote):
        return f"{task.activity} of {task.name}"
    if isinstance(task, Run):
        return f"solution {task.solution}"
    if isinstance(task, Emit):
        return f"event {task.event.get('type', 'of a computed type')}"
    return None


def _permissions(plan: Plan) -> dict[str, Json]:
    found: dict[str, Json] = {f"capability {a}": v for a, v in plan.capabilities.items()}
    for task in plan.walk():
        if isinstance(task, Call | Http | Remote):
            for secret in _secrets(task):
                found[f"secret {secret}"] = {}
        effect = getattr(task, "effect", None)
        if effect not in (None, "none", "read"):
            found[f"effect {effect}"] = {}
    return found


def _secrets(task: Call | Http | Remote) -> Iterable[str]:
    for parts in task.secrets.values():
        yield from (one.secret for one in parts if isinstance(one, SecretPart))
    if isinstance(task, Http | Remote) and isinstance(task.authentication, str):
        yield task.authentication


def _whole(plan: Plan) -> dict[str, Json]:
    dumped = plan.dump()
    return {name: dumped[name] for name in WHOLE if name in dumped}


def _dumped(parts: Mapping[str, Any]) -> dict[str, Json]:
    return {
        name: one.model_dump(mode="json", by_alias=True, exclude_unset=True)
        for name, one in parts.items()
    }


def _between(what: Side, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[Change]:
    for name in old:
        if name not in new:
            yield Change(what=what, how="removed", name=name, before=old[name])
    for name, one in new.items():
        if name not in old:
            yield Change(what=what, how="added", name=name, after=one)
        elif one != old[name]:
            was, is_ = _apart(old[name], one)
            yield Change(what=what, how="changed", name=name, before=was, after=is_)


def _apart(old: Json, new: Json) -> tuple[Json, Json]:
    """Both without what they share, one level deep."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return old, new
    names: Sequence[str] = [one for one in {**old, **new} if old.get(one) != new.get(one)]
    return (
        {one: old[one] for one in names if one in old},
        {one: new[one] for one in names if one in new},
    )
