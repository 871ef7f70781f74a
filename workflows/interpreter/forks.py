"""The fork task: branches side by side, each with a position of its own."""

import asyncio
from collections.abc import Sequence
from typing import Any

from temporalio import workflow

from symphainy.json import Json
from symphainy.plan import Fork, Task
from temporal.suspension import Suspended
from workflows.interpreter.flow import End, Frame, Result, Walker
from workflows.interpreter.forsaken import forsake
from workflows.interpreter.scope import Scope

__all__ = ["fork"]


async def fork(run: Walker, task: Fork, data: Json, scope: Scope, frame: Frame | None) -> Result:
    """What the branches give, in the order they are written; or what the first one gives.

    A branch that faults, or ends the run, ends the fork: the others are cancelled. When the run
    goes on in another history, branches that are done stay done.
    """
    before: list[dict[str, Any]] = (
        frame["branches"] if frame is not None else [{"inner": None} for _ in task.branches]
    )
    tasks = [
        asyncio.create_task(_branch(run, branch, data, scope, at))
        for branch, at in zip(task.branches, before, strict=True)
    ]
    try:
        await _finish(tasks, compete=task.compete)
    except BaseException:
        await _cancel(tasks)
        await forsake({"branches": [_position(one) for one in tasks]})
        raise
    await _cancel(tasks)
    left = [_position(one) for one in tasks]
    if task.compete:
        won = next((at for at in left if "done" in at), None)
        if won is not None:
            await forsake({"branches": left})
            return Result(won["done"])
    elif all("done" in at for at in left):
        return Result([at["done"] for at in left])
    raise Suspended({"branches": [*left]})


async def _branch(run: Walker, branch: Task, data: Json, scope: Scope, at: dict[str, Any]) -> Json:
    if "done" in at:
        done: Json = at["done"]
        return done
    if at["inner"] is None:
        await run.boundary(branch.ref)
    result = await run.step(branch, data, scope, at["inner"])
    if result.then == "end":
        raise End(result.data)
    return result.data


async def _finish(tasks: Sequence["asyncio.Task[Json]"], *, compete: bool) -> None:
    """Return when it is decided: by the first one done, by all, or by an error of one."""
    open_ = list(tasks)
    while open_:
        # `asyncio.wait` hands back sets, whose order is not the same on replay.
        await workflow.wait(open_, return_when=asyncio.FIRST_COMPLETED)
        for one in [one for one in open_ if one.done()]:
            open_.remove(one)
            error = one.exception()
            if error is not None and not isinstance(error, Suspended):
                raise error
            if compete and error is None:
                return


async def _cancel(tasks: Sequence["asyncio.Task[Json]"]) -> None:
    for one in tasks:
        one.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _position(done: "asyncio.Task[Json]") -> dict[str, Any]:
    if done.cancelled():
        return {"inner": None}
    error = done.exception()
    if error is None:
        return {"done": done.result()}
    return {"inner": error.frame if isinstance(error, Suspended) else None}
