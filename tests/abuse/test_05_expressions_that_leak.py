"""An expression that reads the worker's environment, files, modules or clock."""

import json

import httpx2
import pytest

from tests.abuse.city import check, computing, done, flow, said, start, wanted
from tests.api.world import World, problem
from tests.runtime.platform import Platform

CANARY = "canary-of-the-environment-4c1b"
FORBIDDEN = [
    "env",
    "env.SECRET",
    "$ENV",
    "$ENV.SECRET",
    "input",
    "[inputs]",
    "input_filename",
    "input_line_number",
    "localtime",
    '0 | strflocaltime("%Z")',
    "debug",
    "stderr",
    "halt",
    "halt_error",
    "get_search_list",
    "modulemeta",
    'import "a" as a; a::x',
    'import "/etc/passwd" as $d; $d',
    'include "a"; .',
    "def f: env; f",
    "[.[] | $ENV]",
    "try error(env) catch .",
    '"\\(env)"',
    '@sh "\\($ENV.SECRET)"',
    "getpath(env)",
    "$__prog_args",
    "$__environment",
]


@pytest.mark.parametrize("expression", FORBIDDEN)
async def test_what_reaches_for_the_world_is_refused_before_it_runs(
    api: httpx2.AsyncClient,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    expression: str,
) -> None:
    monkeypatch.setenv("SECRET", CANARY)
    name = world.name("leak")
    text = computing(name, expression)

    found = await check(api, text)
    answer = await said(api, name, text)

    assert found
    assert set(found) <= {"expression.forbidden", "expression.syntax", "expression.variable"}
    assert problem(answer)[0] == 422
    assert CANARY not in answer.text
    assert problem(await api.get(f"/v1/solutions/acme.{name}")) == (404, "solution.missing")


async def test_the_time_is_the_runs_and_stands_while_an_expression_computes(
    platform: Platform, api: httpx2.AsyncClient, world: World
) -> None:
    text = computing(name := world.name("clock"), "[now, (range(1000) | empty), now]")

    shown = await done(platform, api, await start(api, name, text))

    first, second = shown["output"]["x"]
    assert first == second


async def test_what_a_run_can_see_of_itself_holds_no_environment(
    platform: Platform, api: httpx2.AsyncClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", CANARY)
    monkeypatch.setenv("SYMPHAINY_SECRET_EVIL__TOKEN", CANARY)
    name, text = flow(
        world,
        """
        do:
          - all: {set: {all: "${ [$workflow, $runtime, $task, $input, $context] }"}}
        """,
    )

    run = await start(api, name, text)
    shown = await done(platform, api, run)

    assert shown["status"] == "completed", shown
    pages = [await api.get(f"/v1/runs/{run}{part}") for part in ("", "/lineage", "/graph")]
    assert not any(CANARY in page.text for page in pages)


async def test_a_template_sees_its_data_and_nothing_around_it(
    api: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", CANARY)
    for expression in ("env.SECRET", "ENV.SECRET", "settings", "self", "data.__class__", "os"):
        body = {"template": {"text": f"<{{{{ {expression} }}}}>"}, "data": {}}
        answer = await api.post("/v1/templates/preview", json=body)
        assert CANARY not in answer.text
        assert "class" not in answer.text or answer.status_code == 422


@pytest.mark.parametrize("secret", ["evil", "../evil/token", "EVIL__TOKEN", "..", "."])
async def test_a_secret_of_another_tenant_cannot_be_named(
    platform: Platform,
    api: httpx2.AsyncClient,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    secret: str,
) -> None:
    monkeypatch.setenv("SYMPHAINY_SECRET_EVIL__TOKEN", CANARY)
    folder = platform.settings.home / "secrets" / "evil"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "token").write_text(CANARY)
    token = '${ $secrets["' + secret + '"] }'
    endpoint = {
        "uri": "https://partner.example/",
        "authentication": {"bearer": {"token": token}},
    }
    name = world.name("thief")
    document = {
        "document": {"dsl": "1.0.3", "namespace": "acme", "name": name, "version": "1.0.0"},
        "use": {"secrets": [secret]},
        "do": [{"ask": {"call": "http", "with": {"method": "get", "endpoint": endpoint}}}],
    }

    answer = await said(api, name, json.dumps(document))

    if answer.status_code == 201:
        shown = await done(platform, api, await wanted(api, name))
        assert (shown["status"], shown["problem"]["code"]) == ("faulted", "secret.missing")
        assert CANARY not in json.dumps(shown)
    else:
        assert problem(answer)[0] == 422
