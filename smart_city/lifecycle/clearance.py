"""Whether a version may be deployed to an environment, and what lets it."""

from dataclasses import dataclass, field
from typing import Literal

from smart_city.lifecycle.review import Signatory, somebody
from smart_city.lifecycle.states import Standing, moved
from symphainy.errors import Refused

__all__ = ["Candidate", "Ground", "cleared"]

Ground = Literal["free", "approved", "owner", "broken-glass", "before"]
"""What a deployment stands on. free: the environment asks for no approval. owner: the only person
of an embedded platform deploys what they wrote. before: it ran before approvals were asked for."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A version on its way to an environment."""

    name: str
    """`solution version`, for words."""
    standing: Standing
    environment: str
    by: Signatory
    author: Signatory
    submitter: Signatory | None = None
    approvals: int = 0
    """How many the round under way has."""
    needed: int = 1
    lapsed: bool = False
    """Whether it was approved once, too long ago."""
    submissions: int = 0
    """How often it was ever submitted."""
    free: frozenset[str] = field(default_factory=frozenset)
    """Environments that ask for no approval."""
    owners: frozenset[str] = field(default_factory=frozenset)
    """Ids of users who may deploy what they wrote and never submitted."""


def cleared(one: Candidate, *, glass: bool = False) -> Ground:
    """What lets the version run there; with `glass`, also that somebody breaks it.

    Refused: solution.version-retired, lifecycle.not-approved, lifecycle.not-a-person.
    """
    moved(one.standing, "deploy", one.environment)
    if one.environment in one.free:
        return "free"
    if one.standing.stage == "approved":
        return "approved"
    own = one.author.id == one.by.id and one.by.kind == "user"
    if own and one.by.id in one.owners and not one.submissions:
        return "owner"
    if glass:
        if one.by.kind != "user":
            message = f"Only a person breaks glass; {one.by.id} is of kind {one.by.kind}."
            raise Refused("lifecycle.not-a-person", message)
        return "broken-glass"
    raise Refused("lifecycle.not-approved", _missing(one))


def _missing(one: Candidate) -> str:
    """What has to happen before, and who can do it."""
    but = [one.author.id, *([one.submitter.id] if one.submitter else [])]
    still = one.needed - one.approvals
    wanted = f"{still} approvals, each" if still > 1 else "the approval"
    approve = f"it takes {wanted} of {somebody('approve', but)}"
    place = f"and {one.environment} takes what is approved"
    if one.standing.stage == "submitted":
        return f"{one.name} is under review, {place}: {approve}."
    was = "'s approval has expired" if one.lapsed else " is a draft"
    submit = "its author submits it (`symphainy submit`)"
    return f"{one.name}{was}, {place}: {submit}, then {approve}."
