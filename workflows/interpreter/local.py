"""Short steps without effect, done by the very worker that interprets the run."""

from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

from symphainy.invocation import Invocation
from temporal.endings import ELSEWHERE

__all__ = ["Elsewhere", "start_local"]

ATTEMPTS = RetryPolicy(
    initial_interval=timedelta(milliseconds=100),
    backoff_coefficient=4.0,
    maximum_interval=timedelta(seconds=2),
    maximum_attempts=5,
    non_retryable_error_types=sorted(ELSEWHERE),
)
LONGEST = 5.0
"""Seconds of one attempt; the workflow task that it is part of is kept open as long."""


class Elsewhere(Exception):
    """The step has to be done by an ordinary activity."""


async def start_local(activity: str, asked: Invocation, seconds: float) -> Any:
    """What the activity gives, or that it was skipped.

    Nothing is written before it is done, so it may be done again after a crash. Raises what
    `workflow.start_activity` raises, and Elsewhere.
    """
    try:
        return await workflow.start_local_activity(
            activity,
            asked,
            start_to_close_timeout=timedelta(seconds=min(seconds, LONGEST)),
            retry_policy=ATTEMPTS,
            summary=asked.step,
        )
    except (ActivityError, ApplicationError) as error:
        cause = error.cause if isinstance(error, ActivityError) else error
        if isinstance(cause, ApplicationError) and cause.type in ELSEWHERE:
            raise Elsewhere from error
        raise
