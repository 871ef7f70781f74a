"""What each role may do, and what no service or agent may, whatever its roles."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal

from symphainy.identity import Principal

__all__ = ["ROLES", "Action", "actions", "allowed", "barred", "grantable"]

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
    }
)

ROLES: Mapping[str, frozenset[Action]] = MappingProxyType(
    {
        "viewer": frozenset({"read"}),
        "author": frozenset({"read", "register"}),
        "reviewer": frozenset({"read", "review"}),
        "approver": frozenset({"read", "approve"}),
        "operator": frozenset({"read", "deploy", "operate", "watch"}),
        "security-auditor": frozenset({"read", "watch", "audit"}),
        "tenant-admin": TENANT,
        "platform-admin": TENANT | {"govern"},
        "admin": TENANT,
    }
)
"""What each role may do; `admin` is what `tenant-admin` was called before.

Every other role is a tenant's own: it names who decides on approvals, which is their policy's to
say, so anybody may try that.
"""

BARRED: Mapping[str, frozenset[Action]] = MappingProxyType(
    {
        "user": frozenset(),
        "service": frozenset({"review", "approve"}),
        "agent": frozenset({"review", "approve", "deploy", "administer", "govern"}),
    }
)


def actions(roles: Iterable[str]) -> frozenset[Action]:
    """Everything that `roles` let their holder do."""
    nothing: frozenset[Action] = frozenset({"decide"})
    return nothing.union(*(ROLES.get(role, frozenset()) for role in roles))


def allowed(roles: Iterable[str], action: Action) -> bool:
    """Whether one of `roles` lets its holder do `action`."""
    return action in actions(roles)


def barred(kind: str, action: Action) -> bool:
    """Whether a principal of that kind may never do `action`."""
    return action in BARRED[kind]


def grantable(issuer: Principal, kind: str, roles: Iterable[str]) -> bool:
    """Whether `issuer` may let somebody of that kind act in `roles`.

    Nobody grants more than they have, and nothing but a person lets persons in. Roles of the
    tenant's own are for those to grant who administer it.
    """
    asked = frozenset(roles)
    held = actions(issuer.roles) - BARRED[issuer.kind]
    own = asked <= ROLES.keys() or "administer" in held
    return own and actions(asked) - BARRED[kind] <= held and BARRED[issuer.kind] <= BARRED[kind]
