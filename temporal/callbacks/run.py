"""The workflow that a callback is: it is done once, however long its workers are away."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from symphainy.json import Json
from temporal.callbacks.wire import ACTIVITY, CALLBACK

__all__ = ["LIFE", "CallbackRun"]

LIFE = timedelta(days=1)
"""As long as providers go on trying."""
PATIENCE = timedelta(seconds=20)
RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))


@workflow.defn(name=CALLBACK)
class CallbackRun:
    """Hands a callback to a pool that serves its adapter."""

    @workflow.run
    async def run(self, seen: dict[str, Json], queue: str) -> dict[str, Json]:
        """What is to be answered."""
        given: dict[str, Json] = await workflow.execute_activity(
            ACTIVITY,
            seen,
            task_queue=queue,
            start_to_close_timeout=PATIENCE,
            schedule_to_close_timeout=LIFE,
            retry_policy=RETRY,
            summary=str(seen.get("adapter")),
        )
        return given
