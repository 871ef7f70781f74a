"""Children at positions that nobody comes back to."""

from collections.abc import Mapping

from temporalio import workflow
from temporalio.exceptions import FailureError

from workflows.interpreter.flow import Frame

__all__ = ["cancelled", "forsake"]


async def forsake(frame: Frame | None) -> None:
    """Cancel every child that waits at this position, because nobody comes back to it."""
    if frame is None or not workflow.in_workflow():
        return
    # Only positions are looked into: what stands in data is not a child.
    begun = frame.get("child")
    if "key" in frame and isinstance(begun, Mapping):
        await cancelled(begun["workflow"])
    for branch in frame.get("branches", ()):
        await forsake(branch)
    await forsake(frame.get("inner"))


async def cancelled(child: str) -> None:
    """Ask the run of that workflow id to end."""
    try:
        await workflow.get_external_workflow_handle(child).cancel()
    except FailureError:
        # It ended by itself meanwhile.
        return
