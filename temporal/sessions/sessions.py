"""Reaches sessions: what customers write, what is written to them, how it all stands."""

import asyncio
import time
from contextlib import suppress
from datetime import timedelta
from typing import Any

from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import (
    Priority,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from public_works import Stores
from smart_city.context import ExecutionContext, seal
from smart_city.signing import SigningKey
from symphainy.delivery import Choice
from symphainy.errors import Refused, Unavailable, Unsure
from symphainy.identity import Principal
from symphainy.json import Json
from symphainy.session import WORKFLOW, Address, Kept, Surface
from temporal.attributes import CUSTOMER, ENVIRONMENT, SOLUTION, TENANT
from temporal.gate.request import saying
from temporal.headers import outgoing

__all__ = ["QUEUE", "Sessions", "speaker"]

QUEUE = "platform"
PATIENCE = timedelta(seconds=10)


class Sessions:
    """The sessions of all tenants; they begin with the first message."""

    def __init__(
        self, client: Client, stores: Stores, key: SigningKey, *, attributes: bool = True
    ) -> None:
        self._client = client
        self._stores = stores
        self._key = key
        self._attributes = attributes

    async def receive(
        self,
        tenant: str,
        address: Address,
        *,
        id: str,
        text: str,
        channel: str,
        choice: str | None = None,
        run: str | None = None,
    ) -> Kept:
        """Take a message that the customer wrote; the same `id` again changes nothing.

        Its run hears it, or one is started, before long. `run` is the one that it answers, if that
        can be told; by default the one that spoke last.

        Refused: session.text, session.busy, solution.not-deployed. Unavailable:
        session.unreachable. Unsure: session.unsure; asking again with the same `id` is safe.
        """
        deployed = await asyncio.to_thread(
            self._stores.definitions.deployed, tenant, address.solution, address.environment
        )
        if deployed is None:
            where = f"{address.solution!r} is not deployed to {address.environment!r}"
            raise Refused("solution.not-deployed", where)
        said: dict[str, Json] = {"id": id, "text": text, "channel": channel}
        return await self._put(
            "receive", tenant, address, {**said, "choice": choice, "run": run}, speaker(address)
        )

    async def say(
        self,
        tenant: str,
        address: Address,
        *,
        id: str,
        text: str,
        channel: str,
        choices: tuple[Choice, ...] = (),
        run: str | None = None,
    ) -> Kept:
        """See Conversations."""
        said: dict[str, Json] = {
            "id": id,
            "text": text,
            "channel": channel,
            "choices": [one.model_dump() for one in choices],
            "run": run,
        }
        return await self._put("say", tenant, address, said, "deliverer")

    async def said(self, tenant: str, address: Address, id: str) -> Kept | None:
        """See Conversations."""
        place = await asyncio.to_thread(self._stores.transcripts.said, tenant, address.id, id)
        return Kept(session=address.id, seq=place, new=False) if place is not None else None

    async def seen(self, tenant: str, address: Address, *, delivered: int, read: int) -> None:
        """Take in up to where the customer's device has messages, and they have been read."""
        args = [{"delivered": delivered, "read": read}]
        workflow = address.workflow(tenant)
        context = self._context(tenant, address, saying("seen", args), speaker(address))
        try:
            with outgoing(seal(context, self._key)):
                handle = self._client.get_workflow_handle(workflow)
                await handle.signal("seen", args=args, rpc_timeout=PATIENCE)
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                raise _unknown(address) from error
            raise _unreachable() from error

    async def state(self, tenant: str, address: Address) -> Surface:
        """How the session stands, asked of itself. Refused `session.unknown`."""
        handle = self._client.get_workflow_handle(address.workflow(tenant))
        try:
            found = await handle.query("state", rpc_timeout=PATIENCE)
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                raise _unknown(address) from error
            raise _unreachable() from error
        return Surface.model_validate(found)

    async def _put(
        self, update: str, tenant: str, address: Address, said: dict[str, Json], by: str
    ) -> Kept:
        context = self._context(tenant, address, saying(update, [said]), by)
        if address.customer is not None:
            make, workflow = self._stores.run_keys.make, address.workflow(tenant)
            await asyncio.to_thread(make, tenant, workflow, address.customer)
        begun = self._start(tenant, address)
        try:
            with outgoing(seal(context, self._key)):
                given = await self._client.execute_update_with_start_workflow(
                    update,
                    said,
                    start_workflow_operation=begun,
                    result_type=dict[str, Any],
                    rpc_timeout=PATIENCE,
                )
        except WorkflowUpdateFailedError as error:
            cause = error.cause
            code = cause.type if isinstance(cause, ApplicationError) else None
            raise Refused(code or "session.text", getattr(cause, "message", str(cause))) from error
        except WorkflowUpdateRPCTimeoutOrCancelledError as error:
            await _forget(begun)
            # It may be taken once there is a worker again; the id keeps it from being two.
            raise Unsure("session.unsure", "no worker has answered for the session") from error
        except RPCError as error:
            await _forget(begun)
            if error.status == RPCStatusCode.RESOURCE_EXHAUSTED:
                told = "too many messages of this session are on their way"
                raise Refused("session.busy", told) from error
            raise _unreachable() from error
        return Kept(session=address.id, **given)

    def _start(self, tenant: str, address: Address) -> WithStartWorkflowOperation[Any, Any]:
        return WithStartWorkflowOperation(
            WORKFLOW,
            id=address.workflow(tenant),
            task_queue=QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            search_attributes=self._search(tenant, address),
            static_summary=f"Session with {address.solution}",
            priority=Priority(fairness_key=tenant[:64]),
        )

    def _search(self, tenant: str, address: Address) -> TypedSearchAttributes:
        if not self._attributes:
            return TypedSearchAttributes.empty
        customer = address.customer
        known = {
            TENANT: tenant,
            SOLUTION: address.solution,
            ENVIRONMENT: address.environment,
            CUSTOMER: customer if customer is not None and "@" not in customer else None,
        }
        return TypedSearchAttributes(
            [SearchAttributePair(key, value) for key, value in known.items() if value is not None]
        )

    def _context(self, tenant: str, address: Address, intent: str, by: str) -> ExecutionContext:
        return ExecutionContext(
            tenant=tenant,
            environment=address.environment,
            principal=Principal(tenant=tenant, id=by, kind="user"),
            solution=address.solution,
            version="",
            plan="",
            workflow=address.workflow(tenant),
            intent=intent,
            issued=int(time.time()),
        )


def speaker(address: Address) -> str:
    """The principal's id for what the customer of a session does."""
    return f"customer:{address.customer}" if address.customer else f"anonymous:{address.anonymous}"


async def _forget(begun: WithStartWorkflowOperation[Any, Any]) -> None:
    """Take note that it failed, which the SDK keeps for whoever asks for the handle."""
    with suppress(RPCError, TimeoutError):
        async with asyncio.timeout(0.1):
            await begun.workflow_handle()


def _unknown(address: Address) -> Refused:
    return Refused("session.unknown", f"there is no session {address.id[:80]!r}")


def _unreachable() -> Unavailable:
    return Unavailable(
        "session.unreachable",
        "the runtime did not answer; the same message with the same id is safe",
        retry_after=timedelta(seconds=2),
    )
