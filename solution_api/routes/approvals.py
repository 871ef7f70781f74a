"""Approvals: people answer what runs wait for."""

import asyncio
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, Field

from public_works.approvals import ApprovalRecord
from public_works.audit import Act
from smart_city.audit import Actor, Subject
from solution_api.auditing import acting, actor_of
from solution_api.auth import Anybody, Held
from solution_api.bodies import model
from solution_api.headers import IdempotencyKey
from solution_api.names import Cursor, Limit
from solution_api.openapi import BODY, answers, takes
from solution_api.services import Services
from solution_api.standing import said_of, within
from solution_api.views import Approval, Page, page
from symphainy.errors import Refused
from symphainy.identity import Principal

__all__ = ["decide", "router"]

router = APIRouter(prefix="/v1/approvals", tags=["Approvals"])


class Note(BaseModel, extra="forbid"):
    """Why."""

    note: str | None = Field(None, max_length=2000, description="Kept with the decision.")


Id = Annotated[str, Path(description="Id of the approval.", examples=["3f9c0b6e4f"])]
Said = Annotated[Note, Depends(model(Note))]
DECIDING = answers(
    "approval.missing",
    "approval.decided",
    "approval.expired",
    "approval.not-a-person",
    "approval.role",
    "approval.not-distinct",
    "approval.not-pending",
    "run.closed",
    "run.temporal-unreachable",
    "store.key-too-long",
    *BODY,
)
NOTE = takes(Note.model_json_schema(), {"note": "Agreed with finance."})


@router.get("", responses=answers("store.cursor", "store.key-too-long"))
async def list_approvals(
    services: Held, by: Anybody, cursor: Cursor = None, limit: Limit = 50
) -> Page[Approval]:
    """What waits for an answer, oldest first."""
    found = await asyncio.to_thread(services.stores.approvals.pending, by.tenant, cursor, limit + 1)
    return page(Approval, found, limit)


@router.get("/{approval}", responses=answers("approval.missing", "store.key-too-long"))
async def get_approval(services: Held, by: Anybody, approval: Id) -> Approval:
    """A question, and its answer once there is one."""
    return Approval.model_validate(await _approval(services, by.tenant, approval))


@router.post("/{approval}/approve", responses=DECIDING, openapi_extra=NOTE)
async def approve(
    services: Held, by: Anybody, approval: Id, said: Said, idempotency_key: IdempotencyKey
) -> Approval:
    """Say yes. Who may is the policy's to say: a person with its role who did not start the run.
    Of a delivery in doubt (`onUnknown: human`): it was sent."""
    return await decide(services, by, approval, "approved", said.note)


@router.post("/{approval}/reject", responses=DECIDING, openapi_extra=NOTE)
async def reject(
    services: Held, by: Anybody, approval: Id, said: Said, idempotency_key: IdempotencyKey
) -> Approval:
    """Say no: the step is denied. Of a delivery in doubt: it was not sent, and is sent again."""
    return await decide(services, by, approval, "rejected", said.note)


async def decide(
    services: Services,
    by: Principal,
    id: str,
    outcome: Literal["approved", "rejected"],
    note: str | None,
    actor: Actor | None = None,
) -> Approval:
    """Answer an approval in the name of `by`, if the run lets them; the audit log calls them
    `actor`."""
    asked = await _approval(services, by.tenant, id)
    keep = partial(
        services.stores.approvals.decide, by.tenant, id, outcome=outcome, by=by.id, note=note
    )
    # A run that nobody has worked for may not have noticed that it is too late.
    if not asked.open:
        return Approval.model_validate(await asyncio.to_thread(keep))
    who = await _answering(services, by, asked)
    act = Act(
        tenant=by.tenant,
        actor=actor or actor_of(by),
        action=f"approval.{outcome}",
        subject=Subject(type="approval", id=id),
        details={"run": asked.run, "step": asked.step, "policy": asked.policy},
    )
    try:
        async with acting(services, act):
            # The run decides who may; the register only remembers what the run has taken.
            await services.runs.answer(who, asked.run, id, granted=outcome == "approved")
            return Approval.model_validate(await asyncio.to_thread(partial(keep, taken=True)))
    except Refused as refused:
        if refused.code in ("run.closed", "approval.not-pending"):
            # Nobody waits for an answer any more.
            await asyncio.to_thread(services.stores.approvals.expire, by.tenant, id)
        raise


async def _answering(services: Services, by: Principal, asked: ApprovalRecord) -> Principal:
    """`by` as the run is to see them: in the roles that hold for it now, and, if it was they who
    started it under another name, under that name."""
    stores = services.stores
    own = await said_of(stores, by.tenant, by.roles)
    where = None
    if any(one.environments is not None for one in own.values()):
        where = (await services.runs.get(by.tenant, asked.run)).environment
    who = await within(stores, by, solution=asked.solution, environment=where)
    if who.kind != "user" or who.id == asked.initiator:
        return who
    names = (who.id, asked.initiator)
    one, other = [await asyncio.to_thread(stores.people.identity, by.tenant, it) for it in names]
    return who.model_copy(update={"id": asked.initiator}) if one == other else who


async def _approval(services: Services, tenant: str, id: str) -> ApprovalRecord:
    found = await asyncio.to_thread(services.stores.approvals.get, tenant, id)
    if found is None:
        raise Refused("approval.missing", f"There is no approval {id[:80]!r}.")
    return found
