"""The gate inside a workflow: verify whose run it is, decide before each step, grant it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NoReturn, cast

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.worker import (
    ContinueAsNewInput,
    ExecuteWorkflowInput,
    HandleSignalInput,
    HandleUpdateInput,
    StartActivityInput,
    StartChildWorkflowInput,
    StartLocalActivityInput,
    WorkflowInboundInterceptor,
    WorkflowOutboundInterceptor,
)
from temporalio.workflow import ActivityHandle, ChildWorkflowHandle

from smart_city.context import ExecutionContext, unproven, unseal
from smart_city.grant import Grant
from symphainy.errors import Refused
from symphainy.identity import Principal
from symphainy.invocation import Invocation
from symphainy.json import Json, canonical, digest_of
from symphainy.session import WORKFLOW
from temporal.callbacks.wire import CALLBACK
from temporal.endings import AGAIN, DEFERRED, elsewhere
from temporal.gate.contexts import unproven_of
from temporal.gate.doubt import Doubt
from temporal.gate.gate import Gate, Skipped, current
from temporal.gate.governing import bundle_of
from temporal.gate.handed import Handed
from temporal.gate.request import saying
from temporal.gate.services import GateServices
from temporal.gate.succession import inheriting
from temporal.headers import CONTEXT, GRANT, read, with_header
from temporal.limits import LOCAL_STEPS, PAYLOAD
from temporal.narrator import Narrator
from temporal.telemetry.run import RunSpans

__all__ = ["WorkflowGate", "asker"]

OURS = {WORKFLOW: "session", CALLBACK: "callback"}
"""Workflows without a plan, which may do what the platform itself does; and what stands in their
ids where those of runs have the solution, whose address has a dot."""


def asker() -> Principal:
    """Who sent the update that is being handled, as its signed context says."""
    info = workflow.current_update_info()
    gate = current.get()
    return gate.askers[info.id] if info else gate.context.principal


class WorkflowGate(WorkflowInboundInterceptor):
    """Lets in what carries a valid signed context, and refuses the rest for good."""

    services: GateServices

    def init(self, outbound: WorkflowOutboundInterceptor) -> None:
        """See base class."""
        self._out, self._signals = Outbound(outbound, self.services.handed), 0
        super().init(self._out)

    async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:
        """See base class."""
        try:
            token, context = self._begun(input.headers)
            gate = None if _is_ours() else self._gate(context)
        except Refused as refused:
            _fail(refused)
        self._out.enter(token, gate)
        try:
            result = await self._executed(input, gate)
        except (Exception, asyncio.CancelledError):
            self._out.doubt.end()
            raise
        self._out.doubt.end()
        return result

    async def _executed(self, input: ExecuteWorkflowInput, gate: Gate | None) -> Any:
        if gate is None:
            return await super().execute_workflow(input)
        current.set(gate)
        with gate.spans.run():
            return await super().execute_workflow(input)

    def handle_update_validator(self, input: HandleUpdateInput) -> None:
        """See base class."""
        try:
            self._checked(input.update, input.args, self._proven(self._shown(input.headers)))
        except Refused as refused:
            _fail(refused)
        super().handle_update_validator(input)

    async def handle_update_handler(self, input: HandleUpdateInput) -> Any:
        """See base class."""
        # Validators do not run on replay, so what the handler needs is set here. An update may
        # come with the very first activation, before the run itself has begun.
        sender = self._believed(input)
        await workflow.wait_condition(lambda: self._out.entered)
        if self._out.gate is not None:
            current.set(self._out.gate)
            self._out.gate.askers[input.id] = sender
            self._out.gate.spans.heard(input.update, "update")
        return await super().handle_update_handler(input)

    async def handle_signal(self, input: HandleSignalInput) -> None:
        """See base class."""
        self._signals += 1
        try:
            self._said(input.headers, input.signal, input.args, f"signal-{self._signals}")
        except (Refused, TypeError, ValueError) as refused:
            # Whoever can signal past the platform is not to be able to end a run by it.
            workflow.logger.warning("signal %s is ignored: %s", input.signal[:80], refused)
            return
        if self._out.gate is not None:
            self._out.gate.spans.heard(input.signal, "signal")
        await super().handle_signal(input)

    def _believed(self, input: HandleUpdateInput) -> Principal:
        try:
            return self._said(input.headers, input.update, input.args, f"update-{input.id}")
        except Refused as refused:
            _fail(refused)

    def _said(
        self, headers: Mapping[str, Any], what: str, args: Sequence[Any], word: str
    ) -> Principal:
        """Who says this, as the signed context does; Refused if nobody did."""
        token, doubt = self._shown(headers), self._out.doubt
        context = doubt.believed(lambda: self._proven(token), lambda: _unproven(token), word)
        return self._checked(what, args, context)

    def _checked(self, what: str, args: Sequence[Any], context: ExecutionContext) -> Principal:
        tenant, _, _ = workflow.info().workflow_id.partition("/")
        if context.tenant != tenant:
            raise Refused("context.misplaced", "this run belongs to another tenant")
        if context.intent != saying(what, args):
            raise Refused("context.misplaced", "the context was signed for something else")
        return context.principal

    def _begun(self, headers: Mapping[str, Any]) -> tuple[bytes, ExecutionContext]:
        token, info, doubt = self._shown(headers), workflow.info(), self._out.doubt
        doubt.begins()
        contexts = self.services.contexts

        def verified() -> ExecutionContext:
            return contexts.verified(token, workflow=info.workflow_id, run=info.run_id)

        def claimed() -> ExecutionContext:
            return unproven_of(token, workflow=info.workflow_id)

        return token, doubt.believed(verified, claimed, "start")

    def _proven(self, token: bytes) -> ExecutionContext:
        return unseal(token, self.services.keys, workflow=workflow.info().workflow_id)

    def _shown(self, headers: Mapping[str, Any]) -> bytes:
        token = read(headers, CONTEXT)
        if token is None:
            raise Refused(
                "context.missing",
                "this run was started past the platform's door, so nobody answers for it: "
                "start it through the API, the command line `symphainy` or another solution",
            )
        return token

    def _gate(self, context: ExecutionContext) -> Gate:
        plan = self.services.plans.get(context.plan)
        if plan.solution != workflow.info().workflow_type:
            raise Refused("context.misplaced", f"the context is for solution {plan.solution!r}")
        if self.services.key is None:
            raise Refused("context.no-key", "this worker holds no key to grant steps with")
        title = f"{plan.title or plan.solution} {plan.version}"
        return Gate(
            context=context,
            plan=plan,
            bundle=bundle_of(plan),
            key=self.services.key,
            narrator=Narrator(title),
            spans=RunSpans(self.services.telemetry, context),
            attributes=self.services.attributes,
            inherits=inheriting(context, self._genuine, self.services.plans.get),
        )

    def _genuine(self, token: bytes) -> ExecutionContext:
        id, doubt = workflow.info().workflow_id, self._out.doubt
        return doubt.believed(
            lambda: self.services.contexts.genuine(token, workflow=id),
            lambda: unproven_of(token, workflow=id),
            f"move-{digest_of(token)[-16:]}",
        )


class Outbound(WorkflowOutboundInterceptor):
    """Decides before a step starts; the grant that results is the step's only way through."""

    def __init__(self, next: WorkflowOutboundInterceptor, handed: Handed) -> None:
        super().__init__(next)
        self._handed = handed
        self._token = b""
        self.doubt = Doubt()
        self.gate: Gate | None = None
        """None for workflows that are the platform's own."""

    @property
    def entered(self) -> bool:
        """Whether it is known whose run this is."""
        return bool(self._token)

    def enter(self, token: bytes, gate: Gate | None) -> None:
        """Take over the run's context as it came and the gate that guards it."""
        self._token, self.gate = token, gate

    def start_activity(self, input: StartActivityInput) -> ActivityHandle[Any]:
        """See base class."""
        self.doubt.check()
        if self.gate is None and input.activity.startswith("gate."):
            headers = with_header(input.headers, CONTEXT, self._token)
            return super().start_activity(replace(input, headers=headers))
        # Callers of start_activity expect a task; ActivityHandle is one.
        return cast("ActivityHandle[Any]", asyncio.create_task(self._gated(input)))

    def start_local_activity(self, input: StartLocalActivityInput) -> ActivityHandle[Any]:
        """See base class."""
        self.doubt.check()
        if not input.activity.startswith("gate."):
            return cast("ActivityHandle[Any]", asyncio.create_task(self._gated(input)))
        headers = with_header(input.headers, CONTEXT, self._token)
        return super().start_local_activity(replace(input, headers=headers))

    async def start_child_workflow(
        self, input: StartChildWorkflowInput
    ) -> ChildWorkflowHandle[Any, Any]:
        """See base class."""
        self.doubt.check()
        token = self.gate.children.pop(input.id, None) if self.gate is not None else None
        if token is None:
            _fail(Refused("context.missing", "a child was not admitted, so nobody answers for it"))
        headers = with_header(input.headers, CONTEXT, token)
        return await super().start_child_workflow(replace(input, headers=headers))

    def continue_as_new(self, input: ContinueAsNewInput) -> NoReturn:
        """See base class."""
        self.doubt.check()
        token = self.gate.inherited if self.gate is not None else None
        headers = with_header(input.headers, CONTEXT, token or self._token)
        super().continue_as_new(replace(input, headers=headers))

    async def _gated(self, input: StartActivityInput | StartLocalActivityInput) -> Any:
        invocation = input.args[0]
        if self.gate is None or not isinstance(invocation, Invocation):
            _fail(Refused("grant.missing", f"activity {input.activity!r} is not a step of a run"))
        wire = invocation.wire()
        content = canonical(wire)
        if len(content) > PAYLOAD:
            _fail(
                Refused(
                    "run.payload-too-large",
                    f"a step may be handed {PAYLOAD:,} bytes, this one has {len(content):,}",
                )
            )
        with self.gate.spans.step(invocation):
            return await self._passed(input, invocation, wire, digest_of(content), self.gate)

    async def _passed(
        self,
        input: StartActivityInput | StartLocalActivityInput,
        invocation: Invocation,
        wire: dict[str, Json],
        arguments: str,
        gate: Gate,
    ) -> Any:
        fresh, leased = False, _looks(input)
        while True:
            passed = await gate.passes(invocation, fresh=fresh, leased=leased)
            if isinstance(passed, Skipped):
                return passed
            if passed.masks:
                invocation = invocation.masked(passed.masks)
                wire = invocation.wire()
                arguments = digest_of(canonical(wire))
            try:
                async with gate.slots:
                    queue = getattr(input, "task_queue", None)
                    grant = gate.grant(invocation, passed, input.activity, arguments, queue)
                    gate.narrator.tell(invocation.step, f"is under way: `{input.activity}`")
                    return await self._granted(input, wire, grant, gate)
            except (ActivityError, ApplicationError) as error:
                if (kind := _again(error)) is None:
                    raise
                fresh = fresh or kind == DEFERRED
            finally:
                gate.narrator.done(invocation.step)

    async def _granted(
        self,
        input: StartActivityInput | StartLocalActivityInput,
        wire: dict[str, Json],
        grant: Grant,
        gate: Gate,
    ) -> Any:
        if isinstance(input, StartActivityInput):
            id = input.activity_id or grant.key
            headers = with_header(input.headers, *gate.seal(grant))
            result = await super().start_activity(
                replace(input, args=[wire], headers=headers, activity_id=id)
            )
            gate.in_a_row = 0
            return result
        if gate.many_in_a_row:
            raise elsewhere(f"{LOCAL_STEPS} local activities in a row are enough")
        gate.in_a_row += 1
        ticket = self._handed.give(grant)
        headers = with_header(input.headers, GRANT, ticket)
        try:
            return await super().start_local_activity(replace(input, args=[wire], headers=headers))
        finally:
            self._handed.take_back(ticket)


def _unproven(token: bytes) -> ExecutionContext:
    return unproven(token, workflow=workflow.info().workflow_id)


def _looks(input: StartActivityInput | StartLocalActivityInput) -> bool:
    """Whether what does it decides once more before; a client's own pool may not."""
    queue = getattr(input, "task_queue", None)
    return queue in (None, workflow.info().task_queue)


def _is_ours() -> bool:
    info = workflow.info()
    # By the id too: a tenant may call a solution as it likes.
    return OURS.get(info.workflow_type) == info.workflow_id.split("/")[1]


def _again(error: ActivityError | ApplicationError) -> str | None:
    """Why the step is decided anew; None where it failed."""
    # What a local activity fails with comes without an ActivityError around it.
    cause = error.cause if isinstance(error, ActivityError) else error
    found = cause.type if isinstance(cause, ApplicationError) else None
    return found if found in AGAIN else None


def _fail(refused: Refused) -> NoReturn:
    raise ApplicationError(
        refused.message,
        {"code": refused.code, "ending": "refused"},
        type=refused.code,
        non_retryable=True,
    ) from refused
