"""The three sections that a solution adds to the specification."""

from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from symphainy.catalog import Channel
from symphainy.definition.call import BUILT_IN_CALLS
from symphainy.definition.data import Schema
from symphainy.definition.model import Data, Items, Maybe, Model, Object, Text, Values
from symphainy.definition.names import Label

__all__ = ["Experience", "Experiences", "Intent", "Policies", "Template"]

CHANNELS: tuple[Channel, ...] = get_args(Channel)


class Template(Model):
    """What a message says; Liquid."""

    subject: Maybe[str] = None
    text: str
    html: Maybe[str] = None


class Experience(Model):
    """How customers are reached under this name."""

    adapter: Text
    channel: Maybe[Channel] = None
    """None only where the adapter has to tell: it is resolved against the catalog."""
    from_: Maybe[str] = None
    purpose: Literal["transactional", "marketing", "security"] = "transactional"
    topic: Maybe[str] = None
    fallback: Items[Label] = ()
    on_unknown: Maybe[Literal["hold", "resend", "human"]] = None
    settings: Object = Field(default_factory=dict)
    templates: Values[Template] = Field(default_factory=dict)


class Intent(Model):
    """A way for anything to start a run or to talk to it."""

    starts: bool = False
    key: Maybe[Text] = None
    """An expression on the payload that gives the run's business key."""
    customer: Maybe[Text] = None
    """An expression on the payload that gives the id of the end customer the run is about."""
    event: Maybe[Text] = None
    """The type of the CloudEvents that mean this."""
    correlate: Maybe[Text] = None
    """An expression on the event that gives the key of the run it is for."""
    zone: Maybe[Text] = None
    """The IANA time zone that a cron expression of the section `schedule` is read in."""
    input: Maybe[Schema] = None


def _callable(name: str) -> str:
    if name in BUILT_IN_CALLS:
        raise PydanticCustomError("schema.reserved-name", "is a call that the language builds in")
    return name


def _channels(experiences: dict[str, Experience]) -> dict[str, Experience]:
    return {name: _own_channel(name, one) for name, one in experiences.items()}


def _own_channel(name: str, experience: Experience) -> Experience:
    if experience.channel is None and name in CHANNELS:
        return experience.model_copy(update={"channel": name})
    return experience


def _kind(policy: dict[str, Data]) -> dict[str, Data]:
    if "kind" not in policy:
        raise PydanticCustomError("schema.required", "needs `kind`")
    if not isinstance(policy["kind"], str) or not policy["kind"]:
        raise PydanticCustomError("schema.type", "needs a string as its `kind`")
    return policy


Experiences = Annotated[
    dict[Annotated[Label, AfterValidator(_callable)], Experience], AfterValidator(_channels)
]
Policy = Annotated[dict[str, Data], AfterValidator(_kind)]
Policies = dict[Label, Policy]
