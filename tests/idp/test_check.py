"""`symphainy check` answers like a compiler."""

import json
from pathlib import Path

import pytest

from idp.check import check
from idp.graph import graph
from tests.idp.commands import EXAMPLES, symphainy

BROKEN = """\
document: {dsl: 1.0.3, namespace: test, name: broken, version: 1.0.0}
do:
  - greet:
      call: content.rendre
      with: {template: hello, data: {}}
"""


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SYMPHAINY_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SYMPHAINY_URL", raising=False)
    return tmp_path


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.yaml")), ids=lambda one: str(one.stem))
def test_every_example_is_sound(
    file: Path, nowhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (check(file, as_json=False), capsys.readouterr().out) == (0, f"{file}: ok\n")


def test_a_finding_has_its_place_its_code_and_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text(BROKEN)

    ended = symphainy(tmp_path / "home", "check", str(file))

    line, source, mark, fix, docs, summary = ended.out.splitlines()
    assert ended.code == 2
    assert source == "      4 |       call: content.rendre"
    assert mark == "        |             ^"
    assert docs == "  docs: docs/codes/compile.unknown-function.md"
    assert summary == f"{file}: 1 error"
    assert line.startswith(f"{file}:4:")
    assert " error compile.unknown-function " in line
    assert "did you mean `content.render`?" in line
    assert fix.startswith("  fix: ")


def test_findings_are_json_for_programs(nowhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = nowhere / "broken.yaml"
    file.write_text(BROKEN)

    code = check(file, as_json=True)

    told = json.loads(capsys.readouterr().out)
    assert (code, told["valid"]) == (2, False)
    assert [one["code"] for one in told["findings"]] == ["compile.unknown-function"]


def test_a_file_that_is_not_there_is_said_in_a_line(tmp_path: Path) -> None:
    ended = symphainy(tmp_path / "home", "check", str(tmp_path / "none.yaml"))

    assert (ended.code, ended.out) == (1, "")
    assert "No such file" in ended.err
    assert "Traceback" not in ended.err


def test_a_definition_is_drawn_as_mermaid(
    nowhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert graph(EXAMPLES / "hello.yaml") == 0
    assert capsys.readouterr().out.startswith('flowchart TD\n  n0(["start"])\n')


def test_what_cannot_run_is_not_drawn(nowhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = nowhere / "broken.yaml"
    file.write_text(BROKEN)

    assert graph(file) == 2
    assert capsys.readouterr().out == ""
