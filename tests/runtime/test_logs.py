"""What runs and steps write into the log of their worker."""

import io
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from public_works import Settings, Stores
from public_works.audit import append
from public_works.secrets import Vault, resolve
from public_works.telemetry import logs, names
from smart_city.audit import Actor, Entry, Subject
from smart_city.audit_checkpoint import Checkpoint
from symphainy.plan import SecretPart
from tests.runtime.platform import Platform

TEXT = """
document: {dsl: 1.0.3, namespace: test, name: logged-{{n}}, version: 1.0.0}
intents: {begin: {starts: true, key: "${ .key }"}}
do:
  - say: {set: {said: "${ .key }"}}
"""


async def test_a_key_with_a_percent_sign_disturbs_no_log_line(
    platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    solution = platform.deploy(TEXT)

    with caplog.at_level(logging.DEBUG, logger="temporalio.workflow"):
        run = await platform.submit(solution, {"key": "A/1 %s é"}, intent="begin")
        finished = await platform.finish(run.run)

    assert finished.output == {"said": "A/1 %s é"}
    assert "task /do/0/say begins" in [record.getMessage() for record in caplog.records]


def lines_of(settings: Settings, name: str) -> Iterator[tuple[logging.Logger, io.StringIO]]:
    """A logger that writes as a process of those settings would."""
    stream, log = io.StringIO(), logging.getLogger(name)
    blank = logs.Blank(settings)
    form = logs.JsonLines(blank) if settings.log_format == "json" else logs.TextLines(blank)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(form)
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
    yield log, stream
    log.removeHandler(handler)


@pytest.fixture(params=["json", "text"])
def writing(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[logging.Logger, io.StringIO]]:
    """A log in each of its forms, where the platform knows some secrets."""
    (tmp_path / "secrets" / "acme").mkdir(parents=True)
    (tmp_path / "secrets" / "acme" / "twilio").write_text('{"token": "canary-token-7"}')
    (tmp_path / "secrets" / "acme" / "plain").write_text("canary-plain-8\n")
    settings = Settings(home=tmp_path, log_format=request.param, smtp_password="canary-mail-9")
    yield from lines_of(settings, f"test.{request.param}")


def test_no_line_says_a_secret_the_platform_knows(
    writing: tuple[logging.Logger, io.StringIO],
) -> None:
    log, stream = writing
    for secret in ("canary-token-7", "canary-plain-8", "canary-mail-9"):
        log.warning("the server said: %s", secret)
        log.warning("it said", extra={"error": f"no {secret}"})

    assert "canary" not in stream.getvalue()
    assert stream.getvalue().count("***") >= 3


def test_no_line_says_a_secret_that_was_read_since(
    writing: tuple[logging.Logger, io.StringIO], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, stream = writing
    log.warning("before")
    settings = Settings(home=tmp_path)
    (tmp_path / "secrets" / "acme" / "late").write_text(
        '{"keys": [{"pem": "canary\\n\\"späte\\""}]}'
    )
    monkeypatch.setenv("SYMPHAINY_SECRET_ACME__ENV", "canary-env-1")
    monkeypatch.setenv("SYMPHAINY_SECRET_MASTER", "canary-env-2")
    Vault(settings).read("acme", SecretPart(secret="late", path=("keys",)))
    Vault(settings).read("acme", SecretPart(secret="env"))
    resolve("env:SYMPHAINY_SECRET_MASTER", settings)
    for secret in ('canary\n"späte"', "canary-env-1", "canary-env-2"):
        log.warning("the server said: %s", secret)
        log.warning("in a URL: %s", quote(secret))

    assert "canary" not in stream.getvalue()


FORGED = "7\n2026-01-01 ERROR symphainy.audit: all is lost\r\x1b[2K\u2028\x9b1A\u202e"


def test_no_text_from_outside_makes_a_line_of_its_own(
    writing: tuple[logging.Logger, io.StringIO],
) -> None:
    log, stream = writing
    log.warning("no run %s", FORGED, extra={"run": FORGED})

    (line, end) = stream.getvalue().split("\n")
    assert (end, len(line.splitlines())) == ("", 1)
    assert line.isprintable()
    assert "all is lost" in line


def test_an_exception_with_a_text_from_outside_makes_no_line_that_looks_like_one_of_ours(
    writing: tuple[logging.Logger, io.StringIO],
) -> None:
    log, stream = writing
    try:
        raise ValueError(FORGED)
    except ValueError:
        log.exception("it failed", stack_info=True)

    first, *behind = stream.getvalue().splitlines()
    assert "it failed" in first
    assert [one for one in behind if not one.startswith("  ")] == []
    assert all(one.isprintable() for one in (first, *behind))


def test_a_json_line_says_which_trace_run_and_step_it_is_part_of(tmp_path: Path) -> None:
    stores = Stores.open(Settings(home=tmp_path, log_format="json"))
    about = {names.TENANT: "acme", names.RUN: "acme.dunning:7", names.STEP: "/do/0/remind"}
    for log, stream in lines_of(Settings(home=tmp_path, log_format="json"), "test.traced"):
        with stores.telemetry.span("step", about) as made:
            log.warning("told %s", "so", extra={"code": "delivery.silence", "customer": "Anna"})
        said = json.loads(stream.getvalue())
    stores.close()

    place = made.get_span_context()
    assert said.pop("time")
    assert said == {
        "level": "warning",
        "logger": "test.traced",
        "message": "told so",
        "trace_id": f"{place.trace_id:032x}",
        "span_id": f"{place.span_id:016x}",
        "tenant": "acme",
        "run": "acme.dunning:7",
        "step": "/do/0/remind",
        "code": "delivery.silence",
    }


def test_an_exception_says_where_it_was_and_not_what_it_says(tmp_path: Path) -> None:
    for log, stream in lines_of(Settings(home=tmp_path, log_format="json"), "test.failed"):
        try:
            raise ValueError("anna@people.example is no number")
        except ValueError:
            log.exception("it failed")
        said = json.loads(stream.getvalue())

    assert said["exception"] == "ValueError"
    assert "test_logs.py" in said["where"][-1]
    assert "anna" not in stream.getvalue()


def test_what_is_on_record_is_in_the_log_once_it_is_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stores = Stores.open(Settings(home=tmp_path))
    actor, subject = Actor(id="ada", kind="user"), Subject(type="solution", id="acme.dunning")

    def told() -> list[logging.LogRecord]:
        # Without what a pool of the same process logs meanwhile.
        return [one for one in caplog.records if one.thread == threading.get_ident()]

    entry = Entry(actor=actor, action="solution.paused", subject=subject)

    with caplog.at_level(logging.INFO, logger="symphainy.audit"):
        with stores.database.session() as session:
            append(session, "acme", entry)
            session.rollback()
        assert told() == []
        record = stores.audit.record("acme", entry)
        sealed = stores.audit.checkpoint("acme")
        stores.audit.checkpoint("acme")
    stores.close()

    line, seal = told()
    assert line.getMessage() == (
        f"solution.paused done: solution acme.dunning (record 1, {record.hash})"
    )
    assert (line.__dict__["tenant"], line.__dict__["by"]) == ("acme", "user:ada")
    assert Checkpoint.model_validate_json(seal.getMessage()) == sealed


@pytest.mark.parametrize(
    ("form", "wanted", "told"),
    [("json", "auto", True), ("text", "auto", False), ("text", "on", True), ("json", "off", False)],
)
def test_who_was_let_in_is_told_where_lines_are_for_machines(
    tmp_path: Path, form: str, wanted: str, told: bool
) -> None:
    code = (
        "import logging; from public_works import Settings; "
        "from public_works.telemetry.logs import set_up; "
        "set_up(Settings(), launched=False); log = logging.getLogger('symphainy.access'); "
        "log.info('let in'); log.warning('refused')"
    )
    environment = {
        "SYMPHAINY_HOME": str(tmp_path),
        "SYMPHAINY_LOG_FORMAT": form,
        "SYMPHAINY_ACCESS_LOG": wanted,
        "PATH": "",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )

    assert ("let in" in done.stderr, "refused" in done.stderr) == (told, True)


@pytest.mark.parametrize(
    ("form", "launched", "expected"),
    [
        ("auto", True, "text"),
        ("auto", False, "json"),
        ("text", False, "text"),
        ("json", True, "json"),
    ],
)
def test_a_process_writes_as_the_settings_want_it(
    tmp_path: Path, form: str, launched: bool, expected: str
) -> None:
    code = (
        "import logging; from public_works import Settings; "
        "from public_works.telemetry.logs import set_up; "
        f"set_up(Settings(), launched={launched}); logging.getLogger('a').warning('hello')"
    )
    environment = {"SYMPHAINY_HOME": str(tmp_path), "SYMPHAINY_LOG_FORMAT": form, "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )

    assert (done.stderr[0] == "{") == (expected == "json")
    assert "hello" in done.stderr
