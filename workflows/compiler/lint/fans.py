"""Work that grows with the data, and that nothing keeps small."""

import re
from typing import Any

from symphainy.definition import (
    CallTask,
    EmitTask,
    ForkTask,
    ForTask,
    RunTask,
    TaskItem,
)
from workflows.compiler.context import Compilation
from workflows.compiler.nesting import inside, roots, walk

__all__ = ["check_fans"]

MAX_ITEMS = 10_000
BOUNDED = re.compile(
    r"\[[^\[\]:]*:[^\[\]]+\]|\b(limit|first|last|nth)\s*\(|\brange\s*\(\s*\d+\s*(;\s*\d+\s*)*\)"
)
"""A slice with an end, or a function that gives no more than its text says."""


def check_fans(at: Compilation) -> None:
    """Find lists that are too long, and loops over data that multiply what leaves the run."""
    for one in roots(at.definition):
        for item in one.items:
            _check(at, item, None)


def _check(at: Compilation, item: TaskItem, around: str | None) -> None:
    """`around` says what `item` is multiplied by."""
    task = item.task
    if isinstance(task, ForTask):
        _check_literal(at, item, task)
        if _over_data(task):
            _check_loop(at, item, task, around)
            around = f"the loop `{item.name}`, which is over data too"
    elif isinstance(task, ForkTask):
        around = around or f"a branch of `{item.name}`"
    for _, items in inside(item):
        for inner in items:
            _check(at, inner, around)


def _check_literal(at: Compilation, item: TaskItem, task: ForTask) -> None:
    if not isinstance(task.for_.in_, str) and len(task.for_.in_) > MAX_ITEMS:
        message = f"`{item.name}` goes through {len(task.for_.in_):,} items; {MAX_ITEMS:,} go"
        at.find("compile.too-many-items", f"{item.pointer}/for/in", message)


def _check_loop(at: Compilation, item: TaskItem, task: ForTask, around: str | None) -> None:
    leaves = next((one for one in walk(task.do) if _leaves(one)), None)
    starts = next((one for one in walk(task.do) if _starts(one)), None)
    pointer = f"{item.pointer}/for/in"
    if starts is not None:
        message = f"`{starts.name}` starts a run for each item and waits for none of them"
        at.find("compile.unbounded-fan-out", pointer, message)
    elif around is not None and leaves is not None:
        message = f"`{leaves.name}` is done for each item, within {around}, and nothing bounds it"
        at.find("compile.unbounded-fan-out", pointer, message)


def _over_data(task: ForTask) -> bool:
    written: Any = task.for_.in_
    return isinstance(written, str) and task.while_ is None and not BOUNDED.search(written)


def _leaves(item: TaskItem) -> bool:
    return isinstance(item.task, CallTask | RunTask | EmitTask)


def _starts(item: TaskItem) -> bool:
    return isinstance(item.task, RunTask) and not item.task.run.await_
