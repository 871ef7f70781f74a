"""Commands that bring a platform of their own, and take it away again."""

from pathlib import Path

from tests.idp.commands import EXAMPLES, symphainy


def processes_in(folder: Path) -> list[str]:
    """The command lines of the processes that work in `folder`."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
            told = command + (process / "environ").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in told:
            found.append(command.decode().replace("\0", " "))
    return found


def test_run_without_a_platform_brings_one_and_leaves_nothing(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()

    ended = symphainy(
        tmp_path / "home", "run", str(EXAMPLES / "hello.yaml"), "--input", "{}", TMPDIR=str(own)
    )

    assert (ended.code, ended.out, ended.err) == (0, '{\n  "greeting": "Hello, world!"\n}\n', "")
    assert list(own.iterdir()) == []
    assert processes_in(own) == []


def test_the_demonstration_sends_one_mail_holds_one_and_refuses_one(tmp_path: Path) -> None:
    home = tmp_path / "home"

    ended = symphainy(
        home,
        "demo",
        "--once",
        SYMPHAINY_API_PORT="0",
        SYMPHAINY_TEMPORAL_PORT="0",
        SYMPHAINY_TEMPORAL_UI_PORT="0",
    )

    assert (ended.code, ended.err) == (0, "")
    assert ended.out.count(" mail: mail accepted by sandbox") == 1
    assert ended.out.count(" mail: held, quiet hours `night`") == 1
    assert ended.out.count(" mail: refused, no consent for transactional by email") == 1
    assert ended.out.count(" letter: mail accepted by sandbox") == 1
    assert not (home / "up.json").exists()
    assert not (home / "session-key").exists()
    assert processes_in(home) == []
