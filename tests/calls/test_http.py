"""`call: http`: every argument and every form of the answer."""

from typing import Any

import pytest

from tests.calls.world import HEAD, World

BASE = "https://open-workflow-specification.org/spec/1.0.0/errors/"


def calling(*lines: str) -> str:
    """A definition of one call."""
    text = "do:\n  - ask:\n      call: http\n      with:\n"
    return HEAD + text + "".join(f"        {line}\n" for line in lines)


async def test_templates_are_filled_in_path_and_query_and_nowhere_escape(world: World) -> None:
    await world.platform.output(
        calling(
            "method: get", "endpoint: 'https://httpbin.org/a/{one}/{two}/{none}?q={one}&f={yes}'"
        ),
        {"one": "x/y &=?", "two": 2, "yes": True},
    )

    asked = world.web.asked[-1]
    assert asked.url == "/a/x%2Fy%20%26%3D%3F/2/?q=x%2Fy%20%26%3D%3F&f=true"


async def test_a_template_takes_no_objects(world: World) -> None:
    problem = await world.platform.problem(
        calling("method: get", "endpoint: 'https://httpbin.org/a/{pet}'"), {"pet": {"id": 1}}
    )

    assert (problem["type"], problem["instance"]) == (f"{BASE}expression", "/do/0/ask")


async def test_an_address_from_data_is_no_template(world: World) -> None:
    await world.platform.output(
        calling("method: get", 'endpoint: "${ .where }"'),
        {"where": "https://httpbin.org/a/{secret}", "secret": "told"},
    )

    assert world.web.asked[-1].url == "/a/%7Bsecret%7D"


async def test_the_query_joins_what_the_address_has(world: World) -> None:
    await world.platform.output(
        calling(
            "method: get",
            "endpoint: 'https://httpbin.org/a?z=1'",
            "query: {list: [1, b], yes: true, none: null, text: '${ .t }'}",
        ),
        {"t": "ü&"},
    )

    assert world.web.asked[-1].url == "/a?z=1&list=1&list=b&yes=true&text=%C3%BC%26"


async def test_headers_and_query_can_be_one_expression(world: World) -> None:
    await world.platform.output(
        calling(
            "method: get",
            "endpoint: https://httpbin.org/whole",
            "headers: '${ .h }'",
            "query: '${ .q }'",
        ),
        {"h": {"x-n": 1}, "q": {"a": "b"}},
    )

    asked = world.last("/whole")
    assert (asked.headers["x-n"], asked.url) == ("1", "/whole?a=b")


async def test_headers_that_are_no_object_are_a_validation_error(world: World) -> None:
    problem = await world.platform.problem(
        calling("method: get", "endpoint: https://httpbin.org/a", "headers: '${ .h }'"), {"h": 1}
    )

    assert (problem["type"], problem["detail"]) == (
        f"{BASE}validation",
        "`with.headers` of call http has to be an object.",
    )


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        ("application/x-www-form-urlencoded", "a=1&b=x+y&c=1&c=2"),
        ("application/vnd.shop+json", '{"a":1,"b":"x y","c":[1,2]}'),
    ],
)
async def test_a_body_is_written_as_its_content_type_says(
    world: World, kind: str, sent: str
) -> None:
    given: Any = await world.platform.output(
        calling(
            "method: put",
            "endpoint: https://httpbin.org/body",
            f"headers: {{Content-Type: {kind}}}",
            "body: {a: 1, b: x y, c: [1, 2]}",
        )
    )

    assert (given["data"], given["headers"]["content-type"]) == (sent, kind)


async def test_a_body_can_be_parts(world: World) -> None:
    given: Any = await world.platform.output(
        calling(
            "method: post",
            "endpoint: https://httpbin.org/parts",
            "headers: {content-type: multipart/form-data}",
            "body: {note: hello}",
        )
    )

    boundary = given["headers"]["content-type"].removeprefix("multipart/form-data; boundary=")
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="note"'
    assert given["data"].startswith(head)
    assert given["data"].rstrip().endswith(f"hello\r\n--{boundary}--")


async def test_a_text_is_sent_as_it_is(world: World) -> None:
    given: Any = await world.platform.output(
        calling(
            "method: post",
            "endpoint: https://httpbin.org/text",
            "headers: {content-type: application/xml}",
            "body: <a/>",
        )
    )

    assert given["data"] == "<a/>"


@pytest.mark.parametrize(
    ("path", "form", "answer"),
    [
        ("pixel", "content", "AP8B"),
        ("pixel", "raw", "AP8B"),
        ("latin", "content", "café"),
        ("latin", "raw", "Y2Fm6Q=="),
        ("nothing", "content", None),
        ("nothing", "raw", ""),
    ],
)
async def test_content_is_read_by_its_type(
    world: World, path: str, form: str, answer: str | None
) -> None:
    given = await world.platform.output(
        calling("method: get", f"endpoint: https://httpbin.org/{path}", f"output: {form}")
    )

    assert given == answer


async def test_a_response_tells_the_request_and_the_address_that_answered(world: World) -> None:
    given: Any = await world.platform.output(
        calling(
            "method: get",
            "endpoint: https://httpbin.org/redirect-to",
            "query: {url: /landed?x=1}",
            "headers: {x-mine: '1'}",
            "redirect: true",
            "output: response",
        )
    )

    assert (given["request"], given["statusCode"]) == (
        {"method": "GET", "uri": "https://httpbin.org/landed?x=1", "headers": {"x-mine": "1"}},
        200,
    )
    assert given["headers"]["content-type"] == "application/json"
    assert given["content"]["url"] == "/landed?x=1"


@pytest.mark.parametrize("method", ["get", "put", "delete"])
async def test_what_is_idempotent_is_asked_again_after_silence(world: World, method: str) -> None:
    given: Any = await world.platform.output(
        calling(f"method: {method}", f"endpoint: https://moody.example/silent/{method}")
    )

    assert given["method"] == method.upper()


async def test_a_write_is_never_sent_again_after_silence(world: World) -> None:
    problem = await world.platform.problem(
        calling("method: post", "endpoint: https://moody.example/silent/post")
    )

    asked = [one for one in world.web.asked if one.path == "/silent/post"]
    assert len(asked) == 1
    assert (problem["type"], problem["code"]) == (f"{BASE}communication", "egress.silence")


async def test_a_server_that_says_when_is_asked_again_then(world: World) -> None:
    given: Any = await world.platform.output(
        calling("method: post", "endpoint: https://moody.example/busy")
    )

    first, second = [one for one in world.web.asked if one.path == "/busy"]
    assert given["method"] == "POST"
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]


async def test_a_server_that_wants_a_very_long_pause_is_an_error(world: World) -> None:
    problem = await world.platform.problem(
        calling("method: get", "endpoint: https://moody.example/tired")
    )

    assert (problem["status"], problem["instance"]) == (429, "/do/0/ask")
    assert len([one for one in world.web.asked if one.path == "/tired"]) == 1
