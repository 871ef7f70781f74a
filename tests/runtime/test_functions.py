"""Functions of a definition's own, and of catalogs."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from symphainy.catalog import Catalog
from symphainy.findings import Invalid
from symphainy.json import Json
from symphainy.resource import Resource
from tests.runtime.platform import Platform
from tests.runtime.test_long_runs import HEAD, histories
from workflows.compiler import check, compile

TWICE = """
input: {schema: {document: {type: object, required: [n], properties: {n: {type: number}}}}}
output: {schema: {document: {type: object, required: [n]}}}
set: {n: "${ .n * 2 }"}
"""
USE = """
use:
  functions:
    twice:
      input: {schema: {document: {type: object, required: [n], properties: {n: {type: number}}}}}
      set: {n: "${ .n * 2 }"}
    four:
      do:
        - once: {call: twice, with: {n: "${ .n }"}}
        - again: {call: twice, with: {n: "${ .n }"}}
    fails: {do: [{no: {raise: {error: {type: "https://a.example/no", status: 409}}}}]}
    who: {set: {name: "${ $task.name }", definition: "${ $task.definition }"}}
"""


class Functions(BaseHTTPRequestHandler):
    """A catalog of one function."""

    def do_GET(self) -> None:
        found = self.path == "/functions/twice/1.0.0/function.yaml"
        self.send_response(200 if found else 404)
        self.end_headers()
        self.wfile.write(TWICE.encode() if found else b"")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def catalog() -> Iterator[str]:
    """The endpoint of a catalog."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Functions)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


async def test_a_function_takes_the_arguments_it_is_called_with(platform: Platform) -> None:
    given = await platform.output(
        HEAD
        + USE
        + """
do:
  - all:
      for: {in: "${ [1, 2] }"}
      do: [{go: {call: four, with: {n: "${ $item + .n }"}}}]
  - keep: {call: twice, with: {n: 1}, input: {from: .n}, output: {as: "{was: $input, is: .n}"}}
""",
        {"n": 0},
    )

    assert given == {"was": 24, "is": 2}


async def test_an_error_in_a_function_says_by_which_call(platform: Platform) -> None:
    problem = await platform.problem(HEAD + USE + "\ndo: [{go: {call: fails}}]\n")

    assert problem["instance"] == "/do/0/go/call/do/0/no"


async def test_a_function_knows_how_it_is_written(platform: Platform) -> None:
    given = await platform.output(HEAD + USE + "\ndo: [{go: {call: who}}]\n")

    assert given == {
        "name": "who",
        "definition": {"set": {"name": "${ $task.name }", "definition": "${ $task.definition }"}},
    }


async def test_arguments_that_are_computed_are_checked_when_it_is_called(
    platform: Platform,
) -> None:
    text = HEAD + USE + '\ndo: [{go: {call: twice, with: {n: "${ .x }"}}}]\n'
    problem = await platform.problem(text, {"x": "two"})

    assert (problem["code"], problem["instance"]) == ("input.schema", "/do/0/go/call")


async def test_a_function_goes_on_in_the_next_history(short: Platform) -> None:
    text = (
        HEAD
        + """
use:
  functions:
    busy:
      for: {in: "${ [range(9)] }"}
      do:
        - work: {call: content.render, with: {template: x, data: {}}, output: {as: $input}}
        - rest: {wait: {milliseconds: 5}}
        - add: {set: {n: "${ .n + 1 }"}}
do:
  - one: {call: busy, with: {n: "${ .start }"}}
  - two: {call: busy, with: {n: "${ .n }"}}
"""
    )
    run = await short.submit(short.deploy(text), {"start": 100})
    finished = await short.finish(run.run)

    assert finished.output == {"n": 118}, finished.problem
    assert await histories(short, run.run) > 2


async def test_a_function_of_a_catalog_is_fetched_when_the_version_is_registered(
    platform: Platform, catalog: str
) -> None:
    solution = await platform.fetched(
        HEAD
        + f"""
use: {{catalogs: {{ours: {{endpoint: "{catalog}"}}}}}}
do:
  - one: {{call: "twice:1.0.0@ours", with: {{n: "${{ .n }}"}}}}
  - two: {{call: "{catalog}/functions/twice/1.0.0/function.yaml", with: {{n: "${{ .n }}"}}}}
"""
    )
    run = await platform.submit(solution, {"n": 3})

    assert (await platform.finish(run.run)).output == {"n": 12}


def found(text: str, **resources: str) -> list[tuple[str, str]]:
    """Code and pointer of each error."""
    given = {uri: Resource(content.encode()) for uri, content in resources.items()}
    compiled = check(HEAD.replace("{{n}}", "1") + text, Catalog(), None, given)
    return [(one.code, one.pointer) for one in compiled.findings if one.severity == "error"]


@pytest.mark.parametrize(
    ("endpoint", "fetched"),
    [
        pytest.param(
            "https://github.com/acme/catalog",
            "https://raw.githubusercontent.com/acme/catalog/refs/heads/main/functions/twice/1.0.0/function.yaml",
            id="a repository",
        ),
        pytest.param(
            "https://github.com/acme/catalog/tree/next/here/",
            "https://raw.githubusercontent.com/acme/catalog/refs/heads/next/here/functions/twice/1.0.0/function.yaml",
            id="a folder of a branch",
        ),
        pytest.param(
            "https://gitlab.com/acme/catalog/-/tree/main",
            "https://gitlab.com/acme/catalog/-/raw/main/functions/twice/1.0.0/function.yaml",
            id="a branch in GitLab",
        ),
        pytest.param(
            "https://gitlab.com/acme/catalog",
            "https://gitlab.com/acme/catalog/-/raw/main/functions/twice/1.0.0/function.yaml",
            id="a project in GitLab",
        ),
        pytest.param(
            "https://functions.acme.example/v1",
            "https://functions.acme.example/v1/functions/twice/1.0.0/function.yaml",
            id="any server",
        ),
    ],
)
def test_functions_of_repositories_are_read_as_they_are_kept(endpoint: str, fetched: str) -> None:
    text = (
        f'use: {{catalogs: {{c: {{endpoint: "{endpoint}"}}}}}}\n'
        'do: [{a: {call: "twice:1.0.0@c", with: {n: 1}}}]\n'
    )

    wanted = check(HEAD.replace("{{n}}", "1") + text, Catalog()).wanted

    assert [one.uri for one in wanted] == [fetched]
    assert found(text, **{fetched: TWICE}) == []
    assert found(text.replace("n: 1", "n: one"), **{fetched: TWICE}) == [
        ("compile.arguments", "/do/0/a/with/n")
    ]


URL = "https://functions.acme.example/twice.yaml"
CALL = f'do: [{{a: {{call: "{URL}", with: {{n: 1}}}}}}]\n'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("{", "compile.function"),
        ("[1, 2]", "compile.function"),
        ("{sleep: 5}", "compile.function"),
        ('{set: {n: "${ .n +"}}', None),
        ('{set: {n: "${ .n + }"}}', "expression.syntax"),
        ("{run: {shell: {command: rm}}}", "compile.process-forbidden"),
        (f'{{call: "{URL}"}}', "compile.function-cycle"),
    ],
)
def test_what_is_wrong_with_a_published_function_is_found_at_its_call(
    content: str, code: str | None
) -> None:
    assert found(CALL, **{URL: content}) == ([(code, "/do/0/a/call")] if code else [])


def test_an_unknown_catalog_is_found() -> None:
    text = 'do: [{a: {call: "twice:1.0.0@nowhere"}}]\n'

    assert found(text) == [("compile.unknown-reference", "/do/0/a/call")]


def test_functions_that_call_each_other_in_a_circle_are_found() -> None:
    text = "use: {functions: {a: {call: b}, b: {do: [{x: {call: a}}]}}}\ndo: [{go: {call: a}}]\n"

    assert found(text) == [("compile.function-cycle", "/use/functions/b/do/0/x/call")]


def test_functions_that_call_each_other_too_deep_are_found() -> None:
    chain = ", ".join(f"f{i}: {{call: f{i + 1}}}" for i in range(400))
    text = f"use: {{functions: {{{chain}, f400: {{set: {{n: 1}}}}}}}}\ndo: [{{go: {{call: f0}}}}]\n"

    assert found(text)[0] == ("compile.too-many-tasks", "/use/functions/f19/call")


def test_functions_that_grow_beyond_all_bounds_are_found() -> None:
    levels = range(1, 16)
    more: dict[str, Json] = {
        f"f{n}": {"do": [{"a": {"call": f"f{n - 1}"}}, {"b": {"call": f"f{n - 1}"}}]}
        for n in levels
    }
    functions: Json = {"f0": {"set": {"x": 1}}, **more}
    text = f"use: {{functions: {functions}}}\ndo: [{{go: {{call: f15}}}}]\n"

    assert "compile.too-many-tasks" in {code for code, _ in found(text)}


def test_a_function_cannot_see_the_loop_it_is_called_in() -> None:
    text = """
use: {functions: {peek: {set: {x: "${ $item }"}}}}
do: [{all: {for: {in: "${ [1] }"}, do: [{a: {call: peek}}]}}]
"""

    with pytest.raises(Invalid, match=r"\$item"):
        compile(HEAD.replace("{{n}}", "1") + text, Catalog())
