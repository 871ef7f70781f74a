"""Every route there is, with verbs that are not its own, and those that no document tells of."""

import ast
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute

from solution_api import pages
from solution_api.routes import ROUTERS
from tests.api.test_walls import DOCUMENT, WIDGETS, names
from tests.api.world import World, principal, problem
from tests.house.house import text

__all__ = ["names"]

STATIC = {
    *("/pages/style.css", "/pages/outbox.css", "/pages/outbox.js", "/pages/wishes.css"),
    *("/pages/demo.js", "/pages/demo.css", "/docs", "/widgets/manifest.json", "/widgets/sym.js"),
    "/widgets/{version}/sym.js",
}
"""They are the same for everybody."""
SCIM = "tests/api/test_scim.py::test_another_tenant_finds_and_changes_nothing"
OUTBOX = "tests/api/test_pages.py::test_a_message_of_another_tenant_is_not_there"
WISHES = "tests/api/test_wishes.py::test_a_link_that_was_made_up_opens_nothing"
CODEC = "tests/api/test_codec.py::test_another_tenants_payloads_stay_sealed"
METRICS = (
    "tests/api/test_metrics.py::test_the_figures_of_all_tenants_are_for_who_governs_or_scrapes"
)
DEMO = "tests/api/test_demo_page.py::test_solutions_of_another_tenant_are_not_there"
APART = {
    "/scim/v2": SCIM,
    "/outbox": OUTBOX,
    "/codec": CODEC,
    "/v1/unsubscribe/": WISHES,
    "/preferences/": WISHES,
    "/demo/": DEMO,
    "/metrics": METRICS,
}
"""Beginnings of addresses that no document tells of, and where they are tried."""


def routes() -> Iterator[APIRoute]:
    for router in (*ROUTERS, pages.router):
        yield from (one for one in router.routes if isinstance(one, APIRoute))


def tried(path: str) -> str:
    """The test that tries it as another tenant; nothing if there is none."""
    return next((test for begin, test in APART.items() if path.startswith(begin)), "")


def functions(path: str) -> set[str]:
    body = ast.parse(text(path)).body
    return {one.name for one in body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_route_is_in_the_document_or_tried_elsewhere() -> None:
    told = {path.replace(":path}", "}") for path in DOCUMENT["paths"]}
    hidden = {one.path for one in routes() if one.path.replace(":path}", "}") not in told}

    assert {path for path in hidden - STATIC if not tried(path)} == set()
    assert {test for test in APART.values() if _missing(*test.split("::"))} == set()


def _missing(path: str, name: str) -> bool:
    return name not in functions(path)


@pytest.mark.parametrize("verb", ["HEAD", "OPTIONS", "TRACE", "PROPFIND"])
async def test_a_verb_that_a_route_does_not_have_does_nothing(
    world: World, names: dict[str, str], verb: str
) -> None:
    async with await world.client(principal("eve", "admin", tenant="evil")) as client:
        for path in DOCUMENT["paths"]:
            answer = await client.request(verb, path.format(**names, code="api.forbidden"))
            assert answer.status_code in (404, 405), path
            assert verb != "HEAD" or answer.content == b""


OVERRIDES: dict[str, Any] = {
    "X-HTTP-Method-Override": "headers",
    "X-HTTP-Method": "headers",
    "X-Method-Override": "headers",
    "_method": "params",
}


@pytest.mark.parametrize(("name", "where"), OVERRIDES.items(), ids=OVERRIDES)
async def test_no_header_or_query_makes_another_verb_of_one(
    world: World, names: dict[str, str], name: str, where: str
) -> None:
    who = world.name("root")
    async with await world.client(principal(who, "admin")) as api:
        for path, methods in DOCUMENT["paths"].items():
            changing = [one for one in ("delete", "put", "post") if one in methods]
            if "get" not in methods or not changing or path.startswith(WIDGETS):
                continue
            given: dict[str, Any] = {where: {name: changing[0].upper()}}
            asked = await api.get(path.format(**names), **given)
            plain = await api.get(path.format(**names))
            assert asked.status_code == plain.status_code, path
        done = (await api.get("/v1/audit", params={"actor": who})).json()["items"]
    # Whoever asks for so much that is not there is on record for that.
    assert {one["action"] for one in done} <= {"access.probed"}


@pytest.mark.parametrize("name", [*OVERRIDES, "X-Original-URL", "X-Rewrite-URL"])
async def test_who_may_only_read_does_no_more_by_headers(
    world: World, names: dict[str, str], name: str
) -> None:
    headers = {name: "GET" if name in OVERRIDES else "/health"}
    async with await world.client(principal("vic", "viewer")) as viewer:
        for body, path in (({}, f"/v1/runs/{names['run']}/cancel"), ({"name": "k"}, "/v1/keys")):
            answer = await viewer.post(path, json=body, headers=headers, params={"_method": "GET"})
            assert problem(answer) == (403, "api.forbidden")
