"""What a step asks of a capability or an experience, and who reads which part of it."""

from dataclasses import dataclass, field, replace

from symphainy.catalog import Effect
from symphainy.classified import mask, unmasked
from symphainy.json import Json
from symphainy.plan import Experience

__all__ = ["WAY", "Invocation"]

WAY = "~"
"""Between the key of a step instance and the experience that a fallback goes by."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """The one argument of every activity a run starts.

    Only `wire()` reaches Temporal's history; the rest is what the gate needs to decide and can
    be read from the plan again on the other side.
    """

    step: str
    """The task's reference, e.g. `/do/0/remind`."""
    key: str
    """The step instance: the reference and how many times this run has been there before."""
    arguments: Json
    task: str
    capability: str
    effect: Effect
    experience: str | None = None
    channel: str | None = None
    purpose: str | None = None
    topic: str | None = None
    customer: str | None = None
    authentication: Json = None
    """How the step proves whose it is, null where a secret goes."""
    secrets: dict[str, Json] = field(default_factory=dict)
    """By JSON pointer into the wire: what is put in there where the step is done."""
    conditions: dict[str, bool] = field(default_factory=dict)
    """For each policy with a `when`, what it gave; a policy that is missing counts as true."""
    classes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The classes of data in the arguments, by place: see `symphainy.classified`."""
    instead: str | None = None
    """The key of the delivery that certainly was not sent, and that this one is made instead of."""
    expires: str | None = None
    """When the message is not worth sending any more, in ISO 8601."""
    cause: int | None = None
    """The place of the event because of which the step tells one."""
    doubt: dict[str, Json] | None = None
    """The question to people whether the delivery was sent, and what they answered."""

    def masked(self, places: tuple[str, ...]) -> "Invocation":
        """The same with what is there made unreadable."""
        if not places:
            return self
        arguments, classes = mask(self.arguments, places), unmasked(self.classes, places)
        return replace(self, arguments=arguments, classes=classes)

    def another_way(self, name: str, bound: Experience, instead: str | None) -> "Invocation":
        """The same message by the experience `name`: another delivery of the same step."""
        return replace(
            self,
            key=f"{self.key}{WAY}{name}",
            capability=f"experience.{bound.channel}",
            experience=name,
            channel=bound.channel,
            purpose=bound.purpose,
            topic=bound.topic,
            instead=instead,
        )

    def wire(self) -> dict[str, Json]:
        """The JSON that is recorded, signed for and sent; the key is the activity's id."""
        wire: dict[str, Json] = {"with": self.arguments}
        if self.authentication is not None:
            wire["authentication"] = self.authentication
        if self.secrets:
            wire["secrets"] = {**self.secrets}
        if self.experience is not None:
            wire["experience"] = self.experience
        if self.cause is not None:
            wire["cause"] = self.cause
        if self.doubt is not None:
            wire["doubt"] = self.doubt
        if self.expires is not None:
            wire["expires"] = self.expires
        if self.classes:
            wire["classes"] = {at: [*some] for at, some in self.classes.items()}
        if self.instead is not None:
            wire["instead"] = self.instead
        if self.customer is not None:
            wire["customer"] = self.customer
        if self.conditions:
            wire["conditions"] = {**self.conditions}
        return wire
