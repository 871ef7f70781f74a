"""Forms on pages of clients: intents to submit, approvals to decide, preferences to say."""

import asyncio
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, Field

from public_works.approvals import ApprovalRecord
from solution_api.auditing import acting, customer_of, preferring
from solution_api.auth import Held
from solution_api.bodies import model, payload
from solution_api.headers import IdempotencyKey
from solution_api.openapi import BODY, answers, takes
from solution_api.routes.approvals import decide
from solution_api.routes.preferences import CHOSEN, Choices, shown
from solution_api.routes.widgets import TOKEN
from solution_api.services import Services
from solution_api.views import Preferences
from solution_api.widgets.tokens import WidgetToken
from solution_api.widgets.visitor import Filling, Preferring
from symphainy.errors import Refused
from symphainy.identity import Principal
from symphainy.intent import Intent
from symphainy.json import Json
from symphainy.plan import Plan
from temporal.intake import START
from temporal.sessions.sessions import speaker

__all__ = ["router"]

router = APIRouter(prefix="/v1/widgets", tags=["Widgets"])

FILLED: Json = {"customer": "c-17"}
DECIDED: Json = {"granted": True, "note": "Agreed."}
Name = Annotated[str, Path(description="The intent.", examples=["welcome"])]
Id = Annotated[str, Path(description="Id of the approval.")]


class Form(BaseModel):
    """What a form asks for."""

    intent: str
    title: str
    schema_: dict[str, Any] = Field(
        serialization_alias="schema", description="JSON Schema of what is submitted."
    )


class Submitted(BaseModel):
    """What came of a form."""

    run: str


class Question(BaseModel):
    """Something to decide."""

    approval: str
    reason: str | None
    role: str
    state: Literal["pending", "approved", "rejected", "expired"]
    created: datetime
    expires: datetime | None


class Decision(BaseModel, extra="forbid"):
    """Yes or no."""

    granted: bool
    note: str | None = Field(None, max_length=2_000)


@router.get("/forms/{intent}", responses=answers(*TOKEN, "intent.unknown", keyed=False))
async def get_form(services: Held, token: Filling, intent: Name) -> Form:
    """What the intent asks for, to make a form of."""
    plan = await asyncio.to_thread(_plan, services, token)
    return Form(
        intent=intent,
        title=plan.title or plan.solution,
        schema_=_schema(plan, intent, token),
    )


@router.post(
    "/forms/{intent}",
    status_code=202,
    responses=answers(
        *TOKEN,
        "intent.unknown",
        "intent.input",
        "intent.key",
        "intent.key-reused",
        "run.bad-key",
        "run.unknown",
        "run.closed",
        "event.too-large",
        "solution.paused",
        "solution.not-deployed",
        "run.temporal-unreachable",
        *BODY,
        keyed=False,
    ),
    openapi_extra=takes({"type": "object"}, FILLED, required=True),
)
async def submit_form(
    services: Held,
    token: Filling,
    intent: Name,
    given: Annotated[Json, Depends(payload)],
    idempotency_key: IdempotencyKey,
) -> Submitted:
    """Submit the intent in the name of whoever looks at the page."""
    plan = await asyncio.to_thread(_plan, services, token)
    _schema(plan, intent, token)
    taken = await services.intake.submit(
        Intent(
            principal=_person(token),
            solution=plan.solution,
            name=intent,
            payload=given,
            idempotency_key=_own(token, idempotency_key),
            environment=token.address.environment,
        )
    )
    return Submitted(run=taken.run)


@router.get("/approvals/{approval}", responses=answers(*TOKEN, "approval.missing", keyed=False))
async def get_own_approval(services: Held, token: Filling, approval: Id) -> Question:
    """Something that the token's holder may decide."""
    return _question(await _asked(services, token, approval))


@router.post(
    "/approvals/{approval}",
    responses=answers(
        *TOKEN,
        "approval.missing",
        "approval.role",
        "approval.not-a-person",
        "approval.decided",
        "approval.expired",
        "approval.not-distinct",
        "run.unknown",
        "run.closed",
        "run.temporal-unreachable",
        *BODY,
        keyed=False,
    ),
    openapi_extra=takes(Decision.model_json_schema(), DECIDED, required=True),
)
async def decide_own_approval(
    services: Held,
    token: Filling,
    approval: Id,
    said: Annotated[Decision, Depends(model(Decision))],
) -> Question:
    """Decide it, as whoever looks at the page, in the roles that the token gives them."""
    await _asked(services, token, approval)
    outcome: Literal["approved", "rejected"] = "approved" if said.granted else "rejected"
    actor = customer_of(services, token.tenant, token.address.customer)
    await decide(services, _person(token), approval, outcome, said.note, actor)
    return _question(await _asked(services, token, approval))


@router.get("/preferences", responses=answers(*TOKEN, "customer.missing", keyed=False))
async def get_own_preferences(services: Held, token: Preferring) -> Preferences:
    """What the customer can hear about, and wants to."""
    person = await asyncio.to_thread(services.chooser.customer, token.tenant, _customer(token))
    offered = await asyncio.to_thread(services.chooser.offered, person)
    return shown(services, person, offered)


@router.put(
    "/preferences",
    responses=answers(*TOKEN, "customer.missing", "preferences.unknown", *BODY, keyed=False),
    openapi_extra=takes(Choices.model_json_schema(), CHOSEN, required=True),
)
async def put_own_preferences(
    services: Held, token: Preferring, asked: Annotated[Choices, Depends(model(Choices))]
) -> Preferences:
    """Take down what the customer says; what is left out stays as it is."""
    person = await asyncio.to_thread(services.chooser.customer, token.tenant, _customer(token))
    wanted = {(one.topic, str(one.channel)): one.wanted for one in asked.choices}
    async with acting(services, preferring(services, person, "widget")):
        offered = await asyncio.to_thread(services.chooser.choose, person, wanted, "widget")
    return shown(services, person, offered)


def _customer(token: WidgetToken) -> str:
    customer = token.address.customer
    if customer is None:
        raise Refused("widget.scope", "Nobody keeps preferences of somebody unknown.")
    return customer


def _person(token: WidgetToken) -> Principal:
    """Whoever looks at the page, as runs know them."""
    id = speaker(token.address)
    return Principal(tenant=token.tenant, id=id, kind="user", roles=frozenset(token.roles))


def _own(token: WidgetToken, key: str | None) -> str | None:
    """The key of a request, apart from those of other visitors and of the client."""
    return f"widget|{token.session}|{key}" if key is not None else None


def _plan(services: Services, token: WidgetToken) -> Plan:
    address = token.address
    version = services.stores.definitions.deployed(
        token.tenant, address.solution, address.environment
    )
    if version is None:
        where = f"{address.solution!r} is not deployed to {address.environment!r}"
        raise Refused("solution.not-deployed", where)
    return services.plans.get(version.plan_digest)


def _schema(plan: Plan, intent: str, token: WidgetToken) -> dict[str, Any]:
    """What the intent takes. Refused: widget.scope, intent.unknown."""
    if intent not in token.intents:
        named = ", ".join(token.intents) or "none"
        raise Refused("widget.scope", f"The token is for the intents {named}.")
    wanted = plan.intents.get(intent)
    if wanted is None and (intent != START or any(one.starts for one in plan.intents.values())):
        raise Refused("intent.unknown", f"{plan.solution!r} has no intent {intent[:80]!r}.")
    own = wanted.input if wanted is not None else None
    whole = plan.input.schema_ if plan.input is not None else None
    return own or whole or {"type": "object"}


async def _asked(services: Services, token: WidgetToken, id: str) -> ApprovalRecord:
    found = None
    if id in token.approvals:
        found = await asyncio.to_thread(services.stores.approvals.get, token.tenant, id)
    if found is None or found.solution != token.address.solution:
        raise Refused("approval.missing", f"There is no approval {id[:80]!r}.")
    return found


def _question(asked: ApprovalRecord) -> Question:
    return Question(
        approval=asked.id,
        reason=asked.reason,
        role=asked.role,
        state=asked.state,
        created=asked.created,
        expires=asked.expires,
    )
