"""A decision as it is asked for, inside a run and at its last gate."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from pydantic import BaseModel, ConfigDict

from public_works.customers import Customer
from smart_city.approval import Approval, Rejection
from smart_city.context import ExecutionContext
from smart_city.decide import Step
from smart_city.documents import LAYERS
from smart_city.grant import Grant
from symphainy.catalog import Effect
from symphainy.delivery.messages import addressed
from symphainy.identity import Principal
from symphainy.invocation import WAY, Invocation
from symphainy.json import Json, digest

__all__ = [
    "DecisionRequest",
    "delivery_of",
    "need_id",
    "obligations_of",
    "phone_in",
    "saying",
    "step_of",
]


_FIELDS = {"email": "email", "sms": "phone", "voice": "phone"}
_PLACES = ("uri", "url", "endpoint", "host")


class DecisionRequest(BaseModel):
    """A step to decide on, with the facts that only its run knows."""

    model_config = ConfigDict(frozen=True)

    now: datetime
    """The server's time, which a run and its activities share; no worker's own clock decides."""
    step: str
    task: str
    key: str
    capability: str
    effect: Effect
    channel: str | None = None
    purpose: str | None = None
    topic: str | None = None
    customer: str | None = None
    phone: str | None = None
    """The number that is written to, where the step itself says it."""
    experience: str | None = None
    destination: str | None = None
    """Where the step itself says it goes: a mail address, a number, a URL or a host."""
    conditions: dict[str, bool] = {}
    arguments: Json = None
    """What the step is called with; secrets are not in it."""
    classes: dict[str, tuple[str, ...]] = {}
    """The classes of data in it, by place."""
    leased: bool = False
    """Whether what does the step will tell when it begins; until then places are only lent."""
    approvals: dict[str, Approval] = {}
    rejections: dict[str, Rejection] = {}

    @classmethod
    def of(
        cls,
        invocation: Invocation,
        now: datetime,
        approvals: Mapping[str, Approval],
        rejections: Mapping[str, Rejection],
        *,
        leased: bool = False,
    ) -> "DecisionRequest":
        """The request for the step that `invocation` is about to make."""
        return cls(
            now=now,
            step=invocation.step,
            task=invocation.task,
            key=invocation.key,
            capability=invocation.capability,
            effect=invocation.effect,
            channel=invocation.channel,
            purpose=invocation.purpose,
            topic=invocation.topic,
            customer=invocation.customer,
            phone=phone_in(invocation.arguments),
            experience=invocation.experience,
            destination=destination_in(invocation.arguments, invocation.channel),
            conditions=invocation.conditions,
            arguments=invocation.arguments,
            classes=invocation.classes,
            leased=leased,
            approvals=dict(approvals),
            rejections=dict(rejections),
        )


def phone_in(arguments: Json) -> str | None:
    """The phone number that a message is addressed to, if the step says one."""
    to = arguments.get("to") if isinstance(arguments, dict) else None
    number = to.get("phone") if isinstance(to, dict) else to
    return number if isinstance(number, str) and number.startswith("+") else None


def destination_in(arguments: Json, channel: str | None) -> str | None:
    """Where a step says it goes; None where that is the customer's own address."""
    if not isinstance(arguments, dict):
        return None
    if channel in _FIELDS:
        to = arguments.get("to")
        return _text(to.get(_FIELDS[channel])) if isinstance(to, dict) else addressed(to)
    return next((one for name in _PLACES if (one := _text(arguments.get(name)))), None)


def address_of(customer: Customer | None, channel: str | None) -> str | None:
    """Where the customer is reached on `channel`, which is more than what a step says."""
    field = _FIELDS.get(channel or "")
    return _text(getattr(customer, field, None)) if field else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def step_of(context: ExecutionContext | Grant, asked: Invocation | DecisionRequest) -> Step:
    """What is about to happen, as the decision point wants it."""
    return Step(
        tenant=context.tenant,
        environment=context.environment,
        solution=context.solution,
        run=context.workflow,
        step=asked.step,
        task=asked.task,
        capability=asked.capability,
        effect=asked.effect,
        channel=asked.channel,
        purpose=asked.purpose,
        topic=asked.topic,
        customer=asked.customer,
        principal=context.principal,
        conditions={_of_solution(name): held for name, held in asked.conditions.items()},
        key=asked.key,
        carries=asked.classes,
    )


def _of_solution(name: str) -> str:
    # Only policies of a solution have conditions; a tenant's may have the same name.
    return name if "/" in name else f"solution/{name}"


def need_id(context: ExecutionContext | Grant, step_key: str, policy: str) -> str:
    """The id of the approval that `policy` wants for one step instance of one run."""
    # Whoever let a step be done need not be asked again because it goes another way.
    instance = step_key.partition(WAY)[0]
    name = f"approval|{context.workflow}|{context.intent}|{instance}|{policy}"
    moved = isinstance(context, ExecutionContext) and context.moved
    if moved and policy.partition("/")[0] in LAYERS:
        # What people said of one version they did not say of another.
        name += f"|{context.plan}"
    return str(uuid5(NAMESPACE_URL, name))


def delivery_of(context: ExecutionContext | Grant, step_key: str) -> str:
    """The id of the delivery that one step instance of one run makes."""
    name = f"delivery|{context.workflow}|{context.intent}|{step_key}"
    return str(uuid5(NAMESPACE_URL, name))


def saying(update: str, args: Sequence[Any]) -> str:
    """What the context of an update is signed for: exactly this update with these arguments, so
    that nothing a run was told before can be told again as something else."""
    return "update:" + digest([update, list(args)])


def obligations_of(approvals: Mapping[str, Approval]) -> tuple[str, ...]:
    """What was discharged for a step, for its grant to say."""
    return tuple(
        json.dumps([policy, one.by.model_dump(mode="json"), one.at.isoformat()])
        for policy, one in approvals.items()
    )


def approvals_of(obligations: tuple[str, ...]) -> dict[str, Approval]:
    """The approvals that a grant says were given."""
    approvals = {}
    for policy, by, at in map(json.loads, obligations):
        approvals[policy] = Approval(Principal.model_validate(by), datetime.fromisoformat(at))
    return approvals
