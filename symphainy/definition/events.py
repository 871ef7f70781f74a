"""Events: what is emitted, what is listened for, and how events meet a run."""

from typing import Annotated, ClassVar

from pydantic import AfterValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from symphainy.definition.checks import exactly_one
from symphainy.definition.model import Data, Items, Maybe, Model, OrText, Text, Values
from symphainy.definition.uri import Address
from symphainy.json import Json

__all__ = [
    "Correlation",
    "EmittedEvent",
    "EventFilter",
    "EventProperties",
    "EventStrategy",
    "Strategy",
]


class EventProperties(Model):
    """CloudEvents attributes, extension attributes included."""

    model_config = ConfigDict(extra="allow")

    id: Maybe[str] = None
    source: Maybe[Address] = None
    type: Maybe[str] = None
    time: Maybe[str] = None
    subject: Maybe[str] = None
    datacontenttype: Maybe[str] = None
    dataschema: Maybe[Address] = None
    data: Data = None

    @property
    def attributes(self) -> dict[str, Json]:
        """Exactly the attributes that were written, extensions included."""
        written: dict[str, Json] = {name: getattr(self, name) for name in self.model_fields_set}
        return written


class EmittedEvent(EventProperties):
    """Attributes of an event to emit; the runtime adds `id`, `source` and `time`."""

    type: Text


def _filters(properties: EventProperties) -> EventProperties:
    if not properties.model_fields_set:
        raise PydanticCustomError("schema.required", "needs at least one attribute to filter on")
    return properties


class Correlation(Model):
    """What of an event has to be equal to what of the run."""

    lenient: ClassVar[bool] = True

    from_: str
    expect: Maybe[str] = None


class EventFilter(Model):
    """Which events are meant."""

    with_: Annotated[EventProperties, AfterValidator(_filters)]
    correlate: Values[Correlation] = Field(default_factory=dict)


class EventStrategy(Model):
    """All of these events, any of them, or the one."""

    all: Maybe[Items[EventFilter]] = None
    any: Maybe[Items[EventFilter]] = None
    one: Maybe[EventFilter] = None
    until: Maybe[OrText["Strategy"]] = None
    """Only with `any`: an expression, or the events that end the listening."""


def _until(strategy: EventStrategy) -> EventStrategy:
    if strategy.until is not None and strategy.any is None:
        raise PydanticCustomError("schema.exclusive", "takes `until` only beside `any`")
    if isinstance(strategy.until, EventStrategy) and strategy.until.until is not None:
        raise PydanticCustomError("schema.exclusive", "takes no `until` inside `until`")
    return strategy


Strategy = Annotated[
    EventStrategy, AfterValidator(exactly_one("all", "any", "one")), AfterValidator(_until)
]
EventStrategy.model_rebuild()
