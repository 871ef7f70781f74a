"""The outbox, where messages of the sandbox end up."""

import asyncio
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from public_works.outbox import OutboxMessage
from solution_api.acting import acted
from solution_api.auth import Held, Operator, Reader
from solution_api.bodies import model
from solution_api.examples import MESSAGE
from solution_api.headers import IdempotencyKey
from solution_api.names import Cursor, Limit
from solution_api.openapi import BODY, answers, example, takes
from solution_api.simulator import Deed, call_of, possible
from solution_api.views import Message, MessageLine, Page, page
from symphainy.catalog import Channel
from symphainy.errors import Refused

__all__ = ["router"]

router = APIRouter(prefix="/v1/outbox", tags=["Deliveries"])


Id = Annotated[
    str, Path(description="Id of the message.", examples=["0b2e6f0c9f1b4f0fa4f6d6c1f1f0a001"])
]
Done = Annotated[Deed, Depends(model(Deed))]
PRESSED = takes(Deed.model_json_schema(), {"act": "press", "digits": "1"}, required=True)


@router.get(
    "",
    responses={
        **example({"items": [MESSAGE], "cursor": None}),
        **answers("store.cursor", "store.key-too-long"),
    },
)
async def list_outbox(
    services: Held,
    by: Reader,
    channel: Annotated[Channel | None, Query(examples=["sms"])] = None,
    run: Annotated[str | None, Query(max_length=400, description="Id of a run.")] = None,
    customer: Annotated[str | None, Query(max_length=400, description="Id of a customer.")] = None,
    words: Annotated[
        str | None, Query(max_length=200, description="What the message says, or whom it is for.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[MessageLine]:
    """Messages that the sandbox adapters took, newest first."""
    find = partial(
        services.stores.outbox.list, channel=channel, run=run, customer=customer, words=words
    )
    found = await asyncio.to_thread(find, by.tenant, cursor, limit + 1)
    return page(MessageLine, found, limit)


@router.get("/{message}", responses=answers("outbox.missing", "store.key-too-long"))
async def get_message(services: Held, by: Reader, message: Id) -> Message:
    """A message as its receiver would have got it, and what can be done with it."""
    found = await asyncio.to_thread(services.stores.outbox.get, by.tenant, message)
    if found is None:
        raise Refused("outbox.missing", f"There is no message {message[:80]!r}.")
    return _shown(found)


@router.post(
    "/{message}/acts",
    responses=answers(
        "outbox.missing",
        "outbox.act",
        "outbox.untold",
        "store.key-too-long",
        *BODY,
    ),
    openapi_extra=PRESSED,
)
async def act_on_message(
    request: Request,
    services: Held,
    by: Operator,
    message: Id,
    done: Done,
    idempotency_key: IdempotencyKey,
) -> Message:
    """Do with a message what the one who gets it could, or what could become of it.

    A mail is opened, a number does not exist, a call is answered and a key pressed. The sandbox
    tells it to the platform as a provider would: with a signed request to the route of callbacks.
    `resend` posts an event for real, `unsubscribe` does what the button of a mail program does.
    """
    given = done.model_dump(exclude_none=True)
    return _shown(await acted(request.app, services, by.tenant, message, given))


def _shown(found: OutboxMessage) -> Message:
    said = {"possible": possible(found), "call": call_of(found)}
    return Message.model_validate({**dict(found), **said}, from_attributes=True)
