"""Going through events or messages one by one."""

from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from symphainy.definition.checks import exactly_one
from symphainy.definition.data import Export, Output
from symphainy.definition.duration import Duration, is_expression
from symphainy.definition.item import TaskList
from symphainy.definition.model import Maybe, Model

__all__ = ["Consumption", "Subscription", "SubscriptionIterator"]


def _expression(text: str) -> str:
    if not is_expression(text):
        raise PydanticCustomError("schema.value", "is not one ${{ ... }}")
    return text


Expression = Annotated[str, AfterValidator(_expression)]


class SubscriptionIterator(Model):
    """The tasks to perform for each, first come, first served."""

    item: str = "item"
    at: str = "index"
    do: Maybe[TaskList] = None
    output: Maybe[Output] = None
    export: Maybe[Export] = None


class Consumption(Model):
    """Until when messages are consumed."""

    for_: Maybe[Duration] = None
    amount: Maybe[int] = None
    while_: Maybe[Expression] = None
    until: Maybe[Expression] = None


class Subscription(Model):
    """Which messages are consumed, and how."""

    filter: Maybe[Expression] = None
    consume: Annotated[Consumption, AfterValidator(exactly_one("amount", "while_", "until"))]
    foreach: Maybe[SubscriptionIterator] = None
