"""Where callbacks go in, and their answers come out."""

import asyncio
import time
from datetime import timedelta

from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.common import Priority, WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError

from smart_city.context import ExecutionContext, seal
from smart_city.signing import SigningKey
from symphainy.errors import Unavailable
from symphainy.identity import Principal
from symphainy.json import Json
from temporal.callbacks.run import LIFE
from temporal.callbacks.wire import CALLBACK, Said, Seen
from temporal.headers import outgoing

__all__ = ["Callbacks", "provider"]

QUEUE = "platform"
WAIT = 12.0
"""Seconds; providers wait for fifteen."""
PATIENCE = timedelta(seconds=10)
AGAIN = timedelta(seconds=30)


def provider(tenant: str) -> Principal:
    """Who tells what comes in by callbacks."""
    return Principal(tenant=tenant, id="provider", kind="service", roles=frozenset())


class Callbacks:
    """Has callbacks done by whoever knows their provider."""

    def __init__(
        self, client: Client, key: SigningKey, environment: str, *, wait: float = WAIT
    ) -> None:
        self._client = client
        self._key = key
        self._environment = environment
        self._wait = wait

    async def answer(self, seen: Seen, queue: str) -> Said:
        """What the provider is answered. Unavailable `callback.unanswered` when that takes too
        long; it is done all the same, and the same callback again hears of it."""
        try:
            async with asyncio.timeout(self._wait):
                handle = await self._begun(seen, queue)
                return Said.model_validate(await handle.result())
        except (TimeoutError, RPCError, WorkflowFailureError) as error:
            raise Unavailable(
                "callback.unanswered", "the callback was not done in time", retry_after=AGAIN
            ) from error

    async def _begun(self, seen: Seen, queue: str) -> "WorkflowHandle[object, dict[str, Json]]":
        id = f"{seen.tenant}/callback/{seen.id}"
        context = ExecutionContext(
            tenant=seen.tenant,
            environment=self._environment,
            principal=provider(seen.tenant),
            solution="",
            version="",
            plan="",
            workflow=id,
            intent=f"callback|{seen.id}",
            issued=int(time.time()),
        )
        with outgoing(seal(context, self._key)):
            return await self._client.start_workflow(
                CALLBACK,
                args=[seen.model_dump(mode="json"), queue],
                id=id,
                task_queue=QUEUE,
                result_type=dict,
                execution_timeout=LIFE,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                static_summary=f"{seen.adapter} tells of {seen.binding}",
                priority=Priority(fairness_key=seen.tenant[:64]),
                rpc_timeout=PATIENCE,
            )
