"""Messages sent once more, because a person says so: each by a run of its own, which sends that
message and nothing else, by the version and under the policies that it was for."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowExecutionDescription
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from public_works import Stores
from public_works.ledger import DeliveryRecord, again, doubted
from public_works.telemetry import here
from smart_city.context import ExecutionContext, seal
from smart_city.signing import Keyring, SigningKey
from symphainy.errors import Refused
from symphainy.identity import Principal
from symphainy.json import Json, digest
from symphainy.markdown import plain
from symphainy.plan import Plan
from temporal.about import searchable
from temporal.addresses import resend_id, run_of
from temporal.attributes import CUSTOMER, ENVIRONMENT, SOLUTION, TENANT, VERSION
from temporal.codec import converter_for
from temporal.gate.request import delivery_of
from temporal.headers import outgoing
from temporal.intake import QUEUE, unreachable
from temporal.lineage.decoding import Decoding
from temporal.lineage.histories import Histories, histories
from temporal.plans import Plans

__all__ = ["Resending", "Resent"]

PATIENCE = timedelta(seconds=5)
SENDS = "experience."


class Resent(BaseModel):
    """What sends a message once more."""

    model_config = ConfigDict(frozen=True)

    run: str
    existing: bool = False
    """Whether it was asked for before."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a step sent, as its run knows it."""

    context: ExecutionContext
    input: Json
    wire: dict[str, Any]


class Resending:
    """Starts the runs that send once more; one for each delivery, however often it is asked."""

    def __init__(
        self, client: Client, stores: Stores, plans: Plans, key: SigningKey, keys: Keyring
    ) -> None:
        self._client = client
        self._stores = stores
        self._plans = plans
        self._key = key
        self._keys = keys

    async def resend(self, by: Principal, delivery: str, *, twice: bool) -> Resent:
        """The run that sends it once more; `twice` says that it may arrive twice.

        Refused: ledger.missing, delivery.sent, delivery.under-way, delivery.in-doubt,
        delivery.forgotten, solution.paused. Unavailable: run.temporal-unreachable.
        """
        ledger = self._stores.ledger
        record = await asyncio.to_thread(ledger.get, by.tenant, delivery)
        if record is None:
            raise Refused("ledger.missing", f"There is no delivery {delivery[:80]!r}.")
        workflow = f"{by.tenant}/{record.run.replace(':', '/', 1)}"
        try:
            described = await self._described(workflow)
            over = described is None or described.close_time is not None
            asked = await asyncio.to_thread(self._asked, record)
            again(record, over=over, asked=asked, twice=twice)
            await asyncio.to_thread(self._stands, record)
            written = await self._written(record, workflow, described)
            return await self._start(by, record, written)
        except RPCError as error:
            raise unreachable(error) from error

    async def resolve(self, by: Principal, delivery: str, *, sent: bool) -> DeliveryRecord:
        """The delivery, once the ledger has what a person found out about it.

        Refused: ledger.missing, delivery.under-way, delivery.settled.
        """
        return await asyncio.to_thread(self._resolved, by, delivery, sent)

    def _resolved(self, by: Principal, delivery: str, sent: bool) -> DeliveryRecord:
        ledger = self._stores.ledger
        record = ledger.get(by.tenant, delivery)
        if record is None:
            raise Refused("ledger.missing", f"There is no delivery {delivery[:80]!r}.")
        doubted(record, self._asked(record))
        try:
            return ledger.resolve(by.tenant, delivery, "accepted" if sent else "retryable", by.id)
        except Refused as error:
            if error.code != "ledger.transition":
                raise
            # Its provider told of it meanwhile.
            raise Refused("delivery.settled", error.message) from error

    async def of(self, tenant: str, record: DeliveryRecord) -> list[DeliveryRecord]:
        """What was sent because somebody wanted that delivery once more."""
        run = run_of(resend_id(f"{tenant}/{record.run.replace(':', '/', 1)}", record.id))
        return await asyncio.to_thread(self._stores.ledger.list, tenant, run=run)

    async def _described(self, workflow: str) -> WorkflowExecutionDescription | None:
        handle = self._client.get_workflow_handle(workflow)
        try:
            return await handle.describe(rpc_timeout=PATIENCE)
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return None
            raise

    def _asked(self, record: DeliveryRecord) -> str | None:
        """The question that people are asked about the delivery, if they are."""
        about, after = f"experience/{record.binding}/", None
        while found := self._stores.approvals.pending(record.tenant, after, 200):
            for one in found:
                same = (one.run, one.step) == (record.run, record.step)
                if same and one.policy.startswith(about):
                    return one.id
            after = found[-1].id
        return None

    def _stands(self, record: DeliveryRecord) -> None:
        if self._stores.definitions.paused(record.tenant, record.solution):
            raise Refused("solution.paused", f"{record.solution!r} is paused: resume it first")

    async def _written(
        self,
        record: DeliveryRecord,
        workflow: str,
        described: WorkflowExecutionDescription | None,
    ) -> Written:
        gone = Refused("delivery.forgotten", "what it says is not kept any more")
        if described is None or not described.run_id:
            raise gone
        decoding = Decoding(converter_for(self._client, workflow), self._keys, workflow)
        found = await histories(self._client, workflow, described.run_id)
        begun = found.chain[0].events[0].workflow_execution_started_event_attributes
        context = decoding.context(begun.header.fields, found.chain[0].run_id)
        if context is None:
            raise gone
        for event in _events(found):
            if event.event_type != EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
                continue
            step = event.activity_task_scheduled_event_attributes
            mine = delivery_of(context, step.activity_id) == record.id
            if not mine or not step.activity_type.name.startswith(SENDS):
                continue
            wire, started = await decoding.value(step.input), await decoding.value(begun.input)
            if isinstance(wire, dict) and isinstance(started, dict):
                return Written(context, started.get("input"), wire)
        raise gone

    async def _start(self, by: Principal, record: DeliveryRecord, written: Written) -> Resent:
        plan = await asyncio.to_thread(self._plans.get, record.plan or written.context.plan)
        workflow = resend_id(written.context.workflow, record.id)
        customer = await asyncio.to_thread(self._about, record, written.context, workflow)
        started = {"input": written.input, "resend": _wish(record, written.wire)}
        try:
            with outgoing(seal(self._context(by, written.context, plan, workflow), self._key)):
                await self._client.start_workflow(
                    plan.solution,
                    started,
                    id=workflow,
                    task_queue=QUEUE,
                    id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
                    id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                    search_attributes=_found_by(record, plan, written.context, customer),
                    static_summary=plain(plan.title or "") or None,
                    static_details=f"sends the delivery `{record.id}` once more",
                    rpc_timeout=PATIENCE,
                )
        except WorkflowAlreadyStartedError:
            return Resent(run=run_of(workflow), existing=True)
        return Resent(run=run_of(workflow))

    def _about(self, record: DeliveryRecord, before: ExecutionContext, workflow: str) -> str | None:
        """Whom the run is about, if anybody: what it carries is sealed with a key of theirs."""
        keys = self._stores.run_keys
        customer = keys.customer(record.tenant, before.workflow) or record.customer
        if customer is not None:
            keys.make(record.tenant, workflow, customer)
        return customer

    def _context(
        self, by: Principal, before: ExecutionContext, plan: Plan, workflow: str
    ) -> ExecutionContext:
        return ExecutionContext(
            tenant=by.tenant,
            environment=before.environment,
            principal=by,
            solution=plan.solution,
            version=plan.version,
            plan=plan.digest,
            workflow=workflow,
            # The same for each who asks: what the run sends is one delivery, too.
            intent=digest(["resend", workflow]),
            trace=here(),
            issued=int(time.time()),
        )


def _events(found: Histories) -> Iterator[HistoryEvent]:
    for history in found.chain:
        for one in (*history.aside, history):
            yield from one.events


def _wish(record: DeliveryRecord, wire: dict[str, Any]) -> dict[str, Json]:
    wish = {"step": record.step, "experience": wire["experience"], "with": wire.get("with")}
    return wish | ({"secrets": wire["secrets"]} if "secrets" in wire else {})


def _found_by(
    record: DeliveryRecord, plan: Plan, before: ExecutionContext, customer: str | None
) -> TypedSearchAttributes:
    known = {
        TENANT: record.tenant,
        SOLUTION: plan.solution,
        VERSION: plan.version,
        ENVIRONMENT: before.environment,
        CUSTOMER: searchable(customer),
    }
    return TypedSearchAttributes(
        [SearchAttributePair(key, value) for key, value in known.items() if value is not None]
    )
