"""A decision rehearsed: a step and its facts as people write them, and what comes of it."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from smart_city.approval import Approval
from smart_city.bundle import Bundle
from smart_city.decide import decide
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
    verdict = decide(bundle, step, facts)
    if verdict.outcome != "reserve":
        return verdict
    taken = {one.policy: Reserved(granted=True) for one in verdict.reserve}
    reserved: Mapping[str, Reserved] = {**taken, **facts.reservations}
    return decide(bundle, step, _with(bundle, case, reserved))


def _step(case: Case) -> Step:
    said = case.step
    known: dict[str, Any] = said.model_dump(exclude={"kind", "roles", "capability"})
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
        conditions={f"solution/{name}": held for name, held in case.facts.conditions.items()},
    )


def _facts(bundle: Bundle, case: Case) -> Facts:
    full = {name: Reserved(granted=False) for name in case.facts.exhausted}
    return _with(bundle, case, full)


def _with(bundle: Bundle, case: Case, reserved: Mapping[str, Reserved]) -> Facts:
    said = case.facts
    consents = said.consents
    return Facts(
        now=said.now,
        zone=said.zone,
        consents=None
        if consents is None
        else {_pair(name): given for name, given in consents.items()},
        approvals={id: Approval(_approver(bundle, id), said.now) for id in said.approved},
        reservations=reserved,
        switches=said.switches,
        destination=said.destination,
        fresh=True,
    )


def _pair(name: str) -> tuple[str, str]:
    channel, _, purpose = name.partition("/")
    return channel, purpose


def _approver(bundle: Bundle, id: str) -> Principal:
    roles = (getattr(one.document, "role", "") for one in bundle.policies if one.id == id)
    return Principal(tenant="test", id="approver", kind="user", roles=frozenset(roles))
