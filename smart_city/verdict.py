"""The answer of a decision, and what the caller does about it."""

from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict

from smart_city.approval import ApprovalNeed
from symphainy.json import Json

__all__ = [
    "Advice",
    "ApprovalNeed",
    "CapNeed",
    "Layer",
    "Obligation",
    "Outcome",
    "Scope",
    "Verdict",
]

Layer = Literal["platform", "tenant", "solution"]
Obligation = Literal["deny", "skip", "approve", "defer", "reserve", "mask"]
"""What a broken policy asks for, in the order in which it is discharged."""

Outcome = Literal["allow", "deny", "skip", "defer", "approve", "reserve", "mask"]
Scope = Literal["customer", "run", "solution", "channel", "tenant"]


class CapNeed(BaseModel):
    """A place to take in a counter, atomically."""

    model_config = ConfigDict(frozen=True)

    policy: str
    """The policy's id, `layer/name`: the key of the fact that discharges it."""
    scope: Scope
    counter: str
    """What is counted, unique within tenant and environment: policy, its home, its subject."""
    max: int
    window: timedelta
    amount: int = 1
    """How much of it; of money, in millionths."""
    forced: bool = False
    """Whether it is taken even if there is less: a person said so."""


class Advice(BaseModel):
    """What a policy that only advises would have done."""

    model_config = ConfigDict(frozen=True)

    outcome: Outcome
    policy: str
    layer: Layer
    code: str
    reason: str


class Verdict(BaseModel):
    """What may happen now: go on, give up, leave the step out, or do something and ask again.

    outcome   the caller
    --------  ----------------------------------------------------------------
    allow     does the step
    deny      fails the step with `code` and `reason`
    skip      leaves the step out and goes on
    approve   waits for `approval`, adds the approval or the rejection to the facts
    defer     sleeps until `until`
    reserve   takes the places in `reserve`, adds each answer to the facts
    mask      masks what `masks` points to
    """

    model_config = ConfigDict(frozen=True)

    outcome: Outcome
    policy: str | None = None
    """Name of the policy that speaks; `layer/policy` is its id."""
    layer: Layer | None = None
    code: str = ""
    """A registered code; empty for allow."""
    reason: str = ""
    """A plain sentence without personal data."""
    until: datetime | None = None
    approval: ApprovalNeed | None = None
    reserve: tuple[CapNeed, ...] = ()
    masks: tuple[str, ...] = ()
    """What of the arguments is to be masked; of an allowed step, before it is done."""
    advice: Advice | None = None
    """What would not have been allowed, had those that only advise been heard."""
    determining: tuple[str, ...] = ()
    """Ids of everything that spoke, e.g. `solution/night`, `solution/night.unknown`."""
    bundle: str
    facts_digest: str

    @property
    def told(self) -> dict[str, Json]:
        """What a run needs to know of it; the register of decisions has all."""
        register = {"bundle", "facts_digest", "determining"}
        found: dict[str, Json] = self.model_dump(
            mode="json", exclude_defaults=True, exclude=register
        )
        return found
