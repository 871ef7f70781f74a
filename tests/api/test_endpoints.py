"""Endpoints of a solution's own: typed, described, answered at once or later."""

import asyncio
import textwrap
from typing import Any

import httpx2
import pytest
from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse
from openapi_spec_validator import validate

from tests.api.world import World, deployed, problem

ORDERS = """\
    document: {dsl: 1.0.3, namespace: acme, name: NAME, version: 1.0.0, title: Take orders}
    input:
      schema:
        document:
          type: object
          required: [item]
          properties: {item: {$ref: '#/$defs/item'}, count: {type: integer, minimum: 1}}
          $defs: {item: {type: string, minLength: 1}}
    experiences:
      orders:
        adapter: api
        settings:
          timeout: 50
          response: {type: object, required: [order], properties: {order: {type: string}}}
          callbacks: ["https://erp.example/answers/"]
    intents:
      order: {starts: true}
    do:
      - refuse:
          if: ${ .item == "nothing" }
          call: orders
          with: {status: 422, body: {error: there is none}, headers: {X-Reason: none}}
          then: end
      - fail:
          if: ${ .item == "bomb" }
          raise: {error: {type: https://acme.example/bomb, status: 500, title: Not that}}
      - keep: {if: '${ .item == "slow" }', wait: {hours: 10}}
      - answer:
          if: ${ .item != "silent" }
          call: orders
          with: {status: 201, body: '${ {order: (.item + "-1")} }'}
      - done: {set: {order: later}}
"""


@pytest.fixture
async def orders(world: World, api: httpx2.AsyncClient) -> str:
    name = world.name("orders")
    return await deployed(api, name, textwrap.dedent(ORDERS).replace("NAME", name))


def place(solution: str) -> str:
    return f"/v1/solutions/{solution}/api/orders"


async def test_a_request_is_answered_by_the_run_it_starts(
    api: httpx2.AsyncClient, orders: str
) -> None:
    answer = await api.post(place(orders), json={"item": "chair", "count": 2})

    assert (answer.status_code, answer.json()) == (201, {"order": "chair-1"})
    run = answer.headers["link"].partition("<")[2].partition(">")[0]
    shown = (await api.get(run)).json()
    assert (shown["solution"], shown["run"].partition(":")[0]) == (orders, orders)


async def test_an_answer_may_be_a_refusal_with_headers(
    api: httpx2.AsyncClient, orders: str
) -> None:
    answer = await api.post(place(orders), json={"item": "nothing"})

    assert (answer.status_code, answer.json()) == (422, {"error": "there is none"})
    assert (answer.headers["x-reason"], answer.headers["content-type"]) == (
        "none",
        "application/json",
    )


async def test_the_same_key_is_the_same_run_and_the_same_answer(
    api: httpx2.AsyncClient, orders: str
) -> None:
    headers = {"Idempotency-Key": f"{orders}-1"}
    asked = [api.post(place(orders), json={"item": "chair"}, headers=headers) for _ in range(3)]
    answers = await asyncio.gather(*asked)
    other = await api.post(place(orders), json={"item": "table"}, headers=headers)

    assert {(one.status_code, one.text, one.headers["link"]) for one in answers} == {
        (201, '{"order":"chair-1"}', answers[0].headers["link"])
    }
    assert problem(other) == (409, "intent.key-reused")


async def test_what_takes_longer_is_asked_for_at_a_status_address(
    api: httpx2.AsyncClient, orders: str
) -> None:
    answer = await api.post(place(orders), json={"item": "slow"}, headers={"Prefer": "wait=1"})
    location = answer.headers["location"]
    again = await api.get(location)

    assert (answer.status_code, answer.headers["preference-applied"]) == (202, "wait=1")
    assert answer.json()["links"] == {
        "self": location,
        "run": f"/v1/runs/{answer.json()['run']}",
    }
    assert (again.status_code, again.json()) == (202, answer.json())


async def test_what_is_asked_in_another_environment_is_answered_there(
    api: httpx2.AsyncClient, orders: str
) -> None:
    where = {"environment": "staging"}
    unknown = await api.post(place(orders), json={"item": "chair"}, params=where)
    await api.post(f"/v1/solutions/{orders}/versions/1.0.0/deploy", json=where)
    headers = {"Prefer": "wait=0"}
    asked = await api.post(place(orders), json={"item": "slow"}, params=where, headers=headers)
    again = await api.get(asked.headers["location"])

    assert problem(unknown) == (409, "solution.not-deployed")
    assert asked.headers["location"].endswith("?environment=staging")
    assert (again.status_code, again.json()) == (202, asked.json())


async def test_an_answer_is_found_at_its_status_address(
    api: httpx2.AsyncClient, orders: str
) -> None:
    asked = await api.post(place(orders), json={"item": "chair"}, headers={"Prefer": "wait=0"})
    found = await api.get(asked.headers["location"], headers={"Prefer": "wait=60"})
    at_once = await api.get(asked.headers["location"])

    assert asked.status_code in (201, 202)
    assert (found.status_code, found.json()) == (201, {"order": "chair-1"})
    assert (at_once.status_code, at_once.json()) == (201, {"order": "chair-1"})


async def test_a_run_that_ends_without_an_answer_answers_with_its_output(
    api: httpx2.AsyncClient, orders: str
) -> None:
    answer = await api.post(place(orders), json={"item": "silent"})

    assert (answer.status_code, answer.json()) == (200, {"order": "later"})


async def test_a_run_that_fails_is_said_so(api: httpx2.AsyncClient, orders: str) -> None:
    answer = await api.post(place(orders), json={"item": "bomb"})

    assert problem(answer) == (502, "endpoint.failed")
    assert "Not that" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("given", "pointer"),
    [({"item": ""}, "/item"), ({}, ""), ({"item": "x", "count": 0}, "/count"), ([], "")],
)
async def test_what_the_schema_does_not_take_starts_nothing(
    api: httpx2.AsyncClient, orders: str, given: Any, pointer: str
) -> None:
    answer = await api.post(place(orders), json=given)

    assert problem(answer) == (422, "intent.input")
    assert answer.json().get("pointer", "") == pointer


async def test_there_are_the_endpoints_that_the_solution_says(
    api: httpx2.AsyncClient, stranger: httpx2.AsyncClient, nobody: httpx2.AsyncClient, orders: str
) -> None:
    other = f"/v1/solutions/{orders}/api/other"

    assert problem(await api.post(other, json={})) == (404, "endpoint.missing")
    assert problem(await stranger.post(place(orders), json={})) == (404, "solution.unknown")
    assert problem(await nobody.post(place(orders), json={})) == (401, "api.unauthenticated")
    assert problem(await api.get(f"{place(orders)}/acme.other:1")) == (404, "run.unknown")


async def test_a_callback_goes_only_where_the_solution_says(
    api: httpx2.AsyncClient, orders: str
) -> None:
    headers = {"Callback-URL": "https://evil.example/"}
    answer = await api.post(place(orders), json={"item": "chair"}, headers=headers)

    assert problem(answer) == (422, "endpoint.callback")


async def test_the_document_describes_what_is_asked_and_answered(
    api: httpx2.AsyncClient, orders: str
) -> None:
    document = (await api.get(f"/v1/solutions/{orders}/openapi.json")).json()
    validate(document)
    described = OpenAPI.from_dict(document)
    body = b'{"item": "chair"}'
    request = MockRequest(
        "http://platform", "post", place(orders), data=body, headers={"Authorization": "Bearer x"}
    )
    wrong = MockRequest("http://platform", "post", place(orders), data=b'{"item": ""}')

    assert (document["openapi"], document["info"]) == (
        "3.1.0",
        {"title": "Take orders", "version": "1.0.0"},
    )
    assert set(document["paths"]) == {place(orders), place(orders) + "/{run}"}
    operation = document["paths"][place(orders)]["post"]
    assert list(operation["callbacks"]["answer"]) == ["{$request.header.Callback-URL}"]
    described.validate_request(request)
    answer = MockResponse(b'{"order": "chair-1"}', 200)
    described.validate_response(request, answer)
    with pytest.raises(OpenAPIError):
        described.validate_request(wrong)
