"""Whether runs of one version may go on by another, and what their tasks are called there."""

from collections.abc import Iterator, Mapping

from symphainy.plan.node import Node
from symphainy.plan.plan import Plan
from symphainy.plan.tasks import Fork, Task, inside

__all__ = ["Objection", "covers", "objections", "renamed", "renames"]


class Objection(Node):
    """Why runs of the version before cannot go on by the new one."""

    pointer: str
    """Into the version before."""
    message: str


def covers(declared: tuple[str, ...], version: str) -> bool:
    """Whether `version` is one of those declared: by its number, `1.2.*`, `1.*` or `*`."""
    plain = version.partition("+")[0]
    return any(
        one in (version, plain, "*") or (one.endswith(".*") and plain.startswith(one[:-1]))
        for one in declared
    )


def objections(old: Plan, new: Plan) -> tuple[Objection, ...]:
    """What keeps runs of `old` from going on by `new` at any boundary between two tasks; nothing
    if every task of `old` is in `new` at the same place, of the same kind and in the same order.

    What tasks do may differ, and there may be more of them.
    """
    found = []
    if old.solution != new.solution:
        found.append(Objection(pointer="/document", message="it is another solution"))
    if old.extensions != new.extensions:
        message = "extensions differ, and a run may be inside of one"
        found.append(Objection(pointer="/use/extensions", message=message))
    return (*found, *_lists(old.tasks, new.tasks, "/do"))


def renames(old: Plan, new: Plan) -> dict[str, str]:
    """What the references of `old` are in `new`."""
    return dict(_renames(old.tasks, new.tasks))


def renamed(key: str, refs: Mapping[str, str]) -> str:
    """`key`, which begins with a reference, with what that has become."""
    head, tail = key, ""
    while head and head not in refs:
        head, _, last = head.rpartition("/")
        tail = f"/{last}{tail}"
    return f"{refs.get(head, head)}{tail}"


def _lists(old: tuple[Task, ...], new: tuple[Task, ...], pointer: str) -> Iterator[Objection]:
    there = {task.name: task for task in new}
    common = [task for task in old if task.name in there]
    for task in old:
        if task.name not in there:
            yield Objection(pointer=task.ref, message=f"`{task.name}` is gone")
    names = [task.name for task in common]
    if names != [task.name for task in new if task.name in names]:
        yield Objection(pointer=pointer, message="tasks are in another order")
    for task in common:
        yield from _tasks(task, there[task.name])


def _tasks(old: Task, new: Task) -> Iterator[Objection]:
    if old.kind != new.kind:
        message = f"`{old.name}` was {old.kind} and is {new.kind}"
        yield Objection(pointer=old.ref, message=message)
        return
    if old.extended != new.extended:
        message = f"other extensions are woven around `{old.name}`"
        yield Objection(pointer=old.ref, message=message)
    if isinstance(old, Fork) and _names(old) != _names(new):
        yield Objection(pointer=old.ref, message=f"`{old.name}` has other branches")
        return
    before, after = list(inside(old)), list(inside(new))
    if len(before) != len(after):
        yield Objection(pointer=old.ref, message=f"`{old.name}` is built in another way")
        return
    for some, others in zip(before, after, strict=True):
        yield from _lists(some, others, old.ref)


def _names(fork: Task) -> list[str]:
    return [one.name for one in fork.branches] if isinstance(fork, Fork) else []


def _renames(old: tuple[Task, ...], new: tuple[Task, ...]) -> Iterator[tuple[str, str]]:
    there = {task.name: task for task in new}
    for task in old:
        other = there.get(task.name)
        if other is None:
            continue
        yield task.ref, other.ref
        for some, others in zip(inside(task), inside(other), strict=False):
            yield from _renames(some, others)
