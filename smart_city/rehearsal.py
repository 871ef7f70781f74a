"""A decision rehearsed: a step and its facts as people write them, and what comes of it."""

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from smart_city.approval import Approval
from smart_city.bundle import Bundle
from smart_city.decide import advice, hoped
from smart_city.facts import Facts, Reserved, Step
from smart_city.verdict import Outcome, Verdict
from symphainy.catalog import Effect
from symphainy.identity import Principal

__all__ = ["Case", "rehearsed"]


class _Written(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StepWritten(_Written):
    """The step that is to be done."""

    task: str = "step"
    solution: str = "test.solution"
    capability: str = ""
    effect: Effect = "message"
    channel: str | None = None
    purpose: str | None = "transactional"
    customer: str | None = "c-1"
    adapter: str | None = None
    carries: tuple[str, ...] = ()
    """The classes of data in what it is called with."""
    arguments: Any = None
    """What it is called with, of which `amount` of budgets and `fields` of masks are found."""
    cost: str | None = None
    """What its capability or experience declares."""
    kind: Literal["user", "service", "agent"] = "service"
    """Of who started the run."""
    roles: frozenset[str] = frozenset()


class FactsWritten(_Written):
    """What is known."""

    now: AwareDatetime
    zone: str | None = None
    consents: dict[str, bool] | None = None
    """By `channel/purpose`."""
    destination: str | None = None
    region: str | None = None
    approved: tuple[str, ...] = ()
    """Ids of policies that a person of their role said yes to, `layer/name`."""
    exhausted: tuple[str, ...] = ()
    """Ids of caps that have no place; the others have."""
    conditions: dict[str, bool] = {}
    """What the `when` of policies gave, by name."""
    switches: frozenset[str] = frozenset()


class Case(_Written):
    """One decision, and what is expected of it."""

    name: str = ""
    step: StepWritten = Field(default_factory=StepWritten)
    facts: FactsWritten
    expect: Outcome | None = None


def rehearsed(bundle: Bundle, case: Case) -> Verdict:
    """What would be decided; places under caps are free unless the facts say otherwise."""
    step, facts = _step(case), _facts(bundle, case)
    verdict = hoped(bundle, step, facts)
    if verdict.outcome != "allow":
        return verdict
    return verdict.model_copy(update={"advice": advice(bundle, step, facts)})


def _step(case: Case) -> Step:
    said = case.step
    apart = {"kind", "roles", "capability", "carries", "arguments", "cost"}
    known: dict[str, Any] = said.model_dump(exclude=apart)
    capability = said.capability or (f"experience.{said.channel}" if said.channel else "")
    principal = Principal(tenant="test", id="starter", kind=said.kind, roles=said.roles)
    return Step(
        **known,
        capability=capability,
        tenant="test",
        environment="production",
        run="test/run",
        step="/do/0/step",
        principal=principal,
        carries={f"/{n}#": (one,) for n, one in enumerate(said.carries)},
        conditions={f"solution/{name}": held for name, held in case.facts.conditions.items()},
    )


def _facts(bundle: Bundle, case: Case) -> Facts:
    said, step = case.facts, case.step
    consents = said.consents
    every = (bundle.trial or bundle).policies
    amounts = {
        one.id: amount
        for one in every
        if one.document.counts
        and (amount := one.document.amount(step.arguments, step.cost)) is not None
    }
    bare = {one.id: one.document.bare(step.arguments, {}) for one in every}
    return Facts(
        now=said.now,
        zone=said.zone,
        consents=None
        if consents is None
        else {_pair(name): given for name, given in consents.items()},
        approvals={id: Approval(_approver(bundle, id), said.now) for id in said.approved},
        reservations={name: Reserved(granted=False) for name in said.exhausted},
        switches=said.switches,
        destination=said.destination,
        region=said.region,
        amounts=amounts,
        bare={id: some for id, some in bare.items() if some},
        fresh=True,
    )


def _pair(name: str) -> tuple[str, str]:
    channel, _, purpose = name.partition("/")
    return channel, purpose


def _approver(bundle: Bundle, id: str) -> Principal:
    every = (bundle.trial or bundle).policies
    roles = (getattr(one.document, "role", None) or "" for one in every if one.id == id)
    return Principal(tenant="test", id="approver", kind="user", roles=frozenset(roles))
