"""Scripts, shell commands and containers, where a pool of a client's own offers them."""

from pathlib import Path

import pytest

from symphainy.catalog import Catalog
from symphainy.resource import Resource
from tests.runtime.platform import Platform
from tests.runtime.test_long_runs import HEAD
from workers.pool import Options, open_pool
from workflows.compiler import check

MODULE = '''
from pydantic import BaseModel, Field
from symphainy.capability import Call, capability

class Script(BaseModel):
    language: str
    code: str
    arguments: list[str] = []
    environment: dict[str, str] = {}
    stdin: str | None = None
    wait: bool = Field(default=True, alias="await")

class Gave(BaseModel):
    code: int
    stdout: str
    stderr: str

@capability("run.script", effect="none")
async def script(call: Call, takes: Script) -> Gave:
    """Pretend to run a script."""
    said = " ".join([takes.language, *takes.arguments, takes.stdin or "", takes.code])
    return Gave(code=3, stdout=said, stderr=str(takes.wait))

CAPABILITIES = (script,)
'''
SCRIPT = '{language: js, code: "1 + 1", arguments: ["${ .who }"], stdin: "${ .x }"}'


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package that runs scripts."""
    (tmp_path / "acme_scripts.py").write_text(MODULE)
    info = tmp_path / "acme_scripts-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-scripts\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[symphainy.capabilities]\nacme = acme_scripts:CAPABILITIES\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))


async def test_a_pool_that_offers_scripts_is_called_with_what_is_written(
    platform: Platform, package: None
) -> None:
    options = Options(versioned=False)
    opened = open_pool(platform.settings, platform.stores, name="scripts", options=options)
    ways = ("", "return: stderr", "return: code", "return: all", "return: none", "await: false")
    branches = [
        f"{{way{i}: {{run: {{script: {SCRIPT}{', ' + one if one else ''}}}}}}}"
        for i, one in enumerate(ways)
    ]
    try:
        async with opened as pool, pool.worker:
            given = await platform.output(
                f"{HEAD}\ndo: [{{all: {{fork: {{branches: [{', '.join(branches)}]}}}}}}]\n",
                {"who": "Ada", "x": "in"},
            )
    finally:
        platform.stores.catalogs.publish("scripts", Catalog())

    assert given == [
        "js Ada in 1 + 1",
        "True",
        3,
        {"code": 3, "stdout": "js Ada in 1 + 1", "stderr": "True"},
        None,
        {"who": "Ada", "x": "in"},
    ]


@pytest.mark.parametrize(
    "process",
    [
        "script: {language: python, code: print(1)}",
        "shell: {command: ls}",
        "container: {image: busybox}",
    ],
)
def test_processes_are_refused_where_no_pool_offers_them(process: str) -> None:
    text = HEAD.replace("{{n}}", "1") + f"\ndo: [{{go: {{run: {{{process}}}}}}}]\n"

    (found,) = check(text, Catalog()).findings

    kind = process.partition(":")[0]
    assert (found.code, found.pointer) == ("compile.process-forbidden", f"/do/0/go/run/{kind}")


def test_the_platform_itself_never_offers_them() -> None:
    catalog = Catalog(
        capabilities=(
            {
                "name": "run.shell",
                "version": "1.0.0",
                "effect": "write",
                "summary": "",
                "description": "",
                "takes": {},
                "gives": {},
                "queue": "platform",
            },  # type: ignore[arg-type]
        )
    )
    text = HEAD.replace("{{n}}", "1") + "\ndo: [{go: {run: {shell: {command: ls}}}}]\n"

    assert [one.code for one in check(text, catalog).findings] == ["compile.process-forbidden"]


SCHEMA = "https://schemas.acme.example/order.json"
ORDER = f"""
input: {{schema: {{resource: {{endpoint: "{SCHEMA}"}}}}}}
do: [{{a: {{set: {{x: 1}}}}}}]
"""


def test_a_schema_may_be_kept_elsewhere() -> None:
    text = HEAD.replace("{{n}}", "1") + ORDER
    wanted = check(text, Catalog())
    given = {SCHEMA: Resource(b'{"type": "object", "required": ["id"]}')}
    compiled = check(text, Catalog(), None, given)

    assert [one.uri for one in wanted.wanted] == [SCHEMA]
    assert compiled.plan is not None
    assert compiled.plan.input is not None
    assert compiled.plan.input.schema_ == {"type": "object", "required": ["id"]}


@pytest.mark.parametrize("content", [b"[1]", b'{"type": "nothing"}'])
def test_what_is_kept_elsewhere_has_to_be_a_schema(content: bytes) -> None:
    text = HEAD.replace("{{n}}", "1") + ORDER

    found = check(text, Catalog(), None, {SCHEMA: Resource(content)}).findings

    assert [(one.code, one.pointer) for one in found] == [
        ("compile.schema", "/input/schema/resource/endpoint")
    ]


def test_a_plan_carries_documents_up_to_a_bound() -> None:
    large = b'{"description": "' + b"x" * 900_000 + b'"}'
    schema = f'{{schema: {{resource: {{endpoint: "{SCHEMA}"}}}}}}'
    tasks = "".join(f"  - t{i}: {{wait: PT1S, input: {schema}}}\n" for i in range(11))
    text = HEAD.replace("{{n}}", "0") + f"do:\n{tasks}"

    found = check(text, Catalog(), None, {SCHEMA: Resource(large)}).findings

    assert [(one.code, one.pointer) for one in found] == [
        ("compile.resource", f"/do/{i}/t{i}/input/schema/resource/endpoint") for i in (9, 10)
    ]
