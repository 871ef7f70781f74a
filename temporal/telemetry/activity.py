"""A span around each attempt of a step, and around each decision on fresh facts."""

import time
from typing import Any

from opentelemetry.trace import Span
from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

from public_works.telemetry import names
from smart_city.context import ExecutionContext
from smart_city.grant import Grant
from symphainy.errors import Ending, Refused
from temporal import addresses
from temporal.gate.activity import granted
from temporal.gate.request import DecisionRequest
from temporal.gate.services import GateServices
from temporal.headers import CONTEXT, read
from temporal.telemetry.places import attempt_of, run_of, step_of

__all__ = ["ActivitySpans"]

DECIDE = "gate.decide"
SILENT = frozenset({"gate.yield"})
"""Does nothing."""
AGAIN = frozenset({"policy.deferred", "grant.expired"})


class ActivitySpans(ActivityInboundInterceptor):
    """Stands outside of the gate, so that what the gate refuses is told too."""

    def __init__(self, next: ActivityInboundInterceptor, services: GateServices) -> None:
        super().__init__(next)
        self._services = services
        self._telemetry = services.telemetry
        self._contexts = services.contexts

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        """See base class."""
        info = activity.info()
        context = await self._context(input, info)
        if context is None or info.activity_type in SILENT:
            return await super().execute_activity(input)
        if info.activity_type == DECIDE and isinstance(input.args[0], DecisionRequest):
            return await self._decided(input, info, context, input.args[0])
        return await self._attempted(input, info, context)

    async def _context(
        self, input: ExecuteActivityInput, info: activity.Info
    ) -> ExecutionContext | None:
        """Whose run it is; None where nobody can tell, and nothing is told then."""
        workflow, run = info.workflow_id, info.workflow_run_id
        if not self._telemetry.on or workflow is None or run is None:
            return None
        try:
            token = read(input.headers, CONTEXT)
            if token is not None:
                return self._contexts.verified(token, workflow=workflow, run=run)
            return await self._contexts.of(activity.client(), workflow=workflow, run=run)
        except (Ending, RuntimeError):
            return None

    def _handed(self, input: ExecuteActivityInput, info: activity.Info) -> Grant | None:
        """The grant that a local activity was handed, if it is a step."""
        if not info.is_local:
            return None
        try:
            return self._services.handed.shown(input.headers)
        except Refused:
            return None

    async def _decided(
        self,
        input: ExecuteActivityInput,
        info: activity.Info,
        context: ExecutionContext,
        request: DecisionRequest,
    ) -> Any:
        about = {
            **_about(context),
            names.STEP: request.step,
            names.POINT: "gate",
            names.CHANNEL: request.channel,
        }
        began = time.perf_counter()
        with self._telemetry.span(
            "decide",
            about,
            parent=step_of(context, info.workflow_run_id or "", request.key),
            began=int(info.started_time.timestamp() * 1e9),
        ) as made:
            verdict = await super().execute_activity(input)
            self._tell(made, request, verdict)
        self._telemetry.meters.gate.labels("gate").observe(time.perf_counter() - began)
        return verdict

    def _tell(self, made: Span, request: DecisionRequest, verdict: dict[str, Any]) -> None:
        outcome, layer = str(verdict.get("outcome", "allow")), verdict.get("layer")
        made.update_name(f"decide {outcome}")
        made.set_attribute(names.OUTCOME, outcome)
        for name, key in ((names.POLICY, "policy"), (names.LAYER, "layer")):
            if verdict.get(key):
                made.set_attribute(name, str(verdict[key]))
        kind = request.channel or request.effect
        self._telemetry.meters.decisions.labels(outcome, kind, str(layer or "none"), "gate").inc()

    async def _attempted(
        self, input: ExecuteActivityInput, info: activity.Info, context: ExecutionContext
    ) -> Any:
        workflow, run = info.workflow_id or "", info.workflow_run_id or ""
        ours = info.activity_type.startswith("gate.")
        kind = "platform" if ours else info.activity_type.partition(":")[0]
        about = {
            **_about(context),
            names.CAPABILITY: info.activity_type,
            names.ATTEMPT: info.attempt,
            names.QUEUE: info.task_queue,
            names.KIND: "attempt",
        }
        granted_before = self._handed(input, info)
        # The id of a local activity is only a number, which others of the run have as well.
        key = granted_before.key if granted_before else info.activity_id
        numbered = info.is_local and granted_before is None
        own = None if numbered else attempt_of(workflow, run, key, info.attempt)
        parent = run_of(context, run) if ours or numbered else step_of(context, run, key)
        outcome = "failed"
        try:
            with self._telemetry.span(
                info.activity_type,
                about,
                parent=parent,
                id=own,
                began=int(info.started_time.timestamp() * 1e9),
            ) as made:
                try:
                    result = await super().execute_activity(input)
                    outcome = "done"
                except ApplicationError as error:
                    if error.type in AGAIN:
                        outcome = "again"
                    raise
                finally:
                    grant = granted.get(None)
                    if not ours and grant is not None:
                        made.set_attribute(names.STEP, grant.step)
        finally:
            self._telemetry.meters.attempts.labels(kind, outcome).inc()
        return result


def _about(context: ExecutionContext) -> dict[str, str | int | None]:
    return {
        names.TENANT: context.tenant,
        names.ENVIRONMENT: context.environment,
        names.SOLUTION: context.solution or None,
        names.RUN: addresses.run_of(context.workflow),
        names.ROOM: "worker",
    }
