"""The states of a version, and the one table of which act leads from which to which."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, Literal

from smart_city.roles import Action
from symphainy.errors import Refused

__all__ = ["SANDBOX", "TABLE", "Act", "Row", "Stage", "Standing", "State", "moved"]

Stage = Literal["draft", "submitted", "approved"]
"""How far the review of a version has come."""

State = Literal["draft", "submitted", "approved", "deployed", "paused", "retired"]

Act = Literal[
    "submit",
    "approve",
    "reject",
    "withdraw",
    "deploy",
    "promote",
    "rollback",
    "pause",
    "resume",
    "retire",
]

SANDBOX = "sandbox"
"""Where everything is tried; what only runs there is not deployed yet."""

RETIRED: Final = "solution.version-retired"
NOT_SUBMITTED: Final = "lifecycle.not-submitted"

Move = Literal["reviewed", "solution.version-retired", "lifecycle.not-submitted"] | State
"""The state that follows, or the code of a refusal. `reviewed`: it stays, and its review goes on
by the row of its stage."""


@dataclass(frozen=True, slots=True)
class Row:
    """What an act does, from every state; who may do it by role, and whether only a person."""

    draft: Move
    submitted: Move
    approved: Move
    deployed: Move
    paused: Move
    retired: Move
    action: Action
    person: bool = False

    def of(self, state: State) -> Move:
        """What follows from `state`."""
        move: Move = getattr(self, state)
        return move


RUNS: Final = ("deployed", "deployed", "deployed", "deployed", "paused", RETIRED)
REVIEWING: Final = ("submit", "approve", "reject", "withdraw")
"""What moves the stage and nothing else."""
OVER: Final = ("retired", "retired", "retired", "retired", "retired", "retired")

TABLE: Mapping[Act, Row] = MappingProxyType(
    {
        "submit": Row(
            "submitted", "submitted", "approved", "reviewed", "reviewed", RETIRED, "register"
        ),
        "approve": Row(
            NOT_SUBMITTED,
            "approved",
            "approved",
            "reviewed",
            "reviewed",
            RETIRED,
            "approve",
            person=True,
        ),
        "reject": Row(
            NOT_SUBMITTED,
            "draft",
            "draft",
            "reviewed",
            "reviewed",
            RETIRED,
            "review",
            person=True,
        ),
        "withdraw": Row(
            NOT_SUBMITTED, "draft", "draft", "reviewed", "reviewed", RETIRED, "register"
        ),
        "deploy": Row(*RUNS, "deploy"),
        "promote": Row(*RUNS, "deploy"),
        "rollback": Row(*RUNS, "deploy"),
        "pause": Row("draft", "submitted", "approved", "paused", "paused", "retired", "operate"),
        "resume": Row(
            "draft", "submitted", "approved", "deployed", "deployed", "retired", "operate"
        ),
        "retire": Row(*OVER, "operate"),
    }
)
"""By act: the state that follows from each. An approval that is not the last one that it takes
leaves the version submitted."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a version stands."""

    stage: Stage = "draft"
    environments: frozenset[str] = frozenset()
    """Those that run it."""
    paused: bool = False
    """Whether its solution is."""
    retired: bool = False

    @property
    def state(self) -> State:
        """The one word for it."""
        if self.retired:
            return "retired"
        if self.environments - {SANDBOX}:
            return "paused" if self.paused else "deployed"
        return self.stage


def moved(standing: Standing, act: Act, environment: str | None = None) -> Standing:
    """How the version stands after `act`, as the table has it.

    Refused: solution.version-retired, lifecycle.not-submitted.
    """
    move = TABLE[act].of(standing.state)
    if move == "reviewed":
        move = TABLE[act].of(standing.stage)
    if move == RETIRED:
        raise Refused(RETIRED, "The version is retired for good; register another.")
    if move == NOT_SUBMITTED:
        message = "Nobody has submitted the version: its author does, and then it is reviewed."
        raise Refused(NOT_SUBMITTED, message)
    return _after(standing, act, move, environment)


def _after(standing: Standing, act: Act, move: Move, environment: str | None) -> Standing:
    if move in ("draft", "submitted", "approved") and act in REVIEWING:
        return replace(standing, stage=move)
    if act in ("pause", "resume"):
        return replace(standing, paused=act == "pause")
    if act == "retire":
        return replace(standing, retired=True, environments=frozenset())
    added = frozenset() if environment is None else frozenset({environment})
    return replace(standing, environments=standing.environments | added)
