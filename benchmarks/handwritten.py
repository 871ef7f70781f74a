"""The same work as workflows and activities written by hand, in two manners.

*plain* does every step by an ordinary activity; *tuned* does what has no effect by local ones.
Which one a run is says its task queue, so that both have the same code.
"""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

from temporalio import activity, workflow
from temporalio.exceptions import ActivityError, ApplicationError, ApplicationErrorCategory

with workflow.unsafe.imports_passed_through():
    from benchmarks.letters import deliver

__all__ = ["ACTIVITIES", "PLAIN", "TUNED", "WORKFLOWS"]

PLAIN, TUNED = "plain", "tuned"
WITHIN = timedelta(seconds=30)
BENIGN = ApplicationErrorCategory.BENIGN
SHORTLY = timedelta(milliseconds=1)


@activity.defn
async def noop(given: dict[str, Any]) -> dict[str, Any]:
    """Two hundred bytes of JSON."""
    return {"n": given["n"], "fill": "x" * 184}


@activity.defn
async def flaky(given: dict[str, Any]) -> dict[str, Any]:
    """Nothing at the first attempt."""
    if given["attempt"] == 1:
        raise ApplicationError("not yet", non_retryable=True, category=BENIGN)
    return {"n": given["n"], "fill": "x" * 184}


@activity.defn
async def write_letter(given: dict[str, Any]) -> dict[str, Any]:
    """Decide from what is known now, and deliver once."""
    info = activity.info()
    id = f"{info.workflow_id}/{info.activity_id}"
    return await asyncio.to_thread(deliver, id, given["to"], given["text"])


def _do(what: Any, given: dict[str, Any]) -> Awaitable[dict[str, Any]]:
    if workflow.info().task_queue == TUNED:
        return workflow.execute_local_activity(what, given, start_to_close_timeout=WITHIN)
    return workflow.execute_activity(what, given, start_to_close_timeout=WITHIN)


@workflow.defn(name="steps")
class Steps:
    """Five in a row."""

    @workflow.run
    async def run(self, given: dict[str, Any]) -> dict[str, Any]:
        """The last one's answer."""
        for n in range(5):
            given = await _do(noop, {"n": n})
        return given


@workflow.defn(name="short")
class Short(Steps):
    """The same, for the side that has short steps of its own."""

    @workflow.run
    async def run(self, given: dict[str, Any]) -> dict[str, Any]:
        """The last one's answer."""
        return await Steps.run(self, given)


@workflow.defn(name="messages")
class Messages:
    """Five letters in a row; what has an effect is never done by a local activity."""

    @workflow.run
    async def run(self, given: dict[str, Any]) -> dict[str, Any]:
        """What became of the last one."""
        sent: dict[str, Any] = {}
        for n in range(5):
            letter = {"to": given["customer"], "text": f"Number {n}: hello."}
            sent = await workflow.execute_activity(
                write_letter, letter, start_to_close_timeout=WITHIN
            )
        return sent


@workflow.defn(name="fork")
class Fork:
    """A hundred side by side."""

    @workflow.run
    async def run(self, given: dict[str, Any]) -> list[Any]:
        """All answers, in order."""
        return list(await asyncio.gather(*(_do(noop, {"n": n}) for n in range(100))))


@workflow.defn(name="loops")
class Loops:
    """Three times three in a row."""

    @workflow.run
    async def run(self, given: dict[str, Any]) -> dict[str, Any]:
        """The last one's answer."""
        for outer in range(3):
            for inner in range(3):
                given = await _do(noop, {"n": 3 * outer + inner})
        return given


@workflow.defn(name="retries")
class Retries:
    """Three steps, each of which is done at the second attempt."""

    @workflow.run
    async def run(self, given: dict[str, Any]) -> dict[str, Any]:
        """The last one's answer."""
        for n in range(3):
            given = await self._tried(n)
        return given

    async def _tried(self, n: int) -> dict[str, Any]:
        try:
            return await _do(flaky, {"n": n, "attempt": 1})
        except (ActivityError, ApplicationError):
            await workflow.sleep(SHORTLY)
        return await _do(flaky, {"n": n, "attempt": 2})


@workflow.defn(name="listening")
class Listening:
    """A step, then an event, then a step."""

    def __init__(self) -> None:
        self._gone: dict[str, Any] | None = None

    @workflow.run
    async def run(self, given: dict[str, Any]) -> dict[str, Any]:
        """The last one's answer."""
        await _do(noop, {"n": 0})
        await workflow.wait_condition(lambda: self._gone is not None)
        return await _do(noop, {"n": 1})

    @workflow.signal
    def go(self, event: dict[str, Any]) -> None:
        """The event."""
        self._gone = event


@workflow.defn(name="parked")
class Parked:
    """A step, then a day of waiting."""

    @workflow.run
    async def run(self, given: dict[str, Any]) -> dict[str, Any]:
        """The answer of the step."""
        given = await _do(noop, {"n": 0})
        await workflow.sleep(timedelta(days=1))
        return given


@workflow.defn(name="answer")
class Answer:
    """One step."""

    @workflow.run
    async def run(self, given: dict[str, Any]) -> dict[str, Any]:
        """Its answer."""
        return await _do(noop, {"n": 0})


WORKFLOWS = [Steps, Short, Messages, Fork, Loops, Retries, Listening, Parked, Answer]
ACTIVITIES = [noop, flaky, write_letter]
