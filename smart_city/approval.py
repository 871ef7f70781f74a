"""Approvals: what a person decided about one policy of one step, and who may decide it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

from symphainy.errors import Refused
from symphainy.identity import Principal

__all__ = ["Approval", "ApprovalNeed", "Rejection", "admissible"]


@dataclass(frozen=True, slots=True)
class Approval:
    """Yes, said by `by` with the roles held at that moment."""

    by: Principal
    at: datetime


@dataclass(frozen=True, slots=True)
class Rejection:
    """No, said by `by`; or by nobody in time, when `by` is None."""

    by: Principal | None
    at: datetime


class ApprovalNeed(BaseModel):
    """Whose yes a step waits for."""

    model_config = ConfigDict(frozen=True)

    policy: str
    """The policy's id, `layer/name`: the key of the fact that discharges it."""
    role: str
    also: tuple[str, ...] = ()
    """Other roles whose holders may give it too."""
    within: timedelta | None = None
    distinct_from: tuple[str, ...] = ()
    """Ids of principals who may not give it."""


def admissible(need: ApprovalNeed, by: Principal, *, tenant: str) -> None:
    """Return if `by` may decide on `need`.

    Refused: approval.not-a-person, approval.other-tenant, approval.role, approval.not-distinct.
    """
    if by.tenant != tenant:
        raise Refused("approval.other-tenant", "only people of the run's tenant can decide on it")
    if by.kind != "user":
        raise Refused("approval.not-a-person", f"a person decides this; {by.id} is a {by.kind}")
    if by.roles.isdisjoint((need.role, *need.also)):
        raise Refused("approval.role", f"{by.id} does not have the role {need.role}")
    if by.id in need.distinct_from:
        raise Refused(
            "approval.not-distinct", f"{by.id} started this, so somebody else has to decide"
        )
