"""`call: mcp`, against a server of the protocol's own SDK."""

from collections.abc import Iterator
from typing import Any

import pytest

from symphainy.catalog import Catalog
from tests.runtime.platform import Platform
from tests.twins.mcp import McpTwin
from workflows.compiler import check

HEAD = """
document: {dsl: 1.0.3, namespace: test, name: mcp-{{n}}, version: 1.0.0}
"""


@pytest.fixture(scope="module")
def server() -> Iterator[McpTwin]:
    with McpTwin().serving() as twin:
        yield twin


def asking(server: McpTwin, rest: str) -> str:
    """A definition of one call."""
    return (
        HEAD
        + f"""
do:
  - ask:
      call: mcp
      with: {{transport: {{http: {{endpoint: "{server.url}"}}}}, {rest}}}
"""
    )


def names(listed: Any, of: str) -> list[str]:
    return sorted(one["name"] for one in listed[of])


async def test_a_tool_is_called_with_computed_arguments(
    platform: Platform, server: McpTwin
) -> None:
    given = await platform.output(
        asking(
            server,
            'method: tools/call, parameters: {name: add, arguments: {a: "${ .a }", b: 2}}',
        ),
        {"a": 40},
    )

    assert given == {
        "content": [{"type": "text", "text": "42"}],
        "structuredContent": {"result": 42},
        "isError": False,
    }


async def test_how_long_a_call_may_take_can_be_computed(
    platform: Platform, server: McpTwin
) -> None:
    text = asking(
        server,
        "method: tools/call, parameters: {name: add, arguments: {a: 1, b: 2}}, "
        'timeout: "${ .patience }"',
    )

    given = await platform.output(text, {"patience": "PT20S"})
    assert given["structuredContent"] == {"result": 3}
    late = await platform.problem(text, {"patience": "PT0S"})
    assert late["code"] == "mcp.timeout"
    wrong = await platform.problem(text, {"patience": "soon"})
    assert wrong["code"] == "run.bad-duration"


async def test_tools_prompts_and_resources_are_listed(platform: Platform, server: McpTwin) -> None:
    tools = await platform.output(asking(server, "method: tools/list"))
    prompts = await platform.output(asking(server, "method: prompts/list"))
    resources = await platform.output(asking(server, "method: resources/list"))
    templates = await platform.output(asking(server, "method: resources/templates/list"))

    assert names(tools, "tools") == ["add", "fail"]
    assert names(prompts, "prompts") == ["greet"]
    assert names(resources, "resources") == ["today"]
    assert names(templates, "resourceTemplates") == ["memo"]


async def test_a_prompt_and_a_resource_are_read(platform: Platform, server: McpTwin) -> None:
    prompt = await platform.output(
        asking(server, "method: prompts/get, parameters: {name: greet, arguments: {name: Ada}}")
    )
    memo = await platform.output(
        asking(server, 'method: resources/read, parameters: "${ {uri: .uri} }"'),
        {"uri": "memo://monday"},
    )

    assert prompt == {
        "description": "A greeting to write.",
        "messages": [{"role": "user", "content": {"type": "text", "text": "Greet Ada."}}],
    }
    assert memo == {
        "contents": [{"uri": "memo://monday", "mimeType": "text/plain", "text": "memo of monday"}]
    }


@pytest.mark.parametrize("version", ["2024-11-05", "2025-06-18", "2025-11-25", "2026-07-28"])
async def test_every_protocol_version_is_spoken(
    platform: Platform, server: McpTwin, version: str
) -> None:
    server.requests.clear()
    given = await platform.output(
        asking(
            server,
            f'method: tools/call, protocolVersion: "{version}", '
            "parameters: {name: add, arguments: {a: 1, b: 2}}",
        )
    )

    assert isinstance(given, dict)
    assert given["structuredContent" if version >= "2025-06-18" else "content"]
    told = {one["mcp-protocol-version"] for one in server.requests if "mcp-protocol-version" in one}
    assert told == {version}


async def test_a_tool_that_fails_faults_the_run_with_what_it_said(
    platform: Platform, server: McpTwin
) -> None:
    problem = await platform.problem(
        asking(server, "method: tools/call, parameters: {name: fail, arguments: {reason: no ink}}")
    )

    assert problem == {
        "type": "https://open-workflow-specification.org/spec/1.0.0/errors/runtime",
        "status": 500,
        "title": "Runtime error",
        "detail": "Error executing tool fail: no ink",
        "code": "mcp.tool-error",
        "instance": "/do/0/ask",
        "result": {
            "content": [{"type": "text", "text": "Error executing tool fail: no ink"}],
            "isError": True,
        },
    }


async def test_an_error_of_the_protocol_is_a_runtime_error(
    platform: Platform, server: McpTwin
) -> None:
    problem = await platform.problem(
        asking(server, "method: resources/read, parameters: {uri: 'nowhere://x'}")
    )

    assert (problem["code"], problem["status"]) == ("mcp.error", 500)
    assert problem["rpc"] == -32602


@pytest.mark.parametrize(
    ("status", "kind"), [(401, "authentication"), (403, "authorization"), (503, "communication")]
)
async def test_an_http_error_keeps_its_status(
    platform: Platform, server: McpTwin, status: int, kind: str
) -> None:
    server.status = status
    try:
        problem = await platform.problem(asking(server, "method: tools/list"))
    finally:
        server.status = None

    assert (problem["code"], problem["status"]) == ("mcp.status", status)
    assert problem["type"].rpartition("/")[2] == kind


async def test_headers_and_the_client_s_name_reach_the_server(
    platform: Platform, server: McpTwin
) -> None:
    server.requests.clear()
    definition = asking(server, "method: tools/list").replace(
        "endpoint:", "headers: {x-team: '${ .team }'}, endpoint:"
    )

    await platform.output(definition, {"team": "blue"})

    assert {one["x-team"] for one in server.requests} == {"blue"}


async def test_a_place_a_definition_may_not_reach_is_refused(platform: Platform) -> None:
    elsewhere = McpTwin()
    elsewhere.url = "http://169.254.169.254/mcp"

    problem = await platform.problem(asking(elsewhere, "method: tools/list"))

    assert (problem["code"], problem["status"]) == ("egress.forbidden", 403)


@pytest.mark.parametrize(
    ("with_", "code", "pointer"),
    [
        (
            "{method: tools/list, transport: {stdio: {command: npx}}}",
            "compile.protocol",
            "/do/0/ask/with/transport/stdio",
        ),
        (
            '{method: tools/list, protocolVersion: "2023-01-01", '
            "transport: {http: {endpoint: 'https://mcp.example'}}}",
            "compile.protocol",
            "/do/0/ask/with/protocolVersion",
        ),
        (
            "{method: tools/call, parameters: {tool: add}, "
            "transport: {http: {endpoint: 'https://mcp.example'}}}",
            "compile.arguments",
            "/do/0/ask/with/parameters",
        ),
    ],
)
def test_what_cannot_be_called_is_found_before_it_runs(with_: str, code: str, pointer: str) -> None:
    text = HEAD.replace("{{n}}", "1") + f"do: [{{ask: {{call: mcp, with: {with_}}}}}]"

    found = check(text, Catalog()).findings

    assert [(one.code, one.pointer) for one in found] == [(code, pointer)]
