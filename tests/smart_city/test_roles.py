"""What roles let their holders do: the table, and what tenants say of roles of their own."""

import pytest

from smart_city.roles import (
    NEVER_BY_GROUP,
    ROLES,
    TENANT,
    OwnRole,
    actions,
    allowed,
    grantable,
    holding,
    kept,
)
from symphainy.identity import Principal

KEEPER = OwnRole(name="keeper", actions=frozenset({"read", "operate"}), solutions=("acme.a",))
RUNNER = OwnRole(name="runner", actions=frozenset({"operate"}), environments=("sandbox",))
CLERK = OwnRole(name="clerk", actions=frozenset({"read"}))
OWN = {one.name: one for one in (KEEPER, RUNNER, CLERK)}


def test_a_role_of_a_tenants_own_may_what_the_tenant_says_and_decide() -> None:
    assert actions(["keeper"], OWN) == {"read", "operate", "decide"}
    assert actions(["keeper"]) == actions([]) == {"decide"}
    assert allowed(["clerk", "author"], "register", OWN)
    assert not allowed(["clerk"], "register", OWN)


def test_nobody_governs_by_a_role_of_their_own_or_by_a_built_in_one_that_is_redefined() -> None:
    own = {
        "sly": OwnRole(name="sly", actions=frozenset({"govern", "read"})),
        "viewer": OwnRole(name="viewer", actions=TENANT),
    }
    assert actions(["sly"], own) == {"read", "decide"}
    assert actions(["viewer"], own) == {"read", "decide"}


@pytest.mark.parametrize(
    ("solution", "environment", "hold"),
    [
        ("acme.a", "sandbox", {"keeper", "runner", "clerk", "viewer"}),
        ("acme.a", "production", {"keeper", "clerk", "viewer"}),
        ("acme.b", "production", {"clerk", "viewer"}),
        (None, "sandbox", {"runner", "clerk", "viewer"}),
        ("acme.a", None, {"keeper", "runner", "clerk", "viewer"}),
    ],
)
def test_a_role_holds_where_it_is_said_to(
    solution: str | None, environment: str | None, hold: set[str]
) -> None:
    asked = ("keeper", "runner", "clerk", "viewer")
    assert holding(asked, OWN, solution=solution, environment=environment) == hold


@pytest.mark.parametrize(
    ("asked", "had", "may"),
    [
        (["viewer"], ["operator"], {"viewer"}),
        (["operator"], ["viewer"], set()),
        (["operator", "author"], ["tenant-admin"], {"operator", "author"}),
        (["platform-admin"], ["tenant-admin"], set()),
        (["collections-lead"], ["tenant-admin"], set()),
        (["collections-lead"], ["collections-lead"], {"collections-lead"}),
        (["viewer"], ["clerk"], {"viewer"}),
        # What holds somewhere only is nobody's everywhere.
        (["viewer"], ["keeper"], set()),
        (["keeper"], ["keeper"], {"keeper"}),
        (["viewer"], [], set()),
    ],
)
def test_a_key_keeps_of_its_roles_what_its_person_may(
    asked: list[str], had: list[str], may: set[str]
) -> None:
    assert kept(asked, had, OWN) == may


def test_nobody_grants_a_role_that_does_more_than_they_may() -> None:
    admin = Principal(tenant="a", id="a", kind="user", roles=frozenset({"registrar"}))
    own = {**OWN, "registrar": OwnRole(name="registrar", actions=frozenset({"administer"}))}
    assert grantable(admin, "user", ["registrar"], own)
    assert not grantable(admin, "user", ["clerk"], own)
    # Without a definition it is a name that decides, which is theirs to give.
    assert grantable(admin, "user", ["clerk"], {"registrar": own["registrar"]})
    assert not grantable(admin, "user", ["viewer"], own)


def test_what_no_group_gives_is_what_governs() -> None:
    assert {role for role, may in ROLES.items() if "govern" in may} == NEVER_BY_GROUP
    assert "govern" not in TENANT
