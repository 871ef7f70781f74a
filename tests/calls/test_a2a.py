"""`call: a2a`, against an agent of the protocol's own SDK."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from symphainy.json import Json
from symphainy.plan import Remote
from tests.runtime.platform import Platform
from tests.twins.a2a import A2aTwin
from tests.twins.files import Files

HEAD = """
document: {dsl: 1.0.3, namespace: test, name: a2a-{{n}}, version: 1.0.0}
"""
TOKEN = 'authentication: {bearer: {token: "${ $secrets.agent }"}}'
USING = "\nuse: {secrets: [agent]}\ndo:"
SAYING = "message: {parts: [{kind: text, text: '${ .say }'}]}"


@pytest.fixture(scope="module")
def agent() -> Iterator[A2aTwin]:
    with A2aTwin().serving() as twin:
        yield twin


@pytest.fixture(scope="module")
def files() -> Iterator[Files]:
    with Files().serving() as found:
        yield found


def step(agent: A2aTwin, rest: str) -> str:
    """One call, over the agent's address."""
    return f'{{call: a2a, with: {{server: "{agent.url}/rpc", {rest}}}}}'


def asking(agent: A2aTwin, rest: str) -> str:
    """A definition of one call."""
    return HEAD + f"\ndo: [{{ask: {step(agent, rest)}}}]"


def asking_card(url: str, rest: str) -> str:
    """A definition of one call, over the agent's card."""
    return (
        HEAD + f'\ndo: [{{ask: {{call: a2a, with: {{agentCard: {{endpoint: "{url}"}}, {rest}}}}}}}]'
    )


def texts(artifacts: Any) -> list[str]:
    return [part["text"] for one in artifacts for part in one["parts"]]


async def test_a_message_is_answered_by_a_task(platform: Platform, agent: A2aTwin) -> None:
    given: Any = await platform.output(
        asking(agent, f"method: message/send, parameters: {{{SAYING}}}"), {"say": "hello you"}
    )

    assert (given["kind"], given["status"]["state"]) == ("task", "completed")
    assert texts(given["artifacts"]) == ["hello", "you"]
    (said,) = given["history"]
    assert (said["role"], said["parts"]) == ("user", [{"kind": "text", "text": "hello you"}])
    assert said["messageId"]


async def test_an_agent_is_found_by_its_card(platform: Platform, agent: A2aTwin) -> None:
    text = asking_card(agent.card, f"method: message/send, parameters: {{{SAYING}}}")
    run = await platform.submit(await platform.fetched(text), {"say": "hi"})

    finished = await platform.finish(run.run)

    assert isinstance(finished.output, dict), finished.problem
    assert texts(finished.output["artifacts"]) == ["hi"]


async def test_a_stream_is_an_array_of_results(platform: Platform, agent: A2aTwin) -> None:
    given: Any = await platform.output(
        asking(agent, f"method: message/stream, parameters: {{{SAYING}}}"), {"say": "one two"}
    )

    assert [one["kind"] for one in given] == [
        "task",
        "status-update",
        "artifact-update",
        "artifact-update",
        "status-update",
    ]
    assert given[-1]["final"] is True


async def test_a_task_is_read_subscribed_to_and_cancelled(
    platform: Platform, agent: A2aTwin
) -> None:
    config = "pushNotificationConfig: {url: 'https://hooks.example/x'}"
    steps = {
        "send": f"method: message/send, parameters: {{{SAYING}}}",
        "get": "method: tasks/get, parameters: {id: '${ $context.id }'}",
        "tell": "method: tasks/pushNotificationConfig/set, "
        f"parameters: {{taskId: '${{ $context.id }}', {config}}}",
        "told": "method: tasks/pushNotificationConfig/list, parameters: {id: '${ $context.id }'}",
        "cancel": "method: tasks/cancel, parameters: {id: '${ $context.id }'}",
    }
    text = HEAD + "\ndo:\n" + "".join(f"  - {k}: {step(agent, v)}\n" for k, v in steps.items())
    text = text.replace("}}\n  - get:", "}, export: {as: '${ {id: .id} }'}}\n  - get:")
    text = text.replace(
        "}}\n  - cancel:", "}, export: {as: '${ $context + {told: .} }'}}\n  - cancel:"
    )
    text += "output: {as: '${ {state: .status.state, told: ($context.told | length)} }'}\n"

    given = await platform.output(text, {"say": "wait"})

    assert given == {"state": "canceled", "told": 1}


async def test_the_extended_card_needs_no_parameters(platform: Platform, agent: A2aTwin) -> None:
    given: Any = await platform.output(asking(agent, "method: agent/getAuthenticatedExtendedCard"))

    assert given["name"] == "Echo"


async def test_an_error_of_the_agent_is_a_runtime_error(platform: Platform, agent: A2aTwin) -> None:
    found = await platform.problem(asking(agent, "method: tasks/get, parameters: {id: none}"))

    assert found == {
        "type": "https://open-workflow-specification.org/spec/1.0.0/errors/runtime",
        "status": 500,
        "title": "Runtime error",
        "detail": "Task not found",
        "code": "a2a.error",
        "instance": "/do/0/ask",
        "rpc": -32001,
        "data": None,
    }


async def test_a_method_that_the_agent_does_not_know_is_a_runtime_error(
    platform: Platform, agent: A2aTwin
) -> None:
    found = await platform.problem(asking(agent, "method: tasks/list"))

    assert (found["code"], found["rpc"]) == ("a2a.error", -32601)


@pytest.mark.parametrize(
    ("status", "kind"), [(401, "authentication"), (403, "authorization"), (503, "communication")]
)
async def test_an_http_error_keeps_its_status(
    platform: Platform, agent: A2aTwin, status: int, kind: str
) -> None:
    agent.status = status
    try:
        found = await platform.problem(asking(agent, "method: tasks/get, parameters: {id: x}"))
    finally:
        agent.status = None

    assert (found["code"], found["status"]) == ("http.status", status)
    assert found["type"].rpartition("/")[2] == kind


async def test_parameters_that_the_protocol_does_not_know_are_a_validation_error(
    platform: Platform, agent: A2aTwin
) -> None:
    agent.requests.clear()
    found = await platform.problem(
        asking(agent, "method: message/send, parameters: {message: {parts: [{text: 7}]}}")
    )

    assert (found["code"], found["status"]) == ("a2a.parameters", 400)
    assert str(found["detail"]).startswith("`parameters.message.parts.0")
    assert agent.requests == []


async def test_a_secret_reaches_the_agent(platform: Platform, agent: A2aTwin) -> None:
    keep(platform)
    text = asking(agent, "method: tasks/get, parameters: {id: none}")
    text = text.replace(f'"{agent.url}/rpc"', f'{{uri: "{agent.url}/rpc", {TOKEN}}}')
    agent.requests.clear()

    await platform.problem(text.replace("\ndo:", USING))

    (request,) = agent.requests
    assert request["authorization"] == "Bearer canary-of-a2a-9034"


async def test_a_place_a_definition_may_not_reach_is_refused(platform: Platform) -> None:
    elsewhere = A2aTwin()
    elsewhere.url = "http://169.254.169.254"

    found = await platform.problem(asking(elsewhere, "method: tasks/list"))

    assert (found["code"], found["status"]) == ("egress.forbidden", 403)


@pytest.mark.parametrize(
    ("rest", "pointer"),
    [
        ("method: tasks/get", "/do/0/ask/with"),
        ("method: message/send, parameters: {text: hi}", "/do/0/ask/with/parameters"),
    ],
)
async def test_what_a_method_needs_is_found_before_it_runs(
    platform: Platform, agent: A2aTwin, rest: str, pointer: str
) -> None:
    compiled = await platform.compiled(asking(agent, rest).replace("{{n}}", "1"))

    assert [(one.code, one.pointer) for one in compiled.findings] == [
        ("compile.arguments", pointer)
    ]


@pytest.mark.parametrize(
    ("card", "code"),
    [
        ("not json", "compile.contract"),
        ("[]", "compile.contract"),
        ('{"url": "grpc://agent.example"}', "compile.protocol"),
        ('{"url": "https://agent.example", "preferredTransport": "GRPC"}', "compile.protocol"),
        (
            '{"supportedInterfaces": [{"url": "https://agent.example", '
            '"protocolBinding": "JSONRPC", "protocolVersion": "1.0"}]}',
            "compile.protocol",
        ),
    ],
)
async def test_a_card_that_leads_nowhere_is_found(
    platform: Platform, files: Files, card: str, code: str
) -> None:
    text = asking_card(files.put(f"/{abs(hash(card))}", card), "method: tasks/list")

    compiled = await platform.compiled(text.replace("{{n}}", "1"))

    assert [(one.code, one.pointer) for one in compiled.findings] == [
        (code, "/do/0/ask/with/agentCard/endpoint")
    ]


async def test_what_opens_the_card_is_shown_to_no_other_server(
    platform: Platform, files: Files
) -> None:
    keep(platform)
    policies = []
    for host in ("https://agent.example", files.url):
        url = files.put("/card", json.dumps({"url": f"{host}/rpc"}))
        text = asking_card(url, "method: tasks/list")
        text = text.replace(f'"{url}"', f'{{uri: "{url}", {TOKEN}}}').replace("\ndo:", USING)
        plan = (await platform.compiled(text.replace("{{n}}", "1"))).plan
        assert plan is not None
        (task,) = plan.tasks
        assert isinstance(task, Remote)
        policies.append(task.authentication)

    none: Json = None
    assert policies == [none, {"bearer": {"token": None}}]


def keep(platform: Platform) -> None:
    """Keep the token that the agent is shown."""
    kept = platform.settings.home / "secrets" / "acme"
    kept.mkdir(parents=True, exist_ok=True)
    (kept / "agent").write_text("canary-of-a2a-9034")
