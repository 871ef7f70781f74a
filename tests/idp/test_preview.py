"""`symphainy preview` shows what a template says, and sends nothing."""

import json
from pathlib import Path

import pytest

from idp.preview import asked_of, preview
from tests.idp.commands import EXAMPLES, symphainy

STATEMENT = EXAMPLES / "statement.yaml"
BROKEN = """\
document: {dsl: 1.0.3, namespace: test, name: broken, version: 1.0.0}
experiences:
  email: {adapter: sandbox, templates: {hello: {text: "Dear {{ name"}}}
do:
  - greet: {call: email, with: {to: ada@example.com, template: hello}}
"""


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SYMPHAINY_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SYMPHAINY_URL", raising=False)
    return tmp_path


def test_a_mail_is_shown_as_its_reader_gets_it(
    nowhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    html = nowhere / "statement.html"
    asked = asked_of(template="statement", locale="de-AT", customer='{"name": "Ada & Co"}')

    assert preview(STATEMENT, asked, html=html, as_json=False) == 0

    out = capsys.readouterr().out
    assert out.startswith(" subject: Ihre Abrechnung für Oktober 2026: € 1.284,60\n")
    assert "  locale: de\n formats: de-AT\n    zone: Europe/Vienna\n" in out
    assert "Guten Tag, Ada & Co," in out
    assert '<html lang="de"' in html.read_text()
    assert "Guten Tag, Ada &amp; Co," in html.read_text()


def test_a_text_message_is_shown_with_what_it_costs(
    nowhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = asked_of(template="statement", channel="sms", locale="en")

    assert preview(STATEMENT, asked, html=None, as_json=False) == 0
    assert "GSM-7" in capsys.readouterr().out


def test_all_of_it_is_there_as_json(nowhere: Path) -> None:
    data = nowhere / "data.json"
    data.write_text("{}")

    shown = symphainy(
        nowhere / "home", *("preview", str(STATEMENT), "--template", "statement", "--json")
    )
    refused = symphainy(
        nowhere / "home",
        *("preview", str(STATEMENT), "--template", "statement", "--data", str(data)),
    )

    assert shown.code == 0, shown.err
    assert json.loads(shown.out)["formats"] == "en"
    assert refused.code == 2
    assert json.loads(refused.err)["code"] == "template.data"


def test_what_is_wrong_with_the_definition_is_told(
    nowhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = nowhere / "broken.yaml"
    file.write_text(BROKEN)

    assert preview(file, {"template": "hello"}, html=None, as_json=False) == 2
    assert f"{file}:3:" in (err := capsys.readouterr().err)
    assert "template.syntax" in err
