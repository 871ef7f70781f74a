"""Roles that take more than a password: how somebody signed in decides whether they have them."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from smart_city.claims import SKEW, moment, values
from smart_city.roles import NO_OWN, OwnRoles, actions

__all__ = ["StepUp", "signed_in_well", "withheld"]

Value = Annotated[str, Field(pattern=r"^[\x21\x23-\x5b\x5d-\x7e]{1,200}$")]
Values = Annotated[tuple[Value, ...], Field(max_length=20)]
Role = Annotated[str, Field(min_length=1, max_length=100)]


class StepUp(BaseModel):
    """What a sign-in has to be for some roles."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    roles: Annotated[tuple[Role, ...], Field(min_length=1, max_length=20)] = Field(
        description="For these roles, and for all that may do whatever one of them may.",
        examples=[["approver", "tenant-admin"]],
    )
    acr: Values = Field((), description="One of these is the token's `acr`, or")
    amr: Values = Field((), description="one of these is in its `amr`, such as `mfa`.")
    max_age: int | None = Field(
        None, ge=60, le=31_536_000, description="Seconds since its `auth_time` at most."
    )

    @model_validator(mode="after")
    def _something(self) -> "StepUp":
        if not self.acr and not self.amr and self.max_age is None:
            raise ValueError("say `acr`, `amr` or `max_age`, or nothing is asked for")
        return self


def signed_in_well(claims: Mapping[str, Any], asked: StepUp | None, *, now: float) -> bool:
    """Whether whom the token is about signed in as it is asked for."""
    if asked is None:
        return True
    wanted = bool(asked.acr or asked.amr)
    how = not values(claims, "acr").isdisjoint(asked.acr)
    how = how or not values(claims, "amr").isdisjoint(asked.amr)
    return (how or not wanted) and _fresh(claims.get("auth_time"), asked.max_age, now)


def _fresh(when: object, most: int | None, now: float) -> bool:
    if most is None:
        return True
    if not moment(when):
        return False
    return -SKEW <= now - when <= most + SKEW


def withheld(roles: Iterable[str], asked: StepUp | None, own: OwnRoles = NO_OWN) -> frozenset[str]:
    """Those of `roles` that nobody has who did not sign in as it is asked for."""
    if asked is None:
        return frozenset()
    heavy = [actions([role], own) for role in asked.roles]
    return frozenset(
        role
        for role in roles
        # A role that is nothing but a name does whatever policy says, and no other is as much.
        if role in asked.roles or any(len(may) > 1 and may <= actions([role], own) for may in heavy)
    )
