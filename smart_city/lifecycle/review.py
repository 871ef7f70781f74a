"""The review of a version: what is laid before whoever decides, and who that may be."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from smart_city.lifecycle.rehearsed import Rehearsed
from smart_city.lifecycle.states import Stage
from smart_city.roles import ROLES, Action
from symphainy.errors import Refused
from symphainy.json import digest

__all__ = [
    "Attachment",
    "Counted",
    "Evidence",
    "Given",
    "Round",
    "Signatory",
    "approvable",
    "reviewable",
    "somebody",
    "withdrawable",
]

Counted = Literal["counted", "last", "again"]
"""counted: more approvals are needed. last: it was the last one. again: nothing changes."""


class Attachment(BaseModel):
    """Something that was made to show that a version does what it should."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["simulation", "rehearsal", "run", "report"]
    digest: str = Field(pattern=r"^sha256:[0-9a-f]{64}$")
    about: str = Field("", max_length=500)


class Evidence(BaseModel):
    """What an approval is bound to."""

    model_config = ConfigDict(frozen=True)

    plan: str
    """Digest of the compiled plan."""
    definition: str
    """Digest of the text."""
    findings: str
    """Digest of what the check found."""
    policies: str
    """Digest of the policies of every layer that held when it was submitted."""
    attached: tuple[Attachment, ...] = ()
    """What the submitter says was made; only they know whether it was."""
    rehearsed: tuple[Rehearsed, ...] = ()
    """Runs by exactly this plan, as the platform has them."""

    @property
    def digest(self) -> str:
        """Of all of it."""
        said = self.model_dump(mode="json")
        if not self.rehearsed:
            # As it was before there were any.
            del said["rehearsed"]
        return digest(said)


@dataclass(frozen=True, slots=True)
class Signatory:
    """Somebody who acts, and whose account it is."""

    id: str
    person: str
    """The same for every account of one person."""
    kind: Literal["user", "service", "agent"] = "user"


@dataclass(frozen=True, slots=True)
class Given:
    """What an approver says they have seen; None is what lies before them now."""

    plan: str | None = None
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """A review under way."""

    stage: Stage
    evidence: Evidence
    author: Signatory
    submitter: Signatory
    approvers: tuple[str, ...] = ()
    """The persons who have approved in this round."""


def approvable(round: Round, by: Signatory, given: Given, needed: int) -> Counted:
    """What the approval of `by` is worth.

    Refused: lifecycle.not-a-person, lifecycle.own-work, lifecycle.other-digest.
    """
    reviewable(by)
    for one, did in ((round.author, "wrote"), (round.submitter, "submitted")):
        if by.id == one.id or by.person == one.person:
            who = by.id if by.id == one.id else f"{one.id}, who stands for the same person,"
            raise Refused(
                "lifecycle.own-work",
                f"{who} {did} this version; somebody else approves it: {somebody('approve')}.",
            )
    for said, is_ in ((given.plan, round.evidence.plan), (given.evidence, round.evidence.digest)):
        if said is not None and said != is_:
            message = f"The approval is of {said[:80]}; what lies before you is {is_}."
            raise Refused("lifecycle.other-digest", message)
    if round.stage == "approved" or by.person in round.approvers:
        return "again"
    return "last" if len(round.approvers) + 1 >= needed else "counted"


def withdrawable(round: Round, by: Signatory) -> None:
    """Return if it is for `by` to take back. Refused lifecycle.not-yours."""
    for one in (round.author, round.submitter):
        if by.id == one.id or by.person == one.person:
            return
    whose = " and ".join(dict.fromkeys((round.author.id, round.submitter.id)))
    message = f"It is for {whose} to withdraw it; whoever reviews it sends it back instead."
    raise Refused("lifecycle.not-yours", message)


def reviewable(by: Signatory) -> None:
    """Return if `by` may decide at all. Refused lifecycle.not-a-person."""
    if by.kind != "user":
        message = f"A person decides on versions; {by.id} is of kind {by.kind}."
        raise Refused("lifecycle.not-a-person", message)


def somebody(action: Action, but: Iterable[str] = ()) -> str:
    """Who may do `action`, in words: `a person with one of the roles …, other than …`."""
    roles = [role for role, actions in ROLES.items() if action in actions and role != "admin"]
    others = ", ".join(dict.fromkeys(but))
    return f"a person with one of the roles {', '.join(roles)}" + (
        f", other than {others}" if others else ""
    )
