"""What each role may do, and what no service or agent may, whatever its roles."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal

from pydantic import BaseModel, ConfigDict

from symphainy.identity import Principal

__all__ = [
    "NEVER_BY_GROUP",
    "NO_OWN",
    "ROLES",
    "Action",
    "OwnRole",
    "OwnRoles",
    "actions",
    "allowed",
    "barred",
    "grantable",
    "holding",
    "kept",
]

Action = Literal[
    "read",
    "register",
    "review",
    "approve",
    "deploy",
    "operate",
    "watch",
    "audit",
    "administer",
    "provision",
    "serve",
    "govern",
    "decide",
]

TENANT: frozenset[Action] = frozenset(
    {
        "read",
        "register",
        "review",
        "approve",
        "deploy",
        "operate",
        "watch",
        "audit",
        "administer",
        "provision",
        "serve",
    }
)
"""What a tenant may grant."""

ROLES: Mapping[str, frozenset[Action]] = MappingProxyType(
    {
        "viewer": frozenset({"read"}),
        "author": frozenset({"read", "register"}),
        "reviewer": frozenset({"read", "review"}),
        "approver": frozenset({"read", "review", "approve"}),
        "operator": frozenset({"read", "deploy", "operate", "watch"}),
        "security-auditor": frozenset({"read", "watch", "audit"}),
        "provisioner": frozenset({"provision"}),
        "pool": frozenset({"serve"}),
        "tenant-admin": TENANT,
        "platform-admin": TENANT | {"govern"},
        "admin": TENANT,
    }
)
"""What each role may do; `admin` is what `tenant-admin` was called before.

Every other role is a tenant's own: it names who decides on approvals, which is their policy's to
say, so anybody may try that; and it may do what the tenant says, if they say anything.
"""

NEVER_BY_GROUP = frozenset({"platform-admin"})
"""Roles that whoever provisions a tenant's groups gives to nobody."""

BARRED: Mapping[str, frozenset[Action]] = MappingProxyType(
    {
        "user": frozenset(),
        "service": frozenset({"review", "approve"}),
        "agent": frozenset(
            {"review", "approve", "deploy", "administer", "provision", "serve", "govern"}
        ),
    }
)


class OwnRole(BaseModel):
    """What a tenant says of a role: what it may do where, and which groups have it."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    name: str
    actions: frozenset[Action] = frozenset()
    solutions: tuple[str, ...] | None = None
    """Where it holds; None: everywhere."""
    environments: tuple[str, ...] | None = None
    groups: tuple[str, ...] = ()

    @property
    def limited(self) -> bool:
        """Whether it holds somewhere only."""
        return self.solutions is not None or self.environments is not None

    def holds(self, solution: str | None, environment: str | None) -> bool:
        """Whether it holds for that solution there; without environment: somewhere."""
        if self.solutions is not None and solution not in self.solutions:
            return False
        return environment is None or self.in_environment(environment)

    def in_environment(self, environment: str) -> bool:
        """Whether it holds there for some solution."""
        return self.environments is None or environment in self.environments


OwnRoles = Mapping[str, OwnRole]
"""Roles of one tenant, by name."""

NO_OWN: OwnRoles = MappingProxyType({})


def actions(roles: Iterable[str], own: OwnRoles = NO_OWN) -> frozenset[Action]:
    """Everything that `roles` let their holder do where they hold."""
    nothing: frozenset[Action] = frozenset({"decide"})
    return nothing.union(*(_actions(role, own) for role in roles))


def _actions(role: str, own: OwnRoles) -> frozenset[Action]:
    if role in ROLES:
        return ROLES[role]
    return own[role].actions & TENANT if role in own else frozenset()


def allowed(roles: Iterable[str], action: Action, own: OwnRoles = NO_OWN) -> bool:
    """Whether one of `roles` lets its holder do `action` where they hold."""
    return action in actions(roles, own)


def holding(
    roles: Iterable[str], own: OwnRoles, *, solution: str | None, environment: str | None
) -> frozenset[str]:
    """Those of `roles` that hold for that solution in that environment."""
    return frozenset(
        role for role in roles if role not in own or own[role].holds(solution, environment)
    )


def kept(asked: Iterable[str], had: Iterable[str], own: OwnRoles = NO_OWN) -> frozenset[str]:
    """Those of the roles `asked` that somebody who has the roles `had` may act in.

    These are the same, and built-in ones that do no more than theirs do everywhere.
    """
    theirs = frozenset(had)
    everywhere = [role for role in theirs if role not in own or not own[role].limited]
    may = actions(everywhere, own)
    return frozenset(
        role for role in asked if role in theirs or (role in ROLES and ROLES[role] <= may)
    )


def barred(kind: str, action: Action) -> bool:
    """Whether a principal of that kind may never do `action`."""
    return action in BARRED[kind]


def grantable(issuer: Principal, kind: str, roles: Iterable[str], own: OwnRoles = NO_OWN) -> bool:
    """Whether `issuer` may let somebody of that kind act in `roles`.

    Nobody grants more than they have, and nothing but a person lets persons in. Roles of the
    tenant's own are for those to grant who administer it.
    """
    asked = frozenset(roles)
    held = actions(issuer.roles, own) - BARRED[issuer.kind]
    theirs = asked <= ROLES.keys() or "administer" in held
    return (
        theirs
        and actions(asked, own) - BARRED[kind] <= held
        and BARRED[issuer.kind] <= BARRED[kind]
    )
