"""Runs of a schedule that counts from the end of one to the start of the next."""

from datetime import timedelta

from temporalio import workflow

__all__ = ["again"]


async def again(chain: str | None) -> None:
    """Have the next run of `chain` started, if this one is part of any."""
    if chain is not None:
        await workflow.execute_local_activity(
            "gate.again",
            chain,
            start_to_close_timeout=timedelta(seconds=30),
            summary="the next run is scheduled",
        )
