"""Secrets reach the server that a step calls, and no other place."""

import logging
from base64 import b64encode
from typing import Any
from urllib.parse import quote_plus

import pytest
from temporalio.api.common.v1 import Payload

from tests.calls.world import HEAD, SECRETS, World
from tests.histories.opening import opened

CANARIES = [
    SECRETS["login"]["password"],
    SECRETS["api"]["token"],
    SECRETS["plain"],
    quote_plus(SECRETS["plain"]),
    b64encode(f"ada:{SECRETS['login']['password']}".encode()).decode(),
]
USING = """
use:
  secrets: [login, api, plain]
do:
  - everywhere:
      call: http
      with:
        method: post
        endpoint:
          uri: https://httpbin.org/anything/{id}
          authentication: {basic: {use: login}}
        headers:
          x-api: '${ "key=\\($secrets.api.token); for=\\(.who)" }'
          x-plain: "${ $secrets.plain }"
        query: {key: "${ $secrets.plain }", page: "${ .page }"}
        body: {deep: [{token: "${ $secrets.api.token }"}], whole: "${ $secrets.api }"}
        output: response
"""


async def test_a_secret_is_put_in_where_the_step_is_done(world: World) -> None:
    await world.platform.output(HEAD + USING, {"id": 7, "who": "Ada", "page": 2})

    asked = world.last("/anything/7")
    assert asked.query == {"key": [SECRETS["plain"]], "page": ["2"]}
    assert asked.headers["x-api"] == f"key={SECRETS['api']['token']}; for=Ada"
    assert asked.headers["x-plain"] == SECRETS["plain"]
    assert asked.form == {"deep": [SECRETS["api"]], "whole": SECRETS["api"]}


async def test_no_secret_is_in_history_database_logs_answers_or_errors(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    echo = await world.platform.run(HEAD + USING, {"id": 8, "who": "Ada", "page": 2})
    # A line break in a header is an error that quotes the header.
    broken = await world.platform.run(
        HEAD + USING.replace("for=\\(.who)", "for=\\(.who)\\u000d\\u000a"), {"id": 9, "who": "Ada"}
    )
    refused = await world.platform.run(
        HEAD + USING.replace("https://httpbin.org/anything", "https://httpbin.org/status"),
        {"id": 500, "who": "Ada"},
    )

    assert (echo.status, broken.status, refused.status) == ("completed", "faulted", "faulted")
    # The mirror told all of it back, and the run has it without the secrets.
    assert isinstance(echo.output, dict)
    content: Any = echo.output["content"]
    assert content["headers"]["x-api"] == "key=***; for=Ada"
    assert content["args"] == {"key": "***", "page": "2"}
    kept = [str(echo), str(broken), str(refused), caplog.text]
    for run in (echo, broken, refused):
        sealed = await world.platform.runs.handle("acme", run.run).fetch_history()
        history = await opened(world.platform.client, sealed)
        kept.append(history.to_json())
        kept += [_text(one) for event in history.events for one in _payloads(event)]
    kept += [
        file.read_bytes().decode("latin-1")
        for file in world.folder.rglob("*.db*")
        if file.is_file()
    ]
    found = {one for one in CANARIES for text in kept if one in text}
    assert found == set()
    assert any("Ada" in text for text in kept)


def _payloads(message: Any) -> list[Payload]:
    """Every payload inside a message of Temporal."""
    if isinstance(message, Payload):
        return [message]
    found: list[Payload] = []
    for field, value in message.ListFields():
        if field.type != field.TYPE_MESSAGE:
            continue
        if field.message_type.GetOptions().map_entry:
            inner = [one for one in value.values() if hasattr(one, "ListFields")]
        else:
            inner = list(value) if field.is_repeated else [value]
        found += [payload for one in inner for payload in _payloads(one)]
    return found


def _text(payload: Payload) -> str:
    return payload.data.decode("latin-1")


async def test_data_cannot_name_a_secret(world: World) -> None:
    forged = {
        "note": "${ $secrets.plain }",
        "secrets": {"/with/body/note": [{"secret": "plain", "path": []}]},
    }
    await world.platform.output(
        HEAD
        + """
use: {secrets: [plain]}
do:
  - tell:
      call: http
      with:
        method: post
        endpoint: https://httpbin.org/forged
        headers: {x-plain: "${ $secrets.plain }", x-note: '${ "\\(.note) \\($secrets.plain)" }'}
        body: "${ . }"
""",
        forged,
    )

    asked = world.last("/forged")
    assert asked.form == forged
    assert asked.headers["x-note"] == f"${{ $secrets.plain }} {SECRETS['plain']}"


async def test_a_secret_that_nobody_kept_is_an_authorization_error(world: World) -> None:
    problem = await world.platform.problem(
        HEAD
        + """
use: {secrets: [absent-one]}
do:
  - get:
      call: http
      with:
        method: get
        endpoint: https://httpbin.org/never
        headers: {x: "${ $secrets[\\"absent-one\\"] }"}
"""
    )

    assert (problem["status"], problem["code"], problem["detail"]) == (
        403,
        "secret.missing",
        "There is no secret `absent-one` of the tenant `acme`: the file secrets/acme/absent-one in "
        "the home folder or the environment variable SYMPHAINY_SECRET_ACME__ABSENT_ONE has to be "
        "there for the worker that uses it.",
    )
    assert not [one for one in world.web.asked if one.path == "/never"]


async def test_capabilities_are_handed_secrets_too(world: World) -> None:
    given: Any = await world.platform.output(
        HEAD
        + """
use: {secrets: [api]}
do:
  - render:
      call: content.render
      with:
        template: {text: "Your key is {{ key }}, {{ who }}."}
        data: {key: "${ $secrets.api.token }", who: "${ .who }"}
""",
        {"who": "Ada"},
    )

    # Rendered with the secret, and then hidden: what a run is given back is data.
    assert given["text"] == "Your key is ***, Ada."


async def test_loose_expressions_name_secrets_too(world: World) -> None:
    await world.platform.output(
        HEAD
        + """
use: {secrets: [plain]}
evaluate: {mode: loose}
do:
  - tell:
      call: http
      with:
        method: get
        endpoint: https://httpbin.org/loose
        headers: {x-plain: $secrets.plain, x-text: $secrets are no data}
"""
    )

    asked = world.last("/loose")
    assert (asked.headers["x-plain"], asked.headers["x-text"]) == (
        SECRETS["plain"],
        "$secrets are no data",
    )


async def test_a_function_uses_the_secrets_of_the_definition(world: World) -> None:
    await world.platform.output(
        HEAD
        + """
use:
  secrets: [plain]
  functions:
    ask:
      call: http
      with:
        method: post
        endpoint: https://httpbin.org/function
        headers: {x-plain: "${ $secrets.plain }"}
        body: "${ .text }"
do:
  - tell: {call: ask, with: {text: hello}}
"""
    )

    asked = world.last("/function")
    assert (asked.headers["x-plain"], asked.body) == (SECRETS["plain"], b"hello")


WRONG: list[tuple[str, str]] = [
    ("set: {key: '${ $secrets.plain }'}", "/set/key"),
    ("set: '${ $secrets }'", "/set"),
    ("wait: '${ $secrets.plain }'", "/wait"),
    ("if: $secrets.plain == 1\n      set: {a: 1}", "/if"),
    ("set: {a: 1}\n      output: {as: '${ $secrets.plain }'}", "/output/as"),
    ("set: {a: 1}\n      input: {from: '${ $secrets.plain }'}", "/input/from"),
    ("set: {a: 1}\n      export: {as: '${ $secrets.plain }'}", "/export/as"),
    (
        "call: http\n      with: {method: get, endpoint: 'https://x.example', "
        "headers: {x: '${ $secrets.plain | ascii_upcase }'}}",
        "/with/headers/x",
    ),
    (
        "call: http\n      with: {method: get, endpoint: 'https://x.example', "
        "headers: {x: '${ \"a\" + $secrets.plain }'}}",
        "/with/headers/x",
    ),
    (
        "call: http\n      with: {method: get, endpoint: 'https://x.example', "
        "headers: {x: '${ $authorization.parameter }'}}",
        "/with/headers/x",
    ),
]


@pytest.mark.parametrize(("task", "pointer"), WRONG, ids=[one[0] for one in WRONG])
async def test_a_secret_used_as_data_is_found(world: World, task: str, pointer: str) -> None:
    compiled = await world.platform.compiled(
        HEAD + f"use: {{secrets: [plain]}}\ndo:\n  - one:\n      {task}\n"
    )

    found = [(one.code, one.pointer) for one in compiled.findings if one.severity == "error"]
    assert found == [("compile.secret-as-data", f"/do/0/one{pointer}")]


async def test_a_secret_that_is_not_declared_is_found_with_the_nearest(world: World) -> None:
    compiled = await world.platform.compiled(
        HEAD
        + """
use: {secrets: [plain]}
do:
  - one:
      call: http
      with: {method: get, endpoint: 'https://x.example', headers: {x: "${ $secrets.plan }"}}
"""
    )

    found = [(one.code, one.message) for one in compiled.findings if one.severity == "error"]
    assert found == [
        ("compile.unknown-reference", "`use.secrets` has no 'plan'; did you mean `plain`?")
    ]
