"""Who hears what a customer writes: the run that talks to them, or one that it starts."""

import asyncio
from datetime import timedelta

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from public_works import Stores
from symphainy.event import Envelope
from symphainy.identity import Principal
from symphainy.intent import Intent
from symphainy.json import Json
from symphainy.plan import Filter, Listen, Plan
from symphainy.session import MESSAGE, Address, Message
from temporal.addresses import address_of
from temporal.intake import Intake
from temporal.sessions.sessions import speaker

__all__ = ["Hearing"]

PATIENCE = timedelta(seconds=5)


class Hearing:
    """Tells solutions what customers write."""

    def __init__(self, client: Client, stores: Stores, intake: Intake) -> None:
        self._client = client
        self._stores = stores
        self._intake = intake

    async def hear(
        self, tenant: str, address: Address, message: Message, run: str | None
    ) -> str | None:
        """The run that the customer talks to from now on; the same message again is heard once.

        Whoever listens for it hears it. If nobody does and the run that spoke last is over, or
        never will listen, it starts one where the solution has an intent for it.

        Refused, Unavailable: as `submit`.
        """
        by = Principal(tenant=tenant, id=speaker(address), kind="user")
        data = _data(address, message, run)
        event = _event(address, message, data, run)
        taken = await self._intake.hub.accept(by, address.environment, event, starting=False)
        # Told before, by a process that died before it could say so.
        runs = taken.runs if taken.new else await self._intake.hub.heard(tenant, taken.seq)
        if runs:
            return runs[0]
        if run is not None and await self._will_listen(tenant, address, run):
            return run
        plan = await asyncio.to_thread(self._plan, tenant, address)
        name = _begins(plan) if plan is not None else None
        if name is None:
            return run
        submitted = await self._intake.submit(
            Intent(
                principal=by,
                solution=address.solution,
                name=name,
                payload=data,
                idempotency_key=f"session|{address.id}|{message.id}",
                environment=address.environment,
            )
        )
        return submitted.run

    async def _will_listen(self, tenant: str, address: Address, run: str) -> bool:
        """Whether the run is open and may come to listen for what the hub keeps for it."""
        where = address_of(run)
        handle = self._client.get_workflow_handle(f"{tenant}/{where.solution}/{where.key}")
        try:
            found = await handle.describe(rpc_timeout=PATIENCE)
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return False
            raise
        if found.close_time is not None:
            return False
        plan = await asyncio.to_thread(self._plan, tenant, address)
        return plan is not None and _listens(plan)

    def _plan(self, tenant: str, address: Address) -> Plan | None:
        version = self._stores.definitions.deployed(tenant, address.solution, address.environment)
        return self._intake.plans.get(version.plan_digest) if version is not None else None


def _begins(plan: Plan) -> str | None:
    """The intent that a message starts."""
    found = (name for name, one in plan.intents.items() if one.starts and one.event == MESSAGE)
    return next(found, None)


def _listens(plan: Plan) -> bool:
    """Whether runs of `plan` listen somewhere for what customers write."""
    return any(
        not task.filters or any(_means(one) for one in task.filters)
        for task in plan.walk()
        if isinstance(task, Listen)
    )


def _means(filter: Filter) -> bool:
    wanted = filter.with_.get("type")
    return wanted is None or wanted == MESSAGE or str(wanted).startswith("${")


def _data(address: Address, message: Message, run: str | None) -> dict[str, Json]:
    """What a run is told."""
    told: dict[str, Json] = {
        "session": address.id,
        "customer": address.customer,
        "channel": message.channel,
        "text": message.text,
        "id": message.id,
        "seq": message.seq,
    }
    if message.choice is not None:
        told["choice"] = message.choice
    return told


def _event(address: Address, message: Message, data: dict[str, Json], run: str | None) -> Envelope:
    return {
        "specversion": "1.0",
        "id": message.id,
        "source": f"/v1/sessions/{address.id}",
        "type": MESSAGE,
        "time": message.at.isoformat(),
        "data": data,
    }
