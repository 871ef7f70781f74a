"""Everything of ours that a Temporal client, worker or replayer needs, as one plugin."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from temporalio import activity, workflow
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.plugin import SimplePlugin
from temporalio.worker import UnsandboxedWorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from public_works.blobs import Blobs
from symphainy.errors import Unavailable
from symphainy.json import Json
from temporal.gate import Decider, DecisionRequest, GateInterceptor, GateServices
from temporal.gate.activity import asking
from temporal.storage import beside

__all__ = ["SymphainyPlugin", "decisions"]

# The SDK writes workflow ids into the texts of log lines; ours may hold a percent sign, which
# would be taken for a place to fill in. They are in the records' `extra` all the same.
workflow.logger.workflow_info_on_message = False
activity.logger.activity_info_on_message = False

PASSED_THROUGH = (
    "activities",
    "cedarpy",
    "cryptography",
    "jsonschema_rs",
    "public_works",
    "re2",
    "smart_city",
    "sqlalchemy",
    "sqlmodel",
    "symphainy",
    "temporal",
    "yaml",
)


class SymphainyPlugin(SimplePlugin):
    """Converter, gate, workflows and the decision activity, applied wherever they belong.

    The plugin is part of the code version of every workflow: a replayer without it fails.
    """

    def __init__(
        self,
        services: GateServices,
        *,
        workflows: Sequence[type] = (),
        activities: Sequence[Callable[..., Any]] = (),
        blobs: Blobs | None = None,
        sandboxed: bool = False,
    ) -> None:
        served = list(activities)
        if services.decider is not None and workflows:
            served += [decisions(services.decider), rest]
        super().__init__(
            "symphainy",
            data_converter=replace(
                pydantic_data_converter, external_storage=beside(blobs) if blobs else None
            ),
            interceptors=[GateInterceptor(services)],
            workflows=list(workflows),
            activities=served,
            workflow_runner=_sandbox() if sandboxed else UnsandboxedWorkflowRunner(),
        )


def decisions(decider: Decider) -> Callable[..., Any]:
    """The local activity by which a run asks for a decision on fresh facts."""

    @activity.defn(name="gate.decide")
    async def decide(request: DecisionRequest) -> dict[str, Json]:
        try:
            verdict = await decider.decide(asking.get(), request)
            return verdict.told
        except OSError as error:
            raise Unavailable("policy.facts-unavailable", "the facts cannot be read") from error

    return decide


@activity.defn(name="gate.yield")
async def rest() -> None:
    """Nothing; a run that asks for it lets the others on its worker have their turn."""


def _sandbox() -> SandboxedWorkflowRunner:
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    return SandboxedWorkflowRunner(restrictions=restrictions)
