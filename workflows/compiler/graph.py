"""The graph of a plan, for people to look at."""

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict

from symphainy.plan import Call, Do, For, Fork, Http, Plan, Switch, Task, Try

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
    nodes += [
        Node(
            id=task.ref,
            name=task.name,
            kind=task.kind,
            label=_label(task),
            parent=parent,
            policies=tuple(_policies(plan, task)),
        )
        for task, parent in _nested(plan.tasks, None)
    ]
    nodes.append(Node(id=END, name=END, kind=END, label="end"))
    edges = [Edge(source=START, target=plan.tasks[0].ref)] if plan.tasks else []
    return Graph(nodes=tuple(nodes), edges=(*edges, *_edges(plan.tasks, END)))


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


def _edges(tasks: tuple[Task, ...], after: str) -> Iterator[Edge]:
    """Edges of one list; `after` is where the flow goes from its end."""
    index = {task.name: task.ref for task in tasks}
    for i, task in enumerate(tasks):
        following = tasks[i + 1].ref if i + 1 < len(tasks) else after
        targets = {"continue": following, "exit": after, "end": END, **index}
        for label, inner in _lists(task):
            if inner:
                yield Edge(source=task.ref, target=inner[0].ref, label=label)
                yield from _edges(inner, task.ref)
        if isinstance(task, Switch):
            for case in task.cases:
                then = task.then if case.then == "continue" else case.then
                yield Edge(source=task.ref, target=targets[then], label=case.name)
            if any(case.when is None for case in task.cases):
                continue
        yield Edge(source=task.ref, target=targets[task.then])


def _label(task: Task) -> str:
    if isinstance(task, Call):
        return task.experience or task.activity
    return f"{task.method} {task.uri}" if isinstance(task, Http) else task.kind


def _policies(plan: Plan, task: Task) -> Iterator[str]:
    channel = None
    if isinstance(task, Call) and task.experience:
        channel = plan.experiences[task.experience].channel
    for name, policy in plan.policies.items():
        before, channels = policy.get("before"), policy.get("channels")
        named = isinstance(before, list) and task.name in before
        if named or (isinstance(channels, list) and channel in channels):
            yield name
