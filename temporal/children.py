"""Runs that a run starts: let in by the same door, and found again when the parent has moved on."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from pydantic import BaseModel, ConfigDict
from temporalio import activity
from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowHandle,
)
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from smart_city.context import ExecutionContext
from symphainy.errors import Refused, Unavailable
from symphainy.json import Json
from temporal.attributes import ALL
from temporal.events import problem_of
from temporal.gate.activity import asking

__all__ = [
    "DEEPEST",
    "ChildRequest",
    "ChildRun",
    "Outcome",
    "OutcomeRequest",
    "admissions",
    "deeper",
    "outcome_of",
    "own_key",
]

DEEPEST = 20
"""How deep runs may start each other."""

PATIENCE = timedelta(seconds=5)


class ChildRequest(BaseModel):
    """A run that another run wants to start."""

    model_config = ConfigDict(frozen=True)

    solution: str
    version: str | None = None
    """None is the version that is deployed."""
    input: Json = None
    key: str
    """The step instance that wants it: the same one is given the same child again."""


class ChildRun(BaseModel):
    """A child that may be started, and all that starting it takes."""

    model_config = ConfigDict(frozen=True)

    workflow: str
    solution: str
    version: str
    title: str
    token: str
    """Its signed context, in base 64."""
    memo: dict[str, str]
    attributes: dict[str, str]

    def search(self) -> TypedSearchAttributes:
        """Under what it is found."""
        named = {key.name: key for key in ALL}
        return TypedSearchAttributes(
            [SearchAttributePair(named[name], value) for name, value in self.attributes.items()]
        )

    @property
    def sealed(self) -> bytes:
        """Its context as the header wants it."""
        return base64.b64decode(self.token)


class OutcomeRequest(BaseModel):
    """A child that is asked after."""

    model_config = ConfigDict(frozen=True)

    workflow: str
    run: str


class Outcome(BaseModel):
    """What became of a child; `over` is false while it is under way."""

    model_config = ConfigDict(frozen=True)

    over: bool
    output: Json = None
    problem: dict[str, Json] | None = None
    """Why it failed; empty if it was cancelled or terminated."""


def own_key(parent: ExecutionContext, step_key: str) -> str:
    """The key of a child that has no business key: one for each step instance of each run."""
    return str(uuid5(NAMESPACE_URL, f"child|{parent.workflow}|{parent.intent}|{step_key}"))


def deeper(parent: ExecutionContext) -> int:
    """How deep a child of `parent` is; Refused `run.too-deep`."""
    if parent.depth >= DEEPEST:
        message = f"runs started each other {DEEPEST} deep: a solution may be running itself"
        raise Refused("run.too-deep", message)
    return parent.depth + 1


def admissions(
    admit: Callable[[ExecutionContext, ChildRequest], ChildRun],
    outcome: Callable[[OutcomeRequest], Awaitable[Outcome]],
) -> list[Callable[..., Any]]:
    """The local activities by which a run asks to start a child, and what became of one.

    Whose run asks they take from its signed context.
    """

    @activity.defn(name="gate.child")
    async def child(request: ChildRequest) -> ChildRun:
        return await asyncio.to_thread(admit, asking.get(), request)

    @activity.defn(name="gate.outcome")
    async def ended(request: OutcomeRequest) -> Outcome:
        if request.workflow.partition("/")[0] != asking.get().tenant:
            raise Refused("run.unknown", "this child belongs to another tenant")
        return await outcome(request)

    return [child, ended]


async def outcome_of(client: Client, request: OutcomeRequest) -> Outcome:
    """What became of a child, as Temporal knows it; its continuations are the same child, and a
    later run of its key is another one."""
    handle = client.get_workflow_handle(request.workflow, run_id=request.run)
    try:
        if not await _is_over(client, handle):
            return Outcome(over=False)
        return Outcome(over=True, output=await handle.result(rpc_timeout=PATIENCE))
    except WorkflowFailureError as error:
        cause = error.cause
        fault = isinstance(cause, ApplicationError)
        return Outcome(over=True, problem=problem_of(cause) if fault else {})
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            # Its history is past the namespace's retention.
            return Outcome(over=True, problem={})
        raise Unavailable("run.temporal-unreachable", "the runtime did not answer") from error


async def _is_over(client: Client, first: WorkflowHandle[Any, Any]) -> bool:
    found = await first.describe(rpc_timeout=PATIENCE)
    if found.status == WorkflowExecutionStatus.CONTINUED_AS_NEW:
        found = await client.get_workflow_handle(first.id).describe(rpc_timeout=PATIENCE)
        if found.raw_description.workflow_execution_info.first_run_id != first.run_id:
            return True
    return found.close_time is not None and found.status != WorkflowExecutionStatus.CONTINUED_AS_NEW
