"""Where the flow of tasks goes, what it never reaches, and where it turns in circles."""

from collections import ChainMap
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from symphainy.definition import (
    CallTask,
    ForkTask,
    ListenTask,
    RaiseTask,
    RunTask,
    SwitchTask,
    TaskItem,
    TryTask,
    WaitTask,
)
from workflows.compiler.circles import circles, leading_to
from workflows.compiler.context import Compilation, nearest
from workflows.compiler.nesting import inside, roots, walk

__all__ = ["check_flow"]

Items = tuple[TaskItem, ...]
DIRECTIVES = frozenset({"continue", "exit", "end"})


class Passage(NamedTuple):
    """Whether the flow can come out of something, and whether without pausing inside."""

    comes_out: bool
    dry: bool


class Edge(NamedTuple):
    """A way from a task to the one at `to`; past the last one is the end of the list."""

    to: int
    dry: bool


END = -1
"""Where an edge leads that ends the run."""


def check_flow(at: Compilation) -> None:
    """Find targets that are not in the list, tasks nothing leads to, and loops without end."""
    flow = _Flow(at)
    for one in roots(at.definition):
        flow.check(one.items, bounded=at.definition.timeout is not None)


class _Flow:
    """One document's flow; what is known of a list is worked out once."""

    def __init__(self, at: Compilation) -> None:
        self.at = at
        self.known: dict[str, Passage] = {}
        """By the pointer of a list's first task."""
        self.ending: dict[str, set[int]] = {}

    def check(self, items: Items, *, bounded: bool) -> None:
        """`bounded`: whether something outside ends what would go on for ever."""
        index = {item.name: i for i, item in enumerate(items)}
        for i, item in enumerate(items):
            self._check_targets(item, index)
            if index[item.name] != i:
                message = f"another task of this list is called `{item.name}` too"
                self.at.find("compile.duplicate-name", item.pointer, message)
        edges = self.edges(items)
        reached = _reach(edges, 0)
        for i, item in enumerate(items):
            if i not in reached and (i == 0 or i - 1 in reached):
                why = _why(items, i) + _beyond(reached, i, len(items))
                message = f"nothing leads to `{item.name}`{why}"
                self.at.find("compile.unreachable", item.pointer, message)
        self._check_loops(items, edges, reached, bounded=bounded)
        for item in items:
            self._check_inside(item, bounded=bounded or item.task.timeout is not None)

    def _check_inside(self, item: TaskItem, *, bounded: bool) -> None:
        for role, items in inside(item):
            if role != "branches":
                self.check(items, bounded=bounded)
                continue
            compete = isinstance(item.task, ForkTask) and item.task.fork.compete
            for branch in items:
                ended = bounded or compete or branch.task.timeout is not None
                self._check_inside(branch, bounded=ended)

    def _check_targets(self, item: TaskItem, index: dict[str, int]) -> None:
        for target, pointer in _targets(item):
            if target not in DIRECTIVES and target not in index:
                message, fix = self._elsewhere(item, target, index)
                self.at.find("compile.then-unknown", pointer, message, fix)

    def _elsewhere(self, item: TaskItem, target: str, index: Iterable[str]) -> tuple[str, str]:
        """What to say of a target that is in no reach: where it is, and how to get there."""
        found = self._names.get(target)
        if found is None:
            message = f"`then` leads to {target!r}, and no task has this name"
            return message, f"In this list: {nearest(target, index)}"
        message = f"`then` leads to {target!r}, which is in another list (`{found}`)"
        if item.pointer.startswith(f"{found.rpartition('/')[0].rpartition('/')[0]}/"):
            fix = (
                f"Leave this list with `then: exit`, and give the task around it `then: {target}`."
            )
        elif found.startswith(f"{item.pointer.rpartition('/')[0].rpartition('/')[0]}/"):
            holder = found.split("/")[item.pointer.count("/")]
            fix = f"A list is entered at its first task: lead to `{holder}`, which holds it."
        else:
            fix = f"Only tasks of the same list are in reach; {nearest(target, index)}"
        return message, fix

    @cached_property
    def _names(self) -> dict[str, str]:
        named: dict[str, str] = {}
        for one in roots(self.at.definition):
            for item in walk(one.items):
                named.setdefault(item.name, item.pointer)
        return named

    def _check_loops(
        self, items: Items, edges: list[list[Edge]], reached: set[int], *, bounded: bool
    ) -> None:
        dry = [[edge.to for edge in each if edge.dry and edge.to >= 0] for each in edges]
        circle = circles([*dry, []])
        told: set[int] = set()
        for i, item in enumerate(items):
            for to in sorted({one for one in dry[i] if one <= i}):
                if circle[i] != circle[to] or i not in reached or circle[i] in told:
                    continue
                told.add(circle[i])
                back = f"`{item.name}` leads back to `{items[to].name}`"
                if not bounded and to not in self._ending(items, edges):
                    message = f"{back}, nothing there waits, and nothing leads out"
                    self.at.find("compile.endless-loop", item.pointer, message)
                else:
                    message = f"{back} and nothing between them waits or calls: the run may spin"
                    self.at.find("compile.loop-without-wait", item.pointer, message)

    def _ending(self, items: Items, edges: list[list[Edge]]) -> set[int]:
        """The tasks from which the flow may leave the list."""
        place = items[0].pointer
        if place not in self.ending:
            ways = [[edge.to for edge in each if edge.to >= 0] for each in edges]
            out = [i for i, each in enumerate(edges) if any(edge.to == END for edge in each)]
            out += [i for i, item in enumerate(items) if any(map(_leaves, walk((item,))))]
            self.ending[place] = leading_to([*ways, []], [*out, len(items)])
        return self.ending[place]

    def edges(self, items: Items) -> list[list[Edge]]:
        """For each task, where the flow may go from it."""
        index = {item.name: i for i, item in enumerate(items)}
        return [[*self._leaving(items, i, index)] for i in range(len(items))]

    def _leaving(self, items: Items, i: int, index: dict[str, int]) -> Iterator[Edge]:
        item, task = items[i], items[i].task
        own = task.then or "continue"
        directives = {"continue": i + 1, "exit": len(items), "end": END}
        places = ChainMap(directives, index)
        ways: list[tuple[str, bool]] = []
        if isinstance(task, SwitchTask):
            ways += [(own if one.then == "continue" else one.then, True) for _, one in task.cases]
            if all(one.when is not None for _, one in task.cases):
                ways.append((own, True))
        elif isinstance(task, TryTask):
            ways += self._tried(task, own)
        elif (passage := self.through(item)).comes_out:
            ways.append((own, passage.dry))
        if task.if_ is not None:
            # A task whose `if` does not hold is passed over, and its `then` with it.
            ways.append(("continue", True))
        # A target that is nowhere is found as such; the flow is taken to go on.
        yield from (Edge(places.get(to, i + 1), dry) for to, dry in ways)

    def _tried(self, task: TryTask, own: str) -> Iterator[tuple[str, bool]]:
        tried = self.along(task.try_)
        if tried.comes_out:
            yield own, tried.dry
        handled = self.along(task.catch.do or ())
        if handled.comes_out:
            then = task.catch.then or "continue"
            dry = handled.dry and (tried.dry or not tried.comes_out)
            yield (own if then == "continue" else then), dry

    def through(self, item: TaskItem) -> Passage:
        """How the flow passes the body of a task."""
        task = item.task
        if isinstance(task, RaiseTask):
            return Passage(False, False)
        if isinstance(task, CallTask | ListenTask):
            return Passage(True, False)
        if isinstance(task, WaitTask):
            return Passage(True, task.wait.expression is None and not task.wait.milliseconds)
        if isinstance(task, RunTask):
            return Passage(True, not task.run.await_)
        if isinstance(task, ForkTask):
            return self._side_by_side(task)
        if isinstance(task, TryTask):
            ways = [*self._tried(task, "continue")]
            return Passage(bool(ways), any(dry for _, dry in ways))
        for role, items in inside(item):
            passage = self.along(items)
            return Passage(role == "each" or passage.comes_out, passage.dry)
        return Passage(True, True)

    def _side_by_side(self, task: ForkTask) -> Passage:
        join = any if task.fork.compete else all
        branches = [self.along((one,)) for one in task.fork.branches]
        return Passage(
            not branches or join(one.comes_out for one in branches),
            not branches or join(one.dry for one in branches),
        )

    def along(self, items: Items) -> Passage:
        """How the flow passes a list from its first task on."""
        place = items[0].pointer if items else ""
        known = self.known.get(place)
        if known is None:
            edges, end = self.edges(items), len(items)
            known = Passage(end in _reach(edges, 0), end in _reach(edges, 0, dry=True))
            self.known[place] = known
        return known


def _targets(item: TaskItem) -> Iterator[tuple[str, str]]:
    if item.task.then is not None:
        yield item.task.then, f"{item.pointer}/then"
    if isinstance(item.task, SwitchTask):
        for i, (name, case) in enumerate(item.task.cases):
            yield case.then, f"{item.pointer}/switch/{i}/{name}/then"
    if isinstance(item.task, TryTask) and item.task.catch.then is not None:
        yield item.task.catch.then, f"{item.pointer}/catch/then"


def _leaves(item: TaskItem) -> bool:
    """Whether the task can end the run, or what is around it, from within."""
    return isinstance(item.task, RaiseTask) or any(one == "end" for one, _ in _targets(item))


def _reach(edges: list[list[Edge]], start: int, *, dry: bool = False) -> set[int]:
    """The places the flow comes to from `start`; with `dry`, without a pause on the way."""
    reached: set[int] = set()
    open_ = [start]
    while open_:
        i = open_.pop()
        if i in reached:
            continue
        reached.add(i)
        if 0 <= i < len(edges):
            open_.extend(edge.to for edge in edges[i] if edge.dry or not dry)
    return reached


def _beyond(reached: set[int], first: int, end: int) -> str:
    """How many of those that follow are out of reach as well."""
    back = next((i for i in range(first, end) if i in reached), end)
    more = back - first - 1
    return f"; nor to the {more} after it" if more else ""


def _why(items: Items, i: int) -> str:
    """Why the flow does not simply come from the task before."""
    if i == 0:
        return ""
    before = items[i - 1]
    if isinstance(before.task, RaiseTask):
        return f": `{before.name}` before it always raises"
    if before.task.then not in (None, "continue"):
        return f": `{before.name}` before it always goes to `{before.task.then}`"
    return f": the flow never comes out of `{before.name}` before it"
