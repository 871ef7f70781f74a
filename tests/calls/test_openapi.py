"""`call: openapi`: the operation is what the document said when the version was registered."""

import json
from typing import Any

import pytest

from tests.calls.world import HEAD, SECRETS, World

SHOP = "https://petstore.swagger.io/v2/swagger.json"
MIRROR = "https://httpbin.org/openapi.json"


def calling(operation: str, *lines: str, document: str = SHOP) -> str:
    """A definition of one call."""
    text = f"""
do:
  - call:
      call: openapi
      with:
        document: {{endpoint: "{document}"}}
        operationId: {operation}
"""
    return HEAD + text + "".join(f"        {line}\n" for line in lines)


async def test_a_parameter_of_the_query_is_found_by_the_operation(world: World) -> None:
    given = await world.platform.output(
        calling("findPetsByStatus", 'parameters: {status: "${ .status }"}'),
        {"status": "available"},
    )

    assert isinstance(given, list)
    assert [pet["name"] for pet in given if isinstance(pet, dict)] == ["Rex", "Tom"]
    assert world.last("/v2/pet/findByStatus").url == "/v2/pet/findByStatus?status=available"


async def test_a_list_is_a_parameter_several_times_where_the_document_says_so(
    world: World,
) -> None:
    await world.platform.output(
        calling("findPetsByStatus", 'parameters: {status: "${ . }"}'), ["sold", "pending"]
    )

    asked = world.last("/v2/pet/findByStatus")
    assert asked.url == "/v2/pet/findByStatus?status=sold&status=pending"


async def test_a_response_tells_all_of_it(world: World) -> None:
    given: Any = await world.platform.output(
        calling("getPetById", 'parameters: {petId: "${ .petId }"}', "output: response"),
        {"petId": 1},
    )

    assert given["request"] == {
        "method": "GET",
        "uri": "https://petstore.swagger.io/v2/pet/1",
        "headers": {},
    }
    assert (given["statusCode"], given["content"]["name"]) == (200, "Rex")


async def test_raw_is_the_content_in_base64(world: World) -> None:
    given = await world.platform.output(
        calling("getPetById", "parameters: {petId: 2}", "output: raw")
    )

    assert given == (
        "eyJpZCI6IDIsICJuYW1lIjogIk1pYSIsICJzdGF0dXMiOiAicGVuZGluZyIsICJwaG90b1VybHMiOiBbXX0="
    )


async def test_a_segment_of_the_path_cannot_become_another_path(world: World) -> None:
    problem = await world.platform.problem(
        calling("getPetById", 'parameters: {petId: "${ .id }"}'), {"id": "../store?x=1"}
    )

    assert world.web.asked[-1].url == "/v2/pet/..%2Fstore%3Fx%3D1"
    assert problem["status"] == 404


async def test_an_empty_segment_is_an_error_and_no_other_request(world: World) -> None:
    asked = len(world.web.asked)

    problem = await world.platform.problem(
        calling("deletePet", 'parameters: {petId: "${ .id }"}'), {"id": ""}
    )

    assert problem["detail"] == "the path parameter `petId` is empty"
    assert [one.path for one in world.web.asked[asked:]] == ["/v2/swagger.json"]


async def test_a_body_a_form_and_a_header_go_where_they_belong(world: World) -> None:
    kept = await world.platform.output(calling("addPet", "parameters: {body: {name: Leo}}"))
    changed = await world.platform.output(
        calling("updatePetWithForm", "parameters: {petId: 1, name: Max, status: sold}")
    )
    await world.platform.output(
        "use: {secrets: [plain]}\n"
        + calling("deletePet", 'parameters: {petId: 3, api_key: "${ $secrets.plain }"}')
    )

    assert kept == {"id": 4, "name": "Leo"}
    assert isinstance(changed, dict)
    assert (changed["name"], changed["status"]) == ("Max", "sold")
    assert world.last("/v2/pet/3").headers["api_key"] == SECRETS["plain"]


async def test_openapi_3_in_yaml_with_references_styles_and_a_server_with_variables(
    world: World,
) -> None:
    given: Any = await world.platform.output(
        calling(
            "search",
            "parameters: {kind: cat, tags: [a, b], near: {lat: 1.5, lon: 2}, ids: '${ .ids }', "
            "filter: {a: [1]}, x-trace: '${ .trace }', note: hello, parts: [1, 2]}",
            document=MIRROR,
        ),
        {"ids": [7, 8], "trace": "t-1"},
    )

    assert given["method"] == "POST"
    assert given["url"] == (
        "/v3/find/cat?tags=a&tags=b&near%5Blat%5D=1.5&near%5Blon%5D=2&ids=7%7C8"
        "&filter=%7B%22a%22%3A%5B1%5D%7D"
    )
    assert json.loads(given["data"]) == {"note": "hello", "parts": [1, 2]}
    assert (given["headers"]["x-trace"], given["headers"]["accept"]) == ("t-1", "application/json")


FINDINGS: list[tuple[str, str, str, str]] = [
    ("findPetByStatus", "", "compile.unknown-operation", "did you mean `findPetsByStatus`?"),
    ("getPetById", "", "compile.arguments", "the operation needs `petId` (path)"),
    (
        "getPetById",
        "parameters: {petId: 1, petid: 1}",
        "compile.arguments",
        "the operation takes no `petid`; did you mean `petId`?",
    ),
    (
        "getPetById",
        "parameters: {petId: one}",
        "compile.arguments",
        'the value is not of type "integer"',
    ),
    ("findPetsByStatus", "parameters: {status: lost}", "compile.arguments", "is not of type"),
    ("addPet", "parameters: {body: {status: sold}}", "compile.arguments", '"name" is a required'),
    (
        "getPetById",
        'parameters: {petId: "${ $secrets.plain }"}',
        "compile.secret-as-data",
        "a secret in a path would stand in every log on the way",
    ),
]


@pytest.mark.parametrize(
    ("operation", "parameters", "code", "message"), FINDINGS, ids=[str(one[:2]) for one in FINDINGS]
)
async def test_what_does_not_fit_the_document_is_found(
    world: World, operation: str, parameters: str, code: str, message: str
) -> None:
    lines = [parameters] if parameters else []
    text = "use: {secrets: [plain]}\n" + calling(operation, *lines)
    compiled = await world.platform.compiled(text)

    found = [one for one in compiled.findings if one.code != "compile.unused"]
    assert [one.code for one in found] == [code]
    assert message in found[0].message


@pytest.mark.parametrize(
    ("address", "code", "why"),
    [
        ("https://httpbin.org/status/404", "compile.resource", "the server answered 404"),
        ("https://httpbin.org/anything", "compile.contract", "neither OpenAPI 3 nor Swagger 2.0"),
        ("http://petstore.example/x.json", "compile.resource", "neither https nor at a host of"),
        ("https://127.0.0.1/x.json", "compile.resource", "does not connect there"),
        ("file:///etc/passwd", "compile.resource", "no absolute http or https address"),
        ("petstore.json", "compile.resource", "no absolute http or https address"),
        ("https://[", "compile.resource", "cannot be had"),
        ("${ .where }", "compile.resource-computed", "depends on the run"),
        ("https://x.example/{where}", "compile.resource-computed", "depends on the run"),
    ],
)
async def test_a_document_that_cannot_be_had_is_found(
    world: World, address: str, code: str, why: str
) -> None:
    compiled = await world.platform.compiled(calling("getPetById", document=address))

    assert [one.code for one in compiled.findings] == [code]
    assert why in compiled.findings[0].message
    assert compiled.plan is None


async def test_a_redirect_to_http_is_not_followed_for_a_document(world: World) -> None:
    address = "https://httpbin.org/redirect-to?url=http://petstore.example/v2/swagger.json"
    compiled = await world.platform.compiled(calling("getPetById", document=address))

    assert "neither https nor" in compiled.findings[0].message


async def test_what_was_fetched_is_pinned_in_the_plan(world: World) -> None:
    solution = await world.platform.fetched(calling("getPetById", "parameters: {petId: 1}"))
    asked = len(world.web.asked)

    submitted = await world.platform.submit(solution)
    await world.platform.finish(submitted.run)

    assert [one.path for one in world.web.asked[asked:]] == ["/v2/pet/1"]


async def test_a_document_is_fetched_with_the_secrets_of_its_tenant(world: World) -> None:
    text = """
document: {dsl: 1.0.3, namespace: test, name: guarded, version: 1.0.0}
use: {secrets: [login]}
do:
  - get:
      call: openapi
      with:
        operationId: getPetById
        parameters: {petId: 1}
        document:
          endpoint:
            uri: https://guarded.example/v2/swagger.json
            authentication: {basic: {use: login}}
"""
    ours = await world.platform.compiled(text)
    theirs = await world.platform.compiled(text, tenant="other")

    assert ours.findings == ()
    assert [(one.code, one.pointer) for one in theirs.findings] == [
        ("compile.resource", "/do/0/get/with/document/endpoint")
    ]
    assert "There is no secret `login` of the tenant `other`" in theirs.findings[0].message
