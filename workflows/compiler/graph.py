"""The graph of a plan, for people to look at."""

from collections import ChainMap
from collections.abc import Iterator, Mapping

from pydantic import BaseModel, ConfigDict

from symphainy.plan import (
    Call,
    Do,
    Emit,
    Extension,
    For,
    Fork,
    Http,
    Listen,
    Plan,
    Raise,
    Remote,
    Run,
    Switch,
    Task,
    Try,
)

__all__ = ["Edge", "Graph", "Node", "graph"]

START, END = "start", "end"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Node(_Frozen):
    """A task; `id` is its reference, under which a run's events speak of it."""

    id: str
    name: str
    kind: str
    label: str
    parent: str | None = None
    policies: tuple[str, ...] = ()
    extensions: tuple[str, ...] = ()
    """The extensions that are woven around it, outermost first."""


class Edge(_Frozen):
    """The flow may go from one node to another."""

    source: str
    target: str
    label: str | None = None


class Graph(_Frozen):
    """Nodes with the policies that speak about each, and how the flow goes between them."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def graph(plan: Plan) -> Graph:
    """The graph of `plan`, with one node to start at and one to end at."""
    nodes = [Node(id=START, name=START, kind=START, label="start")]
    nodes += [_node(plan, task, parent) for task, parent in _nested(plan.tasks, None)]
    nodes.append(Node(id=END, name=END, kind=END, label="end"))
    edges = [Edge(source=START, target=plan.tasks[0].ref)] if plan.tasks else []
    edges += _edges(plan.tasks, END, END)
    for name, extension in plan.extensions.items():
        nodes += _woven(plan, name, extension)
        for tasks in (extension.before, extension.after):
            edges += _edges(tasks, _extension(name), END)
            edges += [Edge(source=_extension(name), target=one.ref) for one in tasks[:1]]
    return Graph(nodes=tuple(nodes), edges=tuple(edges))


def _node(plan: Plan, task: Task, parent: str | None) -> Node:
    return Node(
        id=task.ref,
        name=task.name,
        kind=task.kind,
        label=_label(task),
        parent=parent,
        policies=tuple(_policies(plan, task)),
        extensions=task.extended,
    )


def _woven(plan: Plan, name: str, extension: Extension) -> Iterator[Node]:
    """An extension with the tasks it weaves in, beside the flow."""
    group = _extension(name)
    yield Node(id=group, name=name, kind="extension", label=name)
    for tasks in (extension.before, extension.after):
        yield from (_node(plan, task, parent) for task, parent in _nested(tasks, group))


def _extension(name: str) -> str:
    return f"extension {name}"


def _nested(tasks: tuple[Task, ...], parent: str | None) -> Iterator[tuple[Task, str | None]]:
    for task in tasks:
        yield task, parent
        for _, inner in _lists(task):
            yield from _nested(inner, task.ref)


def _lists(task: Task) -> Iterator[tuple[str | None, tuple[Task, ...]]]:
    if isinstance(task, Do | For):
        yield ("each" if isinstance(task, For) else None), task.tasks
    if isinstance(task, Try):
        yield None, task.tasks
        yield "error", task.catch.tasks
    if isinstance(task, Fork):
        for branch in task.branches:
            yield None, (branch,)
    if isinstance(task, Listen | Remote) and (each := getattr(task, "each", None)) is not None:
        yield "each", each.tasks


def _edges(tasks: tuple[Task, ...], after: str, rescue: str) -> Iterator[Edge]:
    """Edges of one list; `after` is where the flow goes from its end, `rescue` where an error
    does."""
    index = {task.name: task.ref for task in tasks}
    for i, task in enumerate(tasks):
        following = tasks[i + 1].ref if i + 1 < len(tasks) else after
        targets = ChainMap({"continue": following, "exit": after, "end": END}, index)
        yield from _inside(task, targets, rescue)
        if task.timeout is not None:
            yield Edge(source=task.ref, target=rescue, label="timeout")
        if isinstance(task, Raise):
            yield Edge(source=task.ref, target=rescue, label="error")
            if task.if_ is None:
                continue
        if isinstance(task, Switch):
            for case in task.cases:
                then = task.then if case.then == "continue" else case.then
                yield Edge(source=task.ref, target=targets[then], label=case.name)
            if any(case.when is None for case in task.cases):
                continue
        yield Edge(source=task.ref, target=targets[task.then])


def _inside(task: Task, targets: Mapping[str, str], rescue: str) -> Iterator[Edge]:
    """Edges into the lists that a task holds, along them, and back to it."""
    for label, inner in _lists(task):
        if not inner:
            continue
        yield Edge(source=task.ref, target=inner[0].ref, label=label)
        if not isinstance(task, Try):
            yield from _edges(inner, task.ref, rescue)
        elif label is None:
            caught = task.catch.tasks[0].ref if task.catch.tasks else task.ref
            yield from _edges(inner, task.ref, caught)
        else:
            then = task.catch.then
            yield from _edges(inner, task.ref if then == "continue" else targets[then], rescue)


def _label(task: Task) -> str:
    """What the task does, in a few words."""
    if isinstance(task, Call):
        return task.experience or task.activity
    if isinstance(task, Http):
        return f"{task.method} {task.uri}"
    if isinstance(task, Remote):
        return task.activity.removeprefix("call.")
    if isinstance(task, Run):
        return f"run {task.solution}"
    if isinstance(task, Do) and task.function is not None:
        return task.function
    if isinstance(task, Emit):
        return f"emit {task.event.get('type', '')}".strip()
    if isinstance(task, Listen):
        types = [str(one.with_.get("type", "any event")) for one in task.filters]
        return f"listen {', '.join(types)}" if types else "listen"
    return task.kind


def _policies(plan: Plan, task: Task) -> Iterator[str]:
    channel = None
    if isinstance(task, Call) and task.experience:
        channel = plan.experiences[task.experience].channel
    for name, policy in plan.policies.items():
        before, channels = policy.get("before"), policy.get("channels")
        named = isinstance(before, list) and task.name in before
        if named or (isinstance(channels, list) and channel in channels):
            yield name
