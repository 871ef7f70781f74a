"""How a busy run lets the others on its worker have their turn."""

from datetime import timedelta

from temporalio import workflow

from workflows.interpreter.meter import Meter

__all__ = ["breathe"]

DEEP = 8
"""Every so many times the workflow task itself ends; its time is 10 s, on a busy machine too."""


async def breathe(meter: Meter) -> None:
    """End this activation, and now and then the workflow task."""
    meter.refill()
    if meter.refills % DEEP == 0:
        # Temporal's short timers take a second, which is why this is the rarer way.
        await workflow.sleep(timedelta(milliseconds=1), summary="lets other runs go on")
    else:
        await workflow.execute_local_activity(
            "gate.yield", start_to_close_timeout=timedelta(seconds=10)
        )
