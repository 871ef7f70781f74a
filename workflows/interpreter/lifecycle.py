"""What a run tells the world about itself, as the specification's lifecycle events."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Literal

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

from symphainy.json import Json, canonical
from symphainy.plan import Plan

__all__ = ["Lifecycle"]

TYPE = "io.serverlessworkflow.{}.{}.v1"
LARGEST = 60_000
"""Bytes of what is told of one event: CloudEvents asks to stay below 64 KiB."""
MANY = 50
"""Events after which they are not kept back any longer."""
MOMENT = {
    "created": "createdAt",
    "started": "startedAt",
    "suspended": "suspendedAt",
    "resumed": "resumedAt",
    "retried": "retriedAt",
    "cancelled": "cancelledAt",
    "faulted": "faultedAt",
    "completed": "completedAt",
    "correlation-started": "startedAt",
    "correlation-completed": "completedAt",
}


class Lifecycle:
    """Collects events and publishes them in order, each once; a plan that wants none pays nothing.

    `cause` gives the place of the event that the run took last.
    """

    def __init__(self, plan: Plan, run: str, cause: Callable[[], int | None]) -> None:
        self._cause = cause
        self._wanted: Sequence[str] = plan.lifecycle
        namespace, _, name = plan.solution.partition(".")
        self._name = f"{name}-{run.partition(':')[2]}.{namespace}"
        self._source = f"/{namespace}/{name}/{plan.version}"
        self._definition: dict[str, Json] = {
            "name": name,
            "namespace": namespace,
            "version": plan.version,
        }
        self._kept: list[dict[str, Json]] = []
        self.count = 0

    def began(self) -> None:
        """The run starts."""
        self.run("started", definition=self._definition)

    def run(self, what: str, **more: Json) -> None:
        """Something happened to the run as a whole."""
        self._tell("workflow", what, {"name": self._name}, more)

    def task(self, what: str, ref: str, **more: Json) -> None:
        """Something happened to the task `ref`."""
        self._tell("task", what, {"workflow": self._name, "task": ref}, more)

    async def settle(self) -> None:
        """Publish if much is kept back."""
        if len(self._kept) >= MANY:
            await self.flush()

    async def flush(self) -> None:
        """Publish what is kept back."""
        if not self._kept:
            return
        told, self._kept = self._kept, []
        cause = self._cause()
        try:
            await workflow.execute_local_activity(
                "gate.publish",
                args=[told] if cause is None else [told, cause],
                start_to_close_timeout=timedelta(seconds=30),
                schedule_to_close_timeout=timedelta(minutes=5),
                summary="lifecycle events",
            )
        except (ActivityError, ApplicationError) as error:
            if is_cancelled_exception(error):
                raise
            workflow.logger.warning("lifecycle events are not told: %s", error)

    def _tell(
        self,
        level: Literal["workflow", "task"],
        what: str,
        about: dict[str, Json],
        more: dict[str, Json],
    ) -> None:
        # A run that leaves a worker's memory is unwound outside of its workflow.
        if level not in self._wanted or not workflow.in_workflow():
            return
        self.count += 1
        now = workflow.now().isoformat().replace("+00:00", "Z")
        self._kept.append(
            {
                "specversion": "1.0",
                "id": f"{workflow.info().first_execution_run_id}-{self.count}",
                "source": self._source,
                "type": TYPE.format(level, what),
                "time": now,
                "data": {**about, MOMENT[what]: now, **_bounded(more)},
            }
        )


def _bounded(more: dict[str, Json]) -> dict[str, Json]:
    """`more`, or of what is too large in it only type, status, title and instance."""
    if len(canonical(more)) <= LARGEST:
        return more
    kept = ("type", "status", "title", "instance", "code")
    return {
        name: {
            key: one[key] for key in kept if key in one and len(canonical(one[key])) < LARGEST / 8
        }
        if isinstance(one, dict)
        else None
        for name, one in more.items()
    }
