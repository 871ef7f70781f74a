"""Everything of ours that a Temporal client, worker or replayer needs, as one plugin."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

from temporalio import activity, workflow
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes
from temporalio.plugin import SimplePlugin
from temporalio.service import ConnectConfig, ServiceClient
from temporalio.worker import UnsandboxedWorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from public_works.blobs import Blobs
from symphainy.errors import Unavailable
from symphainy.json import Json
from temporal.codec import RefusingConverter, TenantCodec
from temporal.gate import Decider, DecisionRequest, GateInterceptor, GateServices
from temporal.gate.activity import asking
from temporal.storage import beside
from temporal.telemetry.interceptor import SpanInterceptor

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
    "opentelemetry",
    "prometheus_client",
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
    """Converter, codec, gate, workflows and the decision activity, applied wherever they belong.

    Without a `codec` payloads are neither sealed nor opened. The plugin is part of the code
    version of every workflow: a replayer without it fails.
    """

    def __init__(
        self,
        services: GateServices,
        *,
        workflows: Sequence[type] = (),
        activities: Sequence[Callable[..., Any]] = (),
        blobs: Blobs | None = None,
        codec: TenantCodec | None = None,
        sandboxed: bool = False,
    ) -> None:
        served = list(activities)
        if services.decider is not None and workflows:
            served += [decisions(services.decider), rest]
        super().__init__(
            "symphainy",
            data_converter=_converter(blobs, codec),
            interceptors=[SpanInterceptor(services), GateInterceptor(services)],
            workflows=list(workflows),
            activities=served,
            workflow_runner=_sandbox() if sandboxed else UnsandboxedWorkflowRunner(),
        )
        self._codec = codec

    async def connect_service_client(
        self,
        config: ConnectConfig,
        next: Callable[[ConnectConfig], Awaitable[ServiceClient]],
    ) -> ServiceClient:
        """See base class."""
        service = await super().connect_service_client(config, next)
        if self._codec is not None and self._codec.before is not None:
            self._codec.before.ask(service)
        return service


def _converter(blobs: Blobs | None, codec: TenantCodec | None) -> DataConverter:
    # Blobs hold what the codec gave: what is kept beside a history is sealed too.
    stored = replace(pydantic_data_converter, external_storage=beside(blobs) if blobs else None)
    if codec is None:
        return stored
    return replace(
        stored,
        payload_converter_class=RefusingConverter,
        payload_codec=codec,
        # Messages and stack traces travel sealed, beside "Encoded failure".
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
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
