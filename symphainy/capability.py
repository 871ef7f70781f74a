"""A capability: a typed function that a definition can call by name."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from inspect import getdoc
from typing import Any, Generic, TypeVar, get_type_hints

from pydantic import BaseModel

from symphainy.catalog import CapabilitySpec, Effect, Example

__all__ = ["Call", "Capability", "capability"]

In = TypeVar("In", bound=BaseModel)
Out = TypeVar("Out", bound=BaseModel)
Service = TypeVar("Service")
Function = Callable[["Call", In], Awaitable[Out]]


@dataclass(frozen=True, slots=True)
class Call:
    """Who is asking, on behalf of which step of which run."""

    tenant: str
    principal: str
    environment: str
    solution: str
    run: str
    step: str
    key: str
    """Stable over retries, replays and continue-as-new: use it as idempotency key."""
    services: Mapping[type, Any] = field(default_factory=dict)

    def service(self, kind: type[Service]) -> Service:
        """The worker's instance of `kind` (a store, a client); KeyError if it has none."""
        found: Service = self.services[kind]
        return found


@dataclass(frozen=True, slots=True)
class Capability(Generic[In, Out]):
    """A function with its promise; calling it calls the function."""

    spec: CapabilitySpec
    function: Callable[[Call, In], Awaitable[Out]]
    takes: type[In]
    gives: type[Out]

    async def __call__(self, call: Call, takes: In) -> Out:
        return await self.function(call, takes)


def capability(
    name: str,
    *,
    version: str = "1.0.0",
    effect: Effect,
    examples: tuple[Example, ...] = (),
    timeout: timedelta = timedelta(seconds=30),
    short: bool = False,
    region: str | None = None,
    cost: str | None = None,
) -> Callable[[Callable[[Call, In], Awaitable[Out]]], Capability[In, Out]]:
    """Turn an async function `(call, takes) -> gives` into a capability.

    The first line of its docstring is what people see in the catalog; its two pydantic models
    become the JSON Schemas that definitions are checked against; every example is executed by
    the contract suite. Nothing is registered here: a capability enters the catalog through the
    entry point group `symphainy.capabilities` of the package that ships it.

    `short` promises that a call is done within moments and from memory alone; only what has no
    effect can be short (ValueError), as such a call may be made again after a crash. `region` is
    where in the world a call is done, `cost` what it costs (`0.02 EUR`): policies ask.
    """
    if short and effect != "none":
        raise ValueError(f"{name} has an effect, so it cannot be short")

    def wrap(function: Callable[[Call, In], Awaitable[Out]]) -> Capability[In, Out]:
        hints: dict[str, Any] = get_type_hints(function)
        gives = hints.pop("return")
        _, takes = hints.values()
        documentation = getdoc(function) or ""
        spec = CapabilitySpec(
            name=name,
            version=version,
            effect=effect,
            summary=documentation.partition("\n")[0],
            description=documentation,
            takes=takes.model_json_schema(),
            gives=_closed(gives.model_json_schema(mode="serialization")),
            examples=examples,
            timeout_seconds=timeout.total_seconds(),
            short=short,
            region=region,
            cost=cost,
        )
        return Capability(spec, function, takes, gives)

    return wrap


def _closed(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of what a model is written as: its own members and, unless it says so, no more."""
    for one in (schema, *schema.get("$defs", {}).values()):
        if "properties" in one:
            one.setdefault("additionalProperties", False)
    return schema
