"""Functions of a definition's own and of catalogs: tasks that are called with arguments.

A function is compiled once, where it is written, and put in place of each call. There its tasks
get references that begin with the call's, so that every task of a plan has one of its own.
"""

from typing import Any, TypeVar

from symphainy.catalog import CapabilitySpec
from symphainy.definition import FunctionCall, TaskItem
from symphainy.plan import Do, Task, walk
from symphainy.plan.node import Node, TaskNode
from workflows.compiler.arguments import check_arguments
from workflows.compiler.catalogs import published
from workflows.compiler.context import Compilation, Function, plain

__all__ = ["function", "functions"]

N = TypeVar("N", bound=Node)
MOST = 5_000
"""Tasks that calls of functions may put into one plan."""
DEEPEST = 20
"""Functions that may call each other."""
DIRECTIVES = (None, "continue", "exit", "end")


def functions(at: Compilation) -> None:
    """Find what is wrong with the functions of the definition, called or not."""
    for name in at.definition.use.functions:
        _own(at, name, f"/use/functions/{name}")


def function(
    at: Compilation,
    item: TaskItem,
    task: FunctionCall,
    given: dict[str, Any],
    variables: frozenset[str],
) -> Task | None:
    """The tasks of the function in place of its call; None with findings that say why not."""
    pointer = f"{item.pointer}/call"
    own = task.call in at.definition.use.functions
    called = _own(at, task.call, pointer) if own else _published(at, task.call, pointer)
    if called is None:
        return None
    arguments = at.value(plain(task.with_) or {}, f"{item.pointer}/with", variables)
    if called.takes is not None:
        check_arguments(at, _promise(task.call, called.takes), arguments, f"{item.pointer}/with")
    at.expanded += called.size
    if at.expanded > MOST:
        message = f"calls of functions make more than {MOST} tasks of this definition"
        at.find("compile.too-many-tasks", pointer, message)
        return None
    body = _moved(called.task, called.pointer, pointer, extended=not at.extending)
    if item.name in at.guarded:
        given = {**given, "gated": True}
    return Do(**given, tasks=(body,), function=task.call, arguments=arguments)


def _own(at: Compilation, name: str, pointer: str) -> Function | None:
    item = at.definition.use.functions[name]
    return _compiled(at, name, item, pointer)


def _published(at: Compilation, name: str, pointer: str) -> Function | None:
    if name in at.functions:
        return at.functions[name]
    item = published(at, name, pointer)
    if item is None:
        return None
    before = at.elsewhere
    at.elsewhere = (before[0] if before is not None else pointer, item.pointer)
    try:
        return _compiled(at, name, item, pointer)
    finally:
        at.elsewhere = before


def _compiled(at: Compilation, name: str, item: TaskItem, pointer: str) -> Function | None:
    # Tasks import this module.
    from workflows.compiler.tasks import task

    if name in at.calling:
        path = " calls ".join(f"`{one}`" for one in (*at.calling, name))
        at.find("compile.function-cycle", pointer, f"{path}, without end")
        return None
    if name in at.functions:
        return at.functions[name]
    if len(at.calling) == DEEPEST:
        message = f"functions call each other more than {DEEPEST} deep"
        at.find("compile.too-many-tasks", pointer, message)
        return None
    if item.task.then not in DIRECTIVES:
        message = "a function stands alone: only continue, exit or end make sense"
        at.find("compile.then-unknown", f"{item.pointer}/then", message)
    extending, at.extending = at.extending, False
    at.calling.append(name)
    try:
        planned = task(at, item, frozenset())
    finally:
        at.calling.pop()
        at.extending = extending
    at.functions[name] = _function(item, planned) if planned is not None else None
    return at.functions[name]


def _function(item: TaskItem, planned: Task) -> Function:
    border = item.task.input
    schema = border.schema_.document if border is not None and border.schema_ is not None else None
    takes = plain(schema) if isinstance(plain(schema), dict) else None
    return Function(planned, item.pointer, len(list(walk((planned,)))), takes)


def _promise(name: str, takes: dict[str, Any]) -> CapabilitySpec:
    return CapabilitySpec(
        name=name, version="1.0.0", effect="none", summary="", description="", takes=takes, gives={}
    )


def _moved(node: N, before: str, after: str, *, extended: bool) -> N:
    """`node` with the references in it moved from below `before` to below `after`."""
    changed: dict[str, Any] = {}
    for name in node.model_fields_set:
        value = getattr(node, name)
        if isinstance(value, Node):
            changed[name] = _moved(value, before, after, extended=extended)
        elif isinstance(value, tuple) and any(isinstance(one, Node) for one in value):
            changed[name] = tuple(_moved(one, before, after, extended=extended) for one in value)
    if isinstance(node, TaskNode):
        changed["ref"] = after + node.ref.removeprefix(before)
        changed["defined"] = node.defined or node.ref
        if node.extended and not extended:
            changed["extended"] = ()
    return node.model_copy(update=changed)
