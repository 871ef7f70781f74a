"""What `symphainy new` writes runs as it is written."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from idp.check import check
from idp.new import begin
from idp.new.channels import CHANNELS
from idp.new.writing import Unwritable, adapter, capability, solution
from tests.idp.commands import symphainy

ENTRY = """\
[symphainy.adapters]
pigeon-post = symphainy_pigeon_post:ADAPTERS
"""
LOADED = """\
from experience_adapters.registry import Registry

found = Registry.installed()
print([one.summary for one in found.specs if one.name == "pigeon-post"], found.problems)
"""


def outcome_of(folder: Path) -> str:
    """What pytest says at last of the tests in a folder that nobody installed."""
    program = [sys.executable, "-m", "pytest", "-p", "no:randomly"]
    ran = subprocess.run(program, cwd=folder, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout.strip().splitlines()[-1]


@pytest.mark.parametrize("channel", ["email", "voice", "crm"])
def test_an_adapter_is_accepted_by_the_suites_as_it_is_written(
    tmp_path: Path, channel: str
) -> None:
    adapter("pigeon-post", channel, tmp_path)

    assert outcome_of(tmp_path / "symphainy-pigeon-post").startswith("30 passed, 1 skipped")


def test_there_is_a_beginning_for_every_channel(tmp_path: Path) -> None:
    for channel in CHANNELS:
        files = adapter("pigeon", channel, tmp_path / channel)

        for file in files:
            text = file.read_text()
            assert "<<" not in text, file
            assert "<%" not in text, file
            if file.suffix == ".py":
                compile(text, str(file), "exec")


def test_a_worker_finds_the_adapter_by_its_entry_point(tmp_path: Path) -> None:
    adapter("pigeon-post", "sms", tmp_path)
    folder = tmp_path / "symphainy-pigeon-post"
    # What an installer would write.
    about = folder / "symphainy_pigeon_post-0.1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: symphainy-pigeon-post\n")
    (about / "entry_points.txt").write_text(ENTRY)

    ran = subprocess.run(
        [sys.executable, "-c", LOADED],
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stdout.strip() == "['Sends text messages through Pigeon post.'] []"


def test_a_capability_passes_its_tests_as_it_is_written(tmp_path: Path) -> None:
    capability("billing.late-fee", tmp_path)

    assert outcome_of(tmp_path / "symphainy-billing").startswith("4 passed")


def test_a_solution_is_sound_as_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SYMPHAINY_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SYMPHAINY_URL", raising=False)
    file, _ = sorted(solution("shop.first-steps", tmp_path), reverse=True)

    assert (check(file, as_json=False), capsys.readouterr().out) == (0, f"{file}: ok\n")


def test_nothing_is_written_over(tmp_path: Path) -> None:
    adapter("pigeon", "sms", tmp_path)
    kept = tmp_path / "symphainy-pigeon" / "symphainy_pigeon" / "spec.py"
    kept.write_text("mine")

    with pytest.raises(Unwritable, match="is there already"):
        adapter("pigeon", "sms", tmp_path)
    assert kept.read_text() == "mine"


@pytest.mark.parametrize(
    ("kind", "name", "channel", "said"),
    [
        ("adapter", "Pigeon", "sms", "is no name"),
        ("adapter", "../pigeon", "sms", "is no name"),
        ("adapter", "pigeon", "smoke", "there is no channel 'smoke'"),
        ("capability", "score", "", "has to be `realm.capability`"),
        ("capability", "a.b.c", "", "is no name"),
        ("solution", "a b", "", "is no name"),
    ],
)
def test_what_cannot_be_begun_is_said(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    kind: str,
    name: str,
    channel: str,
    said: str,
) -> None:
    assert begin(kind, name, tmp_path, channel) == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_command_says_what_it_wrote(tmp_path: Path) -> None:
    ended = symphainy(
        tmp_path / "home",
        *("new", "adapter", "pigeon", "--channel", "sms", "--into", str(tmp_path)),
    )

    assert ended.code == 0, ended.err
    assert str(tmp_path / "symphainy-pigeon" / "symphainy_pigeon" / "adapter.py") in ended.out
