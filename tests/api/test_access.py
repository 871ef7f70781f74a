"""Who may do what, and what everybody may know."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from public_works import Settings
from solution_api.auth import allowed
from solution_api.serve import may_listen
from symphainy.codes import CODES
from symphainy.errors import Refused
from tests.api.world import World, principal, problem

OPEN = {
    "/.well-known/oauth-protected-resource",
    "/health",
    "/health/ready",
    "/v1/codes",
    "/v1/codes/{code}",
    "/v1/hooks/{adapter}/{binding}",
    "/v1/sources/{source}/events",
}


def test_roles_allow_what_they_say() -> None:
    actions = ("read", "register", "operate", "decide")
    table = {
        role: [action for action in actions if allowed({role}, action)]
        for role in ("viewer", "author", "operator", "admin", "collections-lead")
    }
    assert table == {
        "viewer": ["read", "decide"],
        "author": ["read", "register", "decide"],
        "operator": ["read", "operate", "decide"],
        "admin": ["read", "register", "operate", "decide"],
        "collections-lead": ["decide"],
    }


async def test_every_operation_but_health_and_codes_asks_for_a_key(
    nobody: httpx2.AsyncClient,
) -> None:
    document = (await nobody.get("/openapi.json")).json()
    for path, operations in document["paths"].items():
        for method in operations:
            answer = await nobody.request(method, path.replace("{", "").replace("}", ""))
            if path in OPEN:
                assert answer.status_code in (200, 404), path
            else:
                # Pages of clients hold no key: they show a token of their own.
                asked = str(operations[method].get("security"))
                lacks = "widget.token" if "widgetToken" in asked else "api.unauthenticated"
                assert problem(answer) == (401, lacks), (method, path)
                assert answer.headers["www-authenticate"].startswith('Bearer realm="symphainy"')


async def test_a_key_that_is_wrong_expired_or_revoked_opens_nothing(
    world: World, nobody: httpx2.AsyncClient
) -> None:
    keys, who = world.services.stores.keys, principal("late", "admin")
    past = datetime.now(UTC) - timedelta(seconds=1)
    expired = await asyncio.to_thread(keys.issue, who, name="old", environment="all", expires=past)
    revoked = await asyncio.to_thread(keys.issue, who, name="lost", environment="all")
    await asyncio.to_thread(keys.revoke, "acme", revoked.split("_")[2])
    right = await asyncio.to_thread(keys.issue, who, name="good", environment="all")
    wrong = (
        f"Bearer {expired}",
        f"Bearer {revoked}",
        f"Bearer {right[:-1]}",
        f"Bearer {right}x",
        f"Basic {right}",
        right,
        "Bearer",
        "Bearer é",
        "Bearer " + "a" * 5000,
        "Bearer sym_test_0123456789abcdef_" + "a" * 43 + "_00000000",
    )
    for value in wrong:
        headers = {"Authorization": value.encode("latin-1")}
        answer = await nobody.get("/v1/solutions", headers=headers)
        assert problem(answer) == (401, "api.unauthenticated"), value
    good = await nobody.get("/v1/solutions", headers={"Authorization": f"bearer {right}"})
    assert good.status_code == 200


async def test_roles_bound_what_a_key_does(world: World) -> None:
    async with await world.client(principal("vera", "viewer")) as viewer:
        assert (await viewer.get("/v1/solutions")).status_code == 200
        refused = await viewer.put("/v1/solutions/acme.x/versions/1.0.0", content="do: []")
        assert problem(refused) == (403, "api.forbidden")
        assert "author" in refused.json()["detail"]
    async with await world.client(principal("otto", "operator")) as operator:
        refused = await operator.put("/v1/solutions/acme.x/versions/1.0.0", content="do: []")
        assert problem(refused) == (403, "api.forbidden")
        deploy = await operator.post("/v1/solutions/acme.x/versions/1.0.0/deploy")
        assert problem(deploy) == (404, "solution.missing")
    async with await world.client(principal("lena", "collections-lead")) as lead:
        assert (await lead.get("/v1/approvals")).status_code == 200
        assert problem(await lead.get("/v1/runs")) == (403, "api.forbidden")


async def test_what_is_not_served_is_answered_with_a_problem(api: httpx2.AsyncClient) -> None:
    assert problem(await api.get("/nowhere")) == (404, "api.not-found")
    assert problem(await api.get("/v1/%00")) == (404, "api.not-found")
    wrong = await api.delete("/v1/solutions")
    assert problem(wrong) == (405, "api.method-not-allowed")
    assert wrong.headers["allow"] == "GET"
    both = await api.delete("/v1/customers/c-1")
    assert both.headers["allow"] == "GET, PUT"
    assert problem(await api.post("/docs")) == (405, "api.method-not-allowed")


async def test_every_code_has_its_page(nobody: httpx2.AsyncClient) -> None:
    listed = (await nobody.get("/v1/codes")).json()["items"]
    assert [one["code"] for one in listed] == sorted(CODES)
    page = (await nobody.get("/v1/codes/solution.version-taken")).json()
    assert page == {
        "code": "solution.version-taken",
        "title": "The version is registered with other content",
        "fix": "A version never changes once registered: give the document a new version.",
        "status": 409,
        "severity": "error",
    }
    assert problem(await nobody.get("/v1/codes/no.such")) == (404, "code.unknown")


async def test_health_tells_life_and_readiness(nobody: httpx2.AsyncClient) -> None:
    assert (await nobody.get("/health")).json() == {"status": "alive"}
    ready = (await nobody.get("/health/ready")).json()
    assert ready["status"] == "ready"
    assert ready["capabilities"] >= 4
    assert ready["adapters"] >= 1


async def test_the_catalog_is_what_workers_published(api: httpx2.AsyncClient) -> None:
    capabilities = (await api.get("/v1/capabilities")).json()["items"]
    assert {"content.render", "insights.score", "journey.profile", "solution.start"} <= {
        one["name"] for one in capabilities
    }
    adapters = (await api.get("/v1/adapters")).json()["items"]
    assert ("email", "sandbox") in {(one["channel"], one["name"]) for one in adapters}
    kinds = (await api.get("/v1/policies")).json()["items"]
    assert {"approval", "consent", "frequencyCap", "quietHours"} <= {one["kind"] for one in kinds}
    assert all(one["document"]["type"] == "object" and one["summary"] for one in kinds)


async def test_every_answer_says_that_nothing_is_sniffed_kept_or_framed(
    nobody: httpx2.AsyncClient,
) -> None:
    for path in ("/health", "/v1/runs", "/nowhere", "/openapi.json"):
        headers = (await nobody.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "example.com"])
def test_the_api_listens_beyond_this_machine_only_when_told_and_with_a_key(host: str) -> None:
    for allow, identity in ((False, False), (False, True), (True, False)):
        settings = Settings(api_host=host, allow_remote=allow)
        with pytest.raises(Refused) as refused:
            may_listen(settings, identity=identity)
        assert refused.value.code == "api.not-loopback"
        assert "SYMPHAINY_API_HOST" in refused.value.message
    may_listen(Settings(api_host=host, allow_remote=True), identity=True)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.9.9.9"])
def test_loopback_needs_no_leave(host: str) -> None:
    may_listen(Settings(api_host=host), identity=False)
