"""Documents that definitions name are fetched when a version is checked and registered."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx2
import pytest

from public_works.resources import Library
from tests.api.world import World, listening, principal, problem, put
from tests.twins.petstore import SWAGGER, petstore
from tests.twins.web import Answer, Asked, Web, web

CALLING = """
document: {dsl: 1.0.3, namespace: acme, name: NAME, version: 1.0.0}
do:
  - find:
      call: openapi
      with:
        document: {endpoint: "https://shop.example/v2/swagger.json"}
        operationId: OPERATION
        parameters: {petId: 1}
"""


def calling(name: str, operation: str = "getPetById") -> str:
    return CALLING.replace("NAME", name).replace("OPERATION", operation)


@pytest.fixture(scope="module")
async def shops(world: World, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Web]:
    """The web, which is a shop whose document changes each time it is read."""
    reads = 0

    def changing(asked: Asked) -> Answer:
        nonlocal reads
        if asked.path != "/v2/swagger.json":
            return petstore(asked)
        reads += 1
        changed = {**SWAGGER, "basePath": f"/v{reads}"}
        return Answer(body=json.dumps(changed).encode())

    with web(tmp_path_factory.mktemp("shops"), {"shop.example": changing}) as found:
        yield found


@pytest.fixture(scope="module")
async def there(world: World, shops: Web) -> AsyncIterator[World]:
    """An API that reaches the shop."""
    services = world.services
    library = Library.over(services.settings, shops.egress())
    async with listening(replace(services, library=library)) as url:
        yield World(url, services)


@pytest.fixture(scope="module")
async def reaching(there: World) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of that API."""
    async with await there.client(principal("owner", "admin")) as client:
        yield client


async def test_a_check_reads_the_document_and_finds_what_does_not_fit(
    reaching: httpx2.AsyncClient,
) -> None:
    answers = [
        await reaching.post(
            "/v1/definitions/check",
            content=calling("shop-check", operation),
            headers={"Content-Type": "application/yaml"},
        )
        for operation in ("getPetById", "getPetByID")
    ]

    assert [one.json()["valid"] for one in answers] == [True, False]
    assert [one["code"] for one in answers[1].json()["problems"]] == ["compile.unknown-operation"]


@pytest.mark.parametrize("role", ["viewer", "operator"])
async def test_nothing_is_fetched_for_those_who_cannot_register_it(
    there: World, shops: Web, role: str
) -> None:
    before = len(shops.asked)

    async with await there.client(principal("vera", role)) as client:
        answer = await client.post(
            "/v1/definitions/check",
            content=calling("shop-look"),
            headers={"Content-Type": "application/yaml"},
        )

    assert [one["code"] for one in answer.json()["problems"]] == ["compile.resource"]
    assert len(shops.asked) == before


async def test_a_version_stays_what_it_was_when_the_document_changes(
    world: World, reaching: httpx2.AsyncClient
) -> None:
    name = world.name("shop")
    first = await put(reaching, name, calling(name))
    again = await put(reaching, name, calling(name))

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["plan"] == again.json()["plan"]


async def test_a_document_that_cannot_be_had_is_a_problem_that_says_why(
    world: World, api: httpx2.AsyncClient
) -> None:
    name = world.name("shop")
    text = calling(name).replace("https://shop.example/v2/swagger.json", "https://127.0.0.1/x")

    refused = await put(api, name, text)

    assert problem(refused) == (422, "compile.resource")
    assert refused.json()["findings"][0]["pointer"] == "/do/0/find/with/document/endpoint"
    assert "https://127.0.0.1/x" in refused.json()["detail"]
