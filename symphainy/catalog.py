"""What workers can do and how people can be reached, as data that definitions are checked on."""

from collections.abc import Iterable, Iterator
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

__all__ = [
    "AdapterSpec",
    "CapabilitySpec",
    "Catalog",
    "Channel",
    "Effect",
    "Example",
    "Promise",
]

Effect = Literal["none", "read", "write", "message", "money"]
"""What a call does to the world; everything but `none` and `read` needs fresh decisions."""

Channel = Literal["email", "sms", "voice", "chat", "crm", "ticket", "webhook", "api", "widget"]
Promise = Literal["exactly once", "at most once", "at least once"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Example(_Frozen):
    """An input with the output it gives; executed by the capability contract suite."""

    title: str
    takes: dict[str, Any]
    gives: dict[str, Any]


class CapabilitySpec(_Frozen):
    """What a capability takes, gives and does."""

    name: str
    """`realm.capability`."""
    version: str
    effect: Effect
    summary: str
    description: str
    takes: dict[str, Any]
    """JSON Schema (2020-12) of the arguments."""
    gives: dict[str, Any]
    examples: tuple[Example, ...] = ()
    timeout_seconds: float = 30.0
    short: bool = False
    """Whether it is done within moments and from memory alone; the platform's own pool does such
    a step where its run is, without a task of its own."""
    queue: str = "platform"
    """The Temporal task queue of the pool that serves it."""
    region: str | None = None
    """Where in the world a call is done: `eu`, `eu-central-1`, `here` if within the platform."""
    cost: str | None = None
    """What a call costs: `0.02 EUR`, or a number of units."""

    @property
    def major(self) -> int:
        return int(self.version.partition(".")[0])

    @property
    def address(self) -> str:
        """`realm.capability:major`, the name a run calls it by and its activity type."""
        return f"{self.name}:{self.major}"


class AdapterSpec(_Frozen):
    """How one vendor reaches people on one channel, and what it can promise."""

    name: str
    channel: Channel
    version: str
    summary: str
    description: str
    settings: dict[str, Any]
    """JSON Schema of what a binding in the section `experiences` may set."""
    promise: Promise
    finds: bool = False
    """Whether the provider can be asked if a message arrived there."""
    keyed: bool = False
    """Whether the provider refuses a second message with the same idempotency key."""
    reconcile_seconds: float = 120.0
    receives: bool = False
    """Whether the provider calls back, with receipts or with what people write."""
    tells: tuple[str, ...] | None = None
    """The events of messages that flows may hear of it, answers of people included; None is
    nothing where it does not receive, and else anything."""
    recalls: bool = False
    """Whether callbacks can only be answered with what was sent at hand; it is kept for them."""
    cancels: bool = False
    """Whether what did not happen yet can be taken back."""
    features: tuple[str, ...] = ()
    """What of its channel the vendor can do and others cannot: `gather`, `transfer`, ..."""
    setup: str = ""
    """Markdown: what has to be set up at the vendor, and which secrets of the tenant it needs."""
    said: tuple[tuple[str, Literal["accepted", "rejected", "retryable", "unknown"], str], ...] = ()
    """What the provider answers, the outcome it is, and what to do about it."""
    queue: str = "platform"
    region: str | None = None
    """Where in the world the vendor keeps what is sent, where all of it is in one place; `here`
    if that is the platform itself."""
    cost: str | None = None
    """What a message costs: `0.0075 EUR`, or a number of units."""


class Catalog(_Frozen):
    """Capabilities and adapters at one moment; looking one up never guesses."""

    capabilities: tuple[CapabilitySpec, ...] = ()
    adapters: tuple[AdapterSpec, ...] = ()

    def __iter__(self) -> Iterator[CapabilitySpec]:  # type: ignore[override]
        return iter(self.capabilities)

    def capability(self, name: str, major: int | None = None) -> CapabilitySpec | None:
        """The newest capability of that name (and major), or None."""
        found = [one for one in self.capabilities if one.name == name]
        if major is not None:
            found = [one for one in found if one.major == major]
        return max(found, key=_age, default=None)

    def adapter(self, channel: str, name: str) -> AdapterSpec | None:
        """The adapter of that channel and name, or None."""
        found = (one for one in self.adapters if (one.channel, one.name) == (channel, name))
        return next(found, None)

    def channels(self, adapter: str) -> tuple[Channel, ...]:
        """The channels that adapters of this name serve."""
        return tuple(one.channel for one in self.adapters if one.name == adapter)

    def plus(
        self, capabilities: Iterable[CapabilitySpec], adapters: Iterable[AdapterSpec]
    ) -> "Catalog":
        """This catalog with more in it."""
        return Catalog(
            capabilities=(*self.capabilities, *capabilities),
            adapters=(*self.adapters, *adapters),
        )


def _age(spec: CapabilitySpec) -> tuple[int, ...]:
    return tuple(int(part) for part in spec.version.split("-")[0].split(".") if part.isdigit())
