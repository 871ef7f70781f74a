"""The three sections that a solution adds to the specification."""

from typing import Annotated, Literal, TypeVar, get_args

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from symphainy.catalog import Channel
from symphainy.definition.call import BUILT_IN_CALLS
from symphainy.definition.checks import exactly_one
from symphainy.definition.data import Schema
from symphainy.definition.duration import Duration
from symphainy.definition.model import Data, Items, Maybe, Model, Object, Text, Values
from symphainy.definition.names import Label

__all__ = ["Digest", "Experience", "Experiences", "Intent", "Parts", "Policies", "Template"]

Rate = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,5}/(s|min|h)$")]
Region = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40)]
Cost = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,12}(\.[0-9]{1,6})?( [A-Z]{3})?$")]
TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
P = TypeVar("P", bound="Parts")
CHANNELS: tuple[Channel, ...] = get_args(Channel)


def _one_markup(written: P) -> P:
    if written.html is not None and written.mjml is not None:
        raise PydanticCustomError("schema.exclusive", "has `html` or `mjml`, not both")
    return written


def _has_days(written: "Digest") -> "Digest":
    if written.days and written.at is None:
        raise PydanticCustomError("schema.exclusive", "has `days` only where it has `at`")
    return written


def _says(written: "Template") -> "Template":
    if written.text is None and written.html is None and written.mjml is None:
        raise PydanticCustomError("schema.required", "needs `text`, `html` or `mjml`")
    return written


class Parts(Model):
    """What a message says; Liquid."""

    subject: Maybe[str] = None
    text: Maybe[str] = None
    html: Maybe[str] = None
    mjml: Maybe[str] = None
    """In place of `html`."""
    words: Values[str] = Field(default_factory=dict)
    """Liquid that the parts write as `words.<name>`, so that languages share a layout."""


class Template(Parts):
    """What a message says, in one language and perhaps in more."""

    locale: Maybe[Text] = None
    """The language of the parts right here."""
    locales: Values[Annotated[Parts, AfterValidator(_one_markup)]] = Field(default_factory=dict)
    """By BCP 47 tag; what a variant leaves out is as in one that says less, or right here."""
    data: Maybe[Object] = None
    """The JSON Schema of what it reads of `with.data`."""
    sample: Maybe[Object] = None
    """Data as a step may give it; it is rendered when the definition is checked."""


class Digest(Model):
    """Messages to one customer within a while, or until a time of day, become one."""

    every: Maybe[Duration] = None
    at: Maybe[TimeOfDay] = None
    """By the customer's clock: `08:00`."""
    days: Items[Day] = ()
    """On which `at` is meant; every day where there are none."""
    template: Text
    """What the one message says where it stands for several; it reads them as `items`."""


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
    expires: Maybe[Duration] = None
    """How long after its step began a message is worth sending."""
    rate: Maybe[Rate] = None
    """How many messages leave at most: `10/s`, `100/min`, `1000/h`."""
    digest: Maybe[
        Annotated[Digest, AfterValidator(exactly_one("every", "at")), AfterValidator(_has_days)]
    ] = None
    region: Maybe[Region] = None
    """Where in the world what is sent goes: `eu`, `eu-central-1`; policies of residency ask."""
    cost: Maybe[Cost] = None
    """What a message costs, such as `0.0075 EUR`; budgets count it."""
    locale: Maybe[Text] = None
    zone: Maybe[Text] = None
    """Of receivers nobody knows it of."""
    settings: Object = Field(default_factory=dict)
    templates: Values[Annotated[Template, AfterValidator(_one_markup), AfterValidator(_says)]] = (
        Field(default_factory=dict)
    )


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
