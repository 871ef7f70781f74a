"""What a session has done outside: its messages kept, its solution told, senders told in turn."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from temporalio import activity
from temporalio.client import Client
from temporalio.service import RPCError

from public_works import Stores
from public_works.record import now
from smart_city.context import ExecutionContext
from symphainy.delivery import DeliveryEvent, Receipt
from symphainy.errors import Ending, Refused
from symphainy.json import Json
from symphainy.session import Address, Message, Surface
from temporal.gate.activity import asking
from temporal.intake import Intake
from temporal.sessions.hearing import Hearing, Telling

__all__ = ["turning"]

log = logging.getLogger("symphainy.sessions")

REMEMBERED = 200


def turning(
    client: Client, stores: Stores, intake: Intake, tell: Telling
) -> list[Callable[..., Any]]:
    """The activities `gate.session.begin` and `gate.session.turn`; `tell` takes receipts.

    Whose session it is they take from its signed context.
    """
    hearing = Hearing(client, stores, intake, tell)

    @activity.defn(name="gate.session.begin")
    async def begin() -> dict[str, Json] | None:
        tenant, address = _whose(asking.get())
        return await asyncio.to_thread(_known, stores, tenant, address)

    @activity.defn(name="gate.session.turn")
    async def turn(asked: dict[str, Any]) -> dict[str, Json]:
        tenant, address = _whose(asking.get())
        surface = Surface.model_validate(asked["surface"])
        messages = [Message.model_validate(one) for one in asked["messages"]]
        await asyncio.to_thread(stores.transcripts.keep, tenant, surface, messages)
        if asked["seen"]:
            await _acknowledge(stores, tell, tenant, address, asked["seen"])
        return await _heard(hearing, tenant, address, surface, asked["unheard"])

    return [begin, turn]


def _whose(context: ExecutionContext) -> tuple[str, Address]:
    return context.tenant, Address.of_workflow(context.workflow)


def _known(stores: Stores, tenant: str, address: Address) -> dict[str, Json] | None:
    found = stores.transcripts.get(tenant, address.id)
    if found is None:
        return None
    last = stores.transcripts.latest(tenant, address.id, limit=REMEMBERED)
    seq = max([found.surface.seq, *(one.seq for one in last)])
    surface = found.surface.model_copy(update={"seq": seq})
    return {"surface": surface.model_dump(mode="json"), "known": {one.id: one.seq for one in last}}


async def _heard(
    hearing: Hearing, tenant: str, address: Address, surface: Surface, unheard: list[Any]
) -> dict[str, Json]:
    """Tell the solution, in order; what it could not be told is for later."""
    heard: dict[str, Json] = {}
    run, problem = surface.run, surface.problem
    for one in unheard:
        message = Message.model_validate(one)
        try:
            run = await hearing.hear(tenant, address, message, run)
            heard[message.id], problem = run, None
        except Refused as refused:
            log.warning("a message in a session with %s: %s", address.solution, refused)
            heard[message.id], problem = None, refused.code
        except (Ending, RPCError) as error:
            log.warning("a message in a session with %s waits: %s", address.solution, error)
            return {"heard": heard, "problem": getattr(error, "code", None), "later": True}
    return {"heard": heard, "problem": problem, "later": False}


async def _acknowledge(
    stores: Stores, tell: Telling, tenant: str, address: Address, seen: dict[str, int]
) -> None:
    """Let the senders know which messages arrived, and which were read."""
    transcripts = stores.transcripts
    unseen = await asyncio.to_thread(transcripts.unseen, tenant, address.id, **seen)
    for one in unseen:
        record = await asyncio.to_thread(stores.ledger.get, tenant, one.id)
        if record is None:
            continue
        happened: dict[DeliveryEvent, bool] = {"delivered": one.delivered, "opened": one.read}
        for event in (name for name, true in happened.items() if true):
            # Known by the session, not by the moment: told again, it is the same receipt.
            await tell(record, record.binding, Receipt(event=event, at=now(), dedupe=address.id))
    await asyncio.to_thread(transcripts.told, tenant, address.id, **seen)
