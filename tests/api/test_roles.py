"""Every operation of the document with every role, and with every kind of principal."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any, Literal

import httpx2
import pytest

from smart_city.roles import ROLES, Action, barred, grantable
from solution_api.access import access
from solution_api.app import create_app
from symphainy.identity import Principal
from tests.api.world import World, principal

APP = create_app(None)  # type: ignore[arg-type]
DOCUMENT: dict[str, Any] = APP.openapi()
OPERATIONS = {
    operation["operationId"]: (method, path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
    if "x-roles" in operation
}
EVERYBODY = {*ROLES, "collections-lead"}
ACTIONS: dict[str, Action] = dict(access(APP.state.routes))
CHANGES = {name for name, (method, _, _) in OPERATIONS.items() if method != "get"}
ONLY_LOOKS = {"check_definition", "language", "preview_template", "replay_policies"}
"""These are asked with a body, and keep nothing."""
REMARKS = {"comment_version"}
"""These are kept and change nothing that runs."""


@pytest.fixture(scope="session")
async def clients(world: World) -> AsyncIterator[dict[str, httpx2.AsyncClient]]:
    """A client for each role, all in a tenant of their own."""
    made = {
        role: await world.client(principal(f"a-{role}", role, tenant="roles")) for role in EVERYBODY
    }
    yield made
    for one in made.values():
        await one.aclose()


async def forbidden(client: httpx2.AsyncClient, name: str) -> bool:
    """Whether that client may not do the operation at all."""
    method, path, _ = OPERATIONS[name]
    # What is named so is nowhere, and a body like this is none.
    nowhere = path.replace("{", "no-").replace("}", "")
    async with client.stream(method, nowhere, json=["no"]) as answer:
        # What is answered may be a stream, which has no end.
        refused = answer.status_code >= 400
        code = json.loads(await answer.aread()).get("code") if refused else None
    assert answer.status_code < 500, (name, code)
    assert code not in ("api.unauthenticated", "api.rate-limited"), name
    return bool(code == "api.forbidden")


@pytest.mark.parametrize("name", sorted(OPERATIONS))
async def test_an_operation_is_for_the_roles_the_document_says(
    clients: dict[str, httpx2.AsyncClient], name: str
) -> None:
    said = OPERATIONS[name][2]["x-roles"]
    may = EVERYBODY if said == ["*"] else set(said)
    asked = await asyncio.gather(*(forbidden(clients[role], name) for role in sorted(EVERYBODY)))
    refused = {role for role, no in zip(sorted(EVERYBODY), asked, strict=True) if no}
    assert refused == EVERYBODY - may


@pytest.mark.parametrize("kind", ["service", "agent"])
async def test_some_things_no_service_or_agent_may_whatever_its_roles(
    world: World, kind: Literal["service", "agent"]
) -> None:
    all_of_them = Principal(tenant="roles", id=kind, kind=kind, roles=frozenset(ROLES))
    async with await world.client(all_of_them) as client:
        refused = {name for name in OPERATIONS if await forbidden(client, name)}
    assert refused == {name for name in OPERATIONS if barred(kind, ACTIONS[name])}
    assert ("deploy_version" in refused, "issue_key" in refused) == ((kind == "agent",) * 2)


def test_what_changes_something_takes_more_than_reading() -> None:
    assert {name for name in CHANGES if ACTIONS[name] == "read"} == ONLY_LOOKS | REMARKS
    reading = {"decode_payloads", "download_payloads", "encode_payloads"}
    watching = {"export_audit", "acknowledge_alarm"} | reading
    for role, may in (("viewer", REMARKS), ("security-auditor", watching | REMARKS)):
        changing = {one for one in CHANGES - ONLY_LOOKS if role in OPERATIONS[one][2]["x-roles"]}
        assert changing - may == set()


def test_every_operation_with_a_key_has_its_roles() -> None:
    keyed = {
        operation["operationId"]
        for methods in DOCUMENT["paths"].values()
        for operation in methods.values()
        if {"apiKey": []} in operation.get("security", ())
    }
    assert keyed == OPERATIONS.keys() == ACTIONS.keys()


def test_agents_and_services_never_approve_and_agents_never_deploy() -> None:
    kinds = ("user", "service", "agent")
    wanted: tuple[Action, ...] = ("approve", "review", "deploy", "administer")
    assert {kind: [one for one in wanted if barred(kind, one)] for kind in kinds} == {
        "user": [],
        "service": ["approve", "review"],
        "agent": ["approve", "review", "deploy", "administer"],
    }


@pytest.mark.parametrize(
    ("issuer", "kind", "roles", "may"),
    [
        (principal("a", "tenant-admin"), "user", ["author", "approver"], True),
        (principal("a", "tenant-admin"), "user", ["collections-lead"], True),
        (principal("a", "admin"), "user", ["tenant-admin"], True),
        (principal("a", "tenant-admin"), "user", ["platform-admin"], False),
        (principal("a", "platform-admin"), "user", ["platform-admin"], True),
        (principal("a", "operator"), "user", ["viewer"], True),
        (principal("a", "operator"), "user", ["author"], False),
        (principal("a", "operator"), "user", ["collections-lead"], False),
        (principal("a", "tenant-admin", kind="service"), "user", ["viewer"], False),
        (principal("a", "tenant-admin", kind="service"), "agent", ["viewer"], True),
    ],
)
def test_nobody_grants_more_than_they_have(
    issuer: Principal, kind: str, roles: list[str], may: bool
) -> None:
    assert grantable(issuer, kind, roles) is may
