"""Who hears what a customer writes: the run that talks to them, or one that it starts."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from public_works import Stores
from public_works.ledger import DeliveryRecord
from symphainy.delivery import Receipt
from symphainy.errors import Refused
from symphainy.event import DELIVERY, Envelope, may_be
from symphainy.identity import Principal
from symphainy.intent import Intent
from symphainy.json import Json
from symphainy.plan import Filter, Listen, Plan
from symphainy.session import MESSAGE, Address, Message
from temporal.addresses import address_of
from temporal.intake import Intake
from temporal.sessions.sessions import speaker

__all__ = ["WIDGET", "Hearing", "Telling"]

PATIENCE = timedelta(seconds=5)
REPLIED = f"{DELIVERY}replied.v1"
WIDGET = "web"
"""The channel whose replies nobody but the session tells of."""

Telling = Callable[[DeliveryRecord, str, Receipt], Awaitable[None]]
"""Takes a receipt of a delivery that went by that binding, and lets its run know."""


class Hearing:
    """Tells solutions what customers write."""

    def __init__(self, client: Client, stores: Stores, intake: Intake, tell: Telling) -> None:
        self._client = client
        self._stores = stores
        self._intake = intake
        self._tell = tell

    async def hear(
        self, tenant: str, address: Address, message: Message, run: str | None
    ) -> str | None:
        """The run that the customer talks to from now on; the same message again is heard once.

        The run that spoke last hears it if it is not over and listens for such messages anywhere;
        else it starts one, where the solution has an intent for it.

        Refused, Unavailable: as `submit`.
        """
        by = Principal(tenant=tenant, id=speaker(address), kind="user")
        answers = await asyncio.to_thread(
            self._stores.transcripts.answered, tenant, address.id, message.seq
        )
        data = _data(address, message, answers)
        event = _event(address, message, data)
        hub = self._intake.hub
        if run is not None and await hub.knows(tenant, address.environment, event):
            # Told before, by a process that died before it could say so.
            return run
        plan = await asyncio.to_thread(self._plan, tenant, address)
        replies = _listens(plan, REPLIED)
        if run is not None and (replies or _listens(plan, MESSAGE)):
            where = address_of(run)
            workflow = f"{tenant}/{where.solution}/{where.key}"
            if await self._is_open(workflow):
                # Of replies by other channels their providers have told.
                if replies and message.channel == WIDGET and answers is not None:
                    await self._replied(tenant, answers, message, data)
                await hub.accept(by, address.environment, event, only=workflow)
                return run
        return await self._begun(by, address, plan, data) or run

    async def _begun(
        self, by: Principal, address: Address, plan: Plan, data: dict[str, Json]
    ) -> str | None:
        """The run that the message starts, if it does."""
        name = _begins(plan)
        if name is None:
            return None
        submitted = await self._intake.submit(
            Intent(
                principal=by,
                solution=address.solution,
                name=name,
                payload=data,
                idempotency_key=f"session|{address.id}|{data['id']}",
                environment=address.environment,
            )
        )
        return submitted.run

    async def _replied(
        self, tenant: str, delivery: str, message: Message, data: dict[str, Json]
    ) -> None:
        """Tell that the delivery before was answered."""
        record = await asyncio.to_thread(self._stores.ledger.get, tenant, delivery)
        if record is not None:
            told = Receipt(event="replied", at=message.at, dedupe=message.id, data=data)
            await self._tell(record, record.binding, told)

    async def _is_open(self, workflow: str) -> bool:
        try:
            handle = self._client.get_workflow_handle(workflow)
            found = await handle.describe(rpc_timeout=PATIENCE)
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return False
            raise
        return found.close_time is None

    def _plan(self, tenant: str, address: Address) -> Plan:
        version = self._stores.definitions.deployed(tenant, address.solution, address.environment)
        if version is None:
            raise Refused("solution.not-deployed", f"{address.solution!r} is not deployed any more")
        return self._intake.plans.get(version.plan_digest)


def _begins(plan: Plan) -> str | None:
    """The intent that a message starts."""
    found = (name for name, one in plan.intents.items() if one.starts and one.event == MESSAGE)
    return next(found, None)


def _listens(plan: Plan, type: str) -> bool:
    """Whether runs of `plan` listen anywhere for events of that type."""
    return any(
        may_be(one.with_.get("type", type), type)
        for task in plan.walk()
        if isinstance(task, Listen)
        for one in task.filters or (Filter(),)
    )


def _data(address: Address, message: Message, answers: str | None) -> dict[str, Json]:
    """What a run is told; `answers` is the delivery before, if there was one."""
    told: dict[str, Json] = {
        "session": address.id,
        "customer": address.customer,
        "channel": message.channel,
        "text": message.text,
        "id": message.id,
        "seq": message.seq,
        "answers": answers,
    }
    if message.choice is not None:
        told["choice"] = message.choice
    return told


def _event(address: Address, message: Message, data: dict[str, Json]) -> Envelope:
    return {
        "specversion": "1.0",
        "id": message.id,
        "source": f"/v1/sessions/{address.id}",
        "type": MESSAGE,
        "time": message.at.isoformat(),
        "data": data,
    }
