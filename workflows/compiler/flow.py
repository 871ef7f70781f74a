"""Where the flow of a list of tasks goes, and what it never reaches."""

from collections.abc import Iterator

from symphainy.definition import CallTask, ForkTask, SwitchTask, TaskItem, WaitTask
from workflows.compiler.context import Compilation, nearest

__all__ = ["check_flow"]

DIRECTIVES = frozenset({"continue", "exit", "end"})


def check_flow(at: Compilation, items: tuple[TaskItem, ...]) -> None:
    """Find targets that are not in the list, tasks nothing leads to, and loops without end."""
    index = {item.name: i for i, item in enumerate(items)}
    for item in items:
        for target, pointer in _targets(item):
            if target not in DIRECTIVES and target not in index:
                hint = nearest(target, index)
                message = f"`then` leads to {target!r}, which is no task of the same list; {hint}"
                at.find("compile.then-unknown", pointer, message)
    leads = [tuple(_successors(items, i, index)) for i in range(len(items))]
    reached = _reach(leads)
    for i, item in enumerate(items):
        if i not in reached:
            at.find("compile.unreachable", item.pointer, f"nothing leads to `{item.name}`")
    _check_loops(at, items, leads)


def _targets(item: TaskItem) -> Iterator[tuple[str, str]]:
    if item.task.then is not None:
        yield item.task.then, f"{item.pointer}/then"
    if isinstance(item.task, SwitchTask):
        for i, (name, case) in enumerate(item.task.cases):
            yield case.then, f"{item.pointer}/switch/{i}/{name}/then"


def _successors(items: tuple[TaskItem, ...], i: int, index: dict[str, int]) -> Iterator[int]:
    """The tasks that may come right after the task `i`; one past the last is the list's end."""
    item = items[i]
    own = item.task.then or "continue"
    targets = [own]
    if isinstance(item.task, SwitchTask):
        cases = item.task.cases
        chosen = [case.then for _, case in cases]
        total = any(case.when is None for _, case in cases)
        targets = [own if one == "continue" else one for one in chosen]
        targets += [] if total else [own]
    if item.task.if_ is not None:
        # A task whose `if` does not hold is passed over.
        targets.append("continue")
    for target in targets:
        if target == "continue":
            yield i + 1
        elif target in index:
            yield index[target]


def _reach(leads: list[tuple[int, ...]]) -> set[int]:
    reached: set[int] = set()
    open_ = [0]
    while open_:
        i = open_.pop()
        if i in reached or i >= len(leads):
            continue
        reached.add(i)
        open_.extend(leads[i])
    return reached


def _check_loops(
    at: Compilation, items: tuple[TaskItem, ...], leads: list[tuple[int, ...]]
) -> None:
    """Warn where the flow goes back without ever waiting or calling on the way."""
    for i, item in enumerate(items):
        for target in leads[i]:
            if target <= i and not any(_pauses(one) for one in items[target : i + 1]):
                message = (
                    f"`{item.name}` leads back to `{items[target].name}` and nothing between "
                    "them waits or calls: the run may spin"
                )
                at.find("compile.loop-without-wait", item.pointer, message)


def _pauses(item: TaskItem) -> bool:
    if isinstance(item.task, WaitTask | CallTask):
        return True
    nested = [getattr(item.task, name, None) for name in ("do", "try_")]
    if isinstance(item.task, ForkTask):
        nested = [item.task.fork.branches]
    return any(_pauses(one) for tasks in nested if tasks for one in tasks)
