"""Runs as their owners see and steer them."""

import base64
import binascii
import re
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.api.failure.v1 import Failure
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.client import (
    Client,
    WorkflowExecution,
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowHandle,
    WorkflowUpdateFailedError,
)
from temporalio.converter import DataConverter
from temporalio.exceptions import (
    ApplicationError,
    CancelledError,
    FailureError,
    TerminatedError,
)
from temporalio.service import RPCError, RPCStatusCode

from smart_city.context import ExecutionContext, seal
from smart_city.signing import SigningKey
from symphainy.errors import Refused, Unavailable
from symphainy.identity import Principal
from symphainy.json import Json
from symphainy.session import WORKFLOW
from temporal.addresses import Address, address_of, run_of
from temporal.attributes import CUSTOMER, ENVIRONMENT, SOLUTION, STAGE, VERSION
from temporal.codec import converter_for
from temporal.events import problem_of
from temporal.gate.request import saying
from temporal.headers import outgoing

__all__ = ["Retrying", "Run", "RunPage", "Runs", "Status"]

Status = Literal["running", "completed", "faulted", "cancelled", "terminated"]

STATUS: dict[WorkflowExecutionStatus, Status] = {
    WorkflowExecutionStatus.RUNNING: "running",
    WorkflowExecutionStatus.CONTINUED_AS_NEW: "running",
    WorkflowExecutionStatus.COMPLETED: "completed",
    WorkflowExecutionStatus.FAILED: "faulted",
    WorkflowExecutionStatus.TIMED_OUT: "faulted",
    WorkflowExecutionStatus.CANCELED: "cancelled",
    WorkflowExecutionStatus.TERMINATED: "terminated",
}
TEMPORAL = {
    "running": "Running",
    "completed": "Completed",
    "faulted": "Failed",
    "cancelled": "Canceled",
    "terminated": "Terminated",
}
PATIENCE = timedelta(seconds=5)
SAFE = re.compile(r"[^'\"\\\x00-\x1f\x7f]{1,200}")


class Retrying(BaseModel):
    """A step that did not succeed yet and is tried again."""

    model_config = ConfigDict(frozen=True)

    step: str
    """The step instance."""
    activity: str
    attempts: int
    """How often it was tried."""
    next: datetime | None
    """When it is tried again; None: now."""
    code: str | None
    detail: str


class Warned(BaseModel):
    """A step that was done although a policy that advises would not have it."""

    model_config = ConfigDict(frozen=True)

    step: str
    at: datetime
    policy: str
    """`layer/name`."""
    outcome: str
    """What it would have done."""
    code: str
    reason: str


class Run(BaseModel):
    """A run as the API shows it."""

    model_config = ConfigDict(frozen=True)

    run: str
    solution: str
    version: str | None
    environment: str | None
    customer: str | None
    status: Status
    stage: str | None
    """running, held, approval or paused, while the run is running."""
    started: datetime
    closed: datetime | None
    output: Json = None
    problem: dict[str, Json] | None = None
    retrying: tuple[Retrying, ...] = ()
    """What it cannot get done just now, and why; not in lists."""
    warnings: tuple[Warned, ...] = ()
    """What policies that only advise have to say; not in lists."""


class RunPage(NamedTuple):
    """Some runs, newest first, and where the next ones begin."""

    runs: list[Run]
    cursor: str | None


class Runs:
    """Finds, follows and steers the runs of tenants."""

    def __init__(self, client: Client, key: SigningKey) -> None:
        self._client = client
        self._key = key

    async def page(
        self,
        tenant: str,
        *,
        solution: str | None = None,
        status: Status | None = None,
        customer: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> RunPage:
        """Runs of `tenant`, newest first. Refused `run.bad-query` for a value that cannot be."""
        query = [f"SymTenant = '{_safe(tenant)}'", f"WorkflowType != '{WORKFLOW}'"]
        if solution is not None:
            query.append(f"SymSolution = '{_safe(solution)}'")
        if customer is not None:
            query.append(f"SymCustomer = '{_safe(customer)}'")
        if status is not None:
            query.append(f"ExecutionStatus = '{TEMPORAL[status]}'")
        found = self._client.list_workflows(
            " AND ".join(query),
            page_size=limit,
            next_page_token=_token(cursor),
            rpc_timeout=PATIENCE,
        )
        try:
            await found.fetch_next_page()
        except RPCError as error:
            raise _refusal(error, "list") from error
        runs = [_shown(one) for one in found.current_page or ()]
        token = found.next_page_token
        return RunPage(runs, base64.urlsafe_b64encode(token).decode() if token else None)

    async def get(self, tenant: str, run: str) -> Run:
        """The run, with its output or its problem once it is over. Refused `run.unknown`."""
        handle = self.handle(tenant, run)
        try:
            described = await handle.describe(rpc_timeout=PATIENCE)
        except RPCError as error:
            raise _refusal(error, run) from error
        shown = _shown(described)
        if shown.status in ("completed", "faulted"):
            return shown.model_copy(update=await self._outcome(handle))
        converter = converter_for(self._client, handle.id)
        retrying = [await _retrying(one, converter) for one in _failing(described)]
        return shown.model_copy(update={"retrying": tuple(retrying)})

    async def result(self, tenant: str, run: str, *, within: timedelta) -> Run:
        """The run once it is over, or as it is after `within`."""
        handle = self.handle(tenant, run)
        # Over in another way, or not over: either way `get` tells what it is.
        with suppress(WorkflowFailureError, RPCError):
            await handle.result(rpc_timeout=within)
        return await self.get(tenant, run)

    async def pause(self, by: Principal, run: str) -> None:
        """Begin no further step. Refused: run.unknown, run.closed."""
        await self.tell(by, run, "pause")

    async def resume(self, by: Principal, run: str) -> None:
        """Go on. Refused: run.unknown, run.closed."""
        await self.tell(by, run, "resume")

    async def answer(self, by: Principal, run: str, approval: str, *, granted: bool) -> None:
        """Say yes or no to an approval the run waits for."""
        await self.tell(by, run, "answer", approval, granted)

    async def cancel(self, tenant: str, run: str) -> None:
        """Ask the run to end; what is under way is cancelled. Refused: run.unknown, run.closed
        (unless it was cancelled before)."""
        handle = self.handle(tenant, run)
        try:
            # Temporal takes a cancellation of a run that is over without a word.
            found = await handle.describe(rpc_timeout=PATIENCE)
            if found.status == WorkflowExecutionStatus.CANCELED:
                return
            if found.close_time is not None:
                raise Refused("run.closed", f"run {run!r} is over")
            await handle.cancel(rpc_timeout=PATIENCE)
        except RPCError as error:
            raise _refusal(error, run) from error

    async def tell(self, by: Principal, run: str, update: str, *args: Any) -> None:
        """Send an update in the name of `by`, and wait until the run has taken it."""
        handle = self.handle(by.tenant, run)
        context = _context(by, handle.id, address_of(run), saying(update, args))
        token = seal(context, self._key)
        try:
            with outgoing(token):
                await handle.execute_update(update, args=args, rpc_timeout=timedelta(seconds=10))
        except WorkflowUpdateFailedError as error:
            cause = error.cause
            code = cause.type if isinstance(cause, ApplicationError) and cause.type else None
            message = cause.message if isinstance(cause, ApplicationError) else str(cause)
            raise Refused(code or "run.closed", message) from error
        except RPCError as error:
            raise _refusal(error, run) from error

    def handle(self, tenant: str, run: str) -> WorkflowHandle[Any, Any]:
        """The run's handle; the tenant is part of the id, so no other tenant's can be named."""
        address = address_of(run)
        return self._client.get_workflow_handle(f"{tenant}/{address.solution}/{address.key}")

    async def _outcome(self, handle: WorkflowHandle[Any, Any]) -> dict[str, Json]:
        try:
            return {"output": await handle.result()}
        except WorkflowFailureError as error:
            if isinstance(error.cause, CancelledError | TerminatedError):
                return {}
            return {"problem": problem_of(error.cause)}


def _shown(one: WorkflowExecution) -> Run:
    known = one.typed_search_attributes
    running = one.status in (None, WorkflowExecutionStatus.RUNNING)
    return Run(
        run=run_of(one.id),
        solution=known.get(SOLUTION) or one.workflow_type,
        version=known.get(VERSION),
        environment=known.get(ENVIRONMENT),
        customer=known.get(CUSTOMER),
        status=STATUS[one.status or WorkflowExecutionStatus.RUNNING],
        stage=(known.get(STAGE) or "running") if running else None,
        started=one.start_time,
        closed=one.close_time,
    )


def _failing(described: WorkflowExecutionDescription) -> list[PendingActivityInfo]:
    pending = described.raw_description.pending_activities
    return [one for one in pending if one.HasField("last_failure")]


async def _retrying(one: PendingActivityInfo, converter: DataConverter) -> Retrying:
    failure = Failure.FromString(one.last_failure.SerializeToString())
    error = await converter.decode_failure(failure)
    return Retrying(
        step=one.activity_id,
        activity=one.activity_type.name,
        attempts=one.attempt - (one.state == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED),
        next=_moment(one),
        code=one.last_failure.application_failure_info.type or None,
        detail=error.message if isinstance(error, FailureError) else str(error),
    )


def _moment(one: PendingActivityInfo) -> datetime | None:
    if not one.HasField("next_attempt_schedule_time"):
        return None
    return one.next_attempt_schedule_time.ToDatetime(UTC)


def _context(by: Principal, workflow: str, address: Address, intent: str) -> ExecutionContext:
    return ExecutionContext(
        tenant=by.tenant,
        environment="",
        principal=by,
        solution=address.solution,
        version="",
        plan="",
        workflow=workflow,
        intent=intent,
        issued=int(time.time()),
    )


def _safe(value: str) -> str:
    if not SAFE.fullmatch(value):
        raise Refused("run.bad-query", f"{value[:80]!r} cannot be searched for")
    return value


def _token(cursor: str | None) -> bytes | None:
    if cursor is None:
        return None
    try:
        return base64.b64decode(cursor, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused("run.bad-query", "the cursor is not one that a page before gave") from error


def _refusal(error: RPCError, run: str) -> Refused | Unavailable:
    if error.status == RPCStatusCode.NOT_FOUND:
        if "already completed" in str(error):
            return Refused("run.closed", f"run {run!r} is over")
        return Refused("run.unknown", f"there is no run {run[:80]!r}")
    if error.status in (RPCStatusCode.INVALID_ARGUMENT, RPCStatusCode.FAILED_PRECONDITION):
        return Refused("run.bad-query", f"Temporal does not take this: {error.message}")
    return Unavailable(
        "run.temporal-unreachable", "the runtime did not answer", retry_after=timedelta(seconds=2)
    )
