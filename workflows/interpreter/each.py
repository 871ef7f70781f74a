"""Going through events or messages one by one."""

from typing import Any

from symphainy.json import Json
from symphainy.plan import Each
from workflows.interpreter.flow import Frame, walk
from workflows.interpreter.scope import Scope

__all__ = ["go_through"]


async def go_through(
    run: Any, each: Each, item: Json, at: int, scope: Scope, inner: Frame | None
) -> Json:
    """What the tasks make of `item`, which is the one of index `at`; what they export is kept."""
    within = scope.plus(**{each.item: item, each.at: at})
    done = (await walk(run, each.tasks, item, within, inner)).data
    within = within.plus(context=run.context)
    output = within.shape(each.output, done)
    within.conform(each.output, output, "the output of an item")
    if each.export is not None:
        exported = within.plus(output=output).shape(each.export, output)
        within.conform(each.export, exported, "the export of an item")
        run.context = exported
    return output
