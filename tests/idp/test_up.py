"""`symphainy up`: a platform from one command, and the commands that talk to it.

The tests share one platform and run in order; the last one takes it down the hard way.
"""

import json
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest

from idp.launcher.ready import READY
from tests.idp.commands import EXAMPLES, Ended, Platform, alive, symphainy, until

HELLO = str(EXAMPLES / "hello.yaml")
FAULTY = """\
document: {dsl: 1.0.3, namespace: test, name: faulty, version: 1.0.0}
do:
  - stumble:
      raise:
        error:
          type: https://example.com/errors/stumbled
          status: 418
          title: Stumbled
          detail: over a stone
"""
UNFINISHED = """\
document: {dsl: 1.0.3, namespace: test, name: unfinished, version: 1.0.0}
do:
  - leap: {then: nowhere, set: {a: 1}}
"""


def test_it_comes_to_life_in_the_order_of_the_design(platform: Platform) -> None:
    names = [line.split("  ")[1].strip() for line in platform.log.read_text().splitlines()]
    order = ["runtime", "smart city", "realms", "solutions", "experience", "api"]
    assert [name for name in names if name in order] == order


def test_run_prints_the_output_and_nothing_else(platform: Platform) -> None:
    ended = symphainy(platform.home, "run", HELLO, "--input", '{"name": "Ada"}')

    assert (ended.code, ended.out, ended.err) == (0, '{\n  "greeting": "Hello, Ada!"\n}\n', "")


def test_a_link_is_printed_on_demand_that_opens_the_outbox_once(platform: Platform) -> None:
    ended = symphainy(platform.home, "key", "link")

    link = ended.out.strip()
    answers = [httpx2.get(link, timeout=60) for _ in range(2)]
    assert (ended.code, link.startswith(f"{platform.told['api']}/outbox?token=")) == (0, True)
    assert [one.status_code for one in answers] == [303, 200]
    assert "set-cookie" in answers[0].headers
    assert "`symphainy key link` prints a new one" in answers[1].text


def test_a_run_that_faults_leaves_its_problem_on_stderr(platform: Platform, tmp_path: Path) -> None:
    file = tmp_path / "faulty.yaml"
    file.write_text(FAULTY)

    ended = symphainy(platform.home, "run", str(file))

    problem = json.loads(ended.err)
    assert (ended.code, ended.out) == (1, "")
    assert problem.pop("run").startswith("test.faulty:")
    assert problem == {
        "type": "https://example.com/errors/stumbled",
        "status": 418,
        "title": "Stumbled",
        "detail": "over a stone",
        "instance": "/do/0/stumble",
    }


def test_what_cannot_run_is_refused_with_its_findings(platform: Platform, tmp_path: Path) -> None:
    file = tmp_path / "unfinished.yaml"
    file.write_text(UNFINISHED)

    ended = symphainy(platform.home, "run", str(file))

    assert (ended.code, ended.out) == (2, "")
    assert f"{file}:3:" in ended.err
    assert " error compile.then-unknown " in ended.err


def test_an_input_that_does_not_fit_is_refused(platform: Platform) -> None:
    ended = symphainy(platform.home, "run", HELLO, "--input", '{"name": 7}')

    assert (ended.code, ended.out) == (2, "")
    assert json.loads(ended.err)["code"] == "intent.input"


KEYED = """\
document: {dsl: 1.0.3, namespace: test, name: keyed, version: 1.0.0}
intents:
  begin: {starts: true, key: "${ .id }"}
do:
  - first: {set: {text: TEXT}}
"""


def test_a_trial_never_stands_in_for_another_of_the_same_key(
    platform: Platform, tmp_path: Path
) -> None:
    file = tmp_path / "keyed.yaml"
    file.write_text(KEYED.replace("TEXT", "one"))
    first = symphainy(platform.home, "run", str(file), "--input", '{"id": "7"}')
    file.write_text(KEYED.replace("TEXT", "two"))
    second = symphainy(platform.home, "run", str(file), "--input", '{"id": "7"}')

    assert (first.code, first.out, first.err) == (0, '{\n  "text": "one"\n}\n', "")
    assert (second.code, second.out, second.err) == (0, '{\n  "text": "two"\n}\n', "")


def test_trials_of_one_solution_side_by_side_give_each_its_own(
    platform: Platform, tmp_path: Path
) -> None:
    def tried(n: int) -> tuple[int, Any]:
        file = tmp_path / f"{n}.yaml"
        head = "document: {dsl: 1.0.3, namespace: acme, name: contested, version: 1.0.0}\n"
        file.write_text(f"{head}do:\n  - say: {{set: {{n: {n}}}}}\n")
        ended = symphainy(platform.home, "run", str(file))
        return ended.code, json.loads(ended.out)

    with ThreadPoolExecutor(4) as threads:
        given = list(threads.map(tried, range(4)))

    assert given == [(0, {"n": n}) for n in range(4)]


def listed(platform: Platform, solution: str) -> set[str]:
    """How the runs of a solution stand, once Temporal lists all of them as over."""
    for _ in range(200):
        told = symphainy(platform.home, "runs", "--solution", solution, "--json")
        found = {one["status"] for one in json.loads(told.out)}
        if found == {"completed"}:
            return found
    raise AssertionError(found)


def test_what_is_deployed_and_what_ran_can_be_listed(platform: Platform) -> None:
    deployed = symphainy(platform.home, "deploy", HELLO, "--environment", "staging")
    symphainy(platform.home, "run", HELLO)

    assert deployed.out == "examples.hello 1.0.0 runs in staging\n"
    assert listed(platform, "examples.hello") == {"completed"}


def test_what_led_to_a_run_can_be_told(platform: Platform) -> None:
    symphainy(platform.home, "run", HELLO)
    listed = symphainy(platform.home, "runs", "--solution", "examples.hello", "--json")
    run = json.loads(listed.out)[0]["run"]

    told = symphainy(platform.home, "lineage", run)
    events = symphainy(platform.home, "lineage", run, "--format", "openlineage")
    document = symphainy(platform.home, "lineage", run, "--format", "prov")

    assert (told.code, told.err) == (0, "")
    assert next(iter(told.out.splitlines())).split("\t")[1:] == ["began", f"run:{run}"]
    assert {json.loads(line)["eventType"] for line in events.out.splitlines()} == {
        "START",
        "COMPLETE",
    }
    assert "agent" in json.loads(document.out)


def test_the_first_key_is_printed_once_and_kept_nowhere(platform: Platform) -> None:
    (line,) = (one for one in platform.log.read_text().splitlines() if "API key" in one)
    key = line.split()[2]

    listed = symphainy(platform.home, "runs", SYMPHAINY_API_KEY=key)

    files = (one for one in platform.home.rglob("*") if one.is_file() and one != platform.log)
    secret = key.split("_")[3].encode()
    assert listed.code == 0
    assert [one for one in files if secret in read(one)] == []


def read(file: Path) -> bytes:
    """What is in a file that the platform may have taken away meanwhile."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""


def test_a_wrong_key_is_refused(platform: Platform) -> None:
    ended = symphainy(platform.home, "runs", SYMPHAINY_API_KEY="sym_wrong")

    assert (ended.code, ended.out) == (1, "")
    assert "api.unauthenticated" in ended.err


def test_a_further_key_holds_the_roles_it_was_given(platform: Platform) -> None:
    issued = symphainy(platform.home, "key", "--name", "lead", "--role", "collections-lead")

    listed = symphainy(platform.home, "runs", SYMPHAINY_API_KEY=issued.out.strip())

    roles = (
        "one of the roles viewer, author, reviewer, approver, operator, security-auditor, "
        "tenant-admin, platform-admin, admin"
    )
    told = f"symphainy: api.forbidden: To read takes {roles}.\n"
    assert (issued.code, listed) == (0, Ended(1, "", told))


def test_for_each_role_a_user_is_ready_whose_key_only_the_owner_reads(platform: Platform) -> None:
    files = {one.name: one for one in (platform.home / "users").iterdir()}

    assert sorted(files) == sorted(READY)
    assert {one.stat().st_mode & 0o777 for one in files.values()} == {0o600}
    told = symphainy(platform.home, "key", "list").out
    assert [str(one) for one in files.values() if str(one) not in told] == []
    listed = symphainy(platform.home, "runs", SYMPHAINY_API_KEY=files["viewer"].read_text().strip())
    assert listed.code == 0


def test_a_key_is_rotated_and_revoked(platform: Platform) -> None:
    first = symphainy(platform.home, "key", "issue", "--name", "ci", "--role", "viewer").out.strip()

    second = symphainy(platform.home, "key", "rotate", first.split("_")[2]).out.strip()

    both = [symphainy(platform.home, "runs", SYMPHAINY_API_KEY=one).code for one in (first, second)]
    gone = symphainy(platform.home, "key", "revoke", second.split("_")[2])
    last = symphainy(platform.home, "runs", SYMPHAINY_API_KEY=second)
    again = symphainy(platform.home, "key", "rotate", first.split("_")[2])
    assert (both, gone.code) == ([0, 0], 0)
    assert "api.unauthenticated" in last.err
    assert again.err.startswith("symphainy: key.over: ")


def test_nothing_is_missing(platform: Platform) -> None:
    ended = symphainy(platform.home, "doctor")

    assert (ended.code, ended.err) == (0, "")
    assert "closed runs are kept for 30 days" in ended.out
    assert "temporal.db is in wal mode" in ended.out
    assert "missing" not in ended.out


def test_a_second_one_in_the_same_folder_is_refused(platform: Platform) -> None:
    ended = symphainy(platform.home, "up")

    assert (ended.code, ended.out) == (1, "")
    assert "is up in" in ended.err


@pytest.mark.parametrize("name", ["worker", "api", "temporal"])
def test_it_heals_when_a_process_is_killed(platform: Platform, name: str) -> None:
    killed = platform.pids[name]
    os.kill(killed, signal.SIGKILL)

    ended = symphainy(platform.home, "run", HELLO, "--input", "{}")

    assert (ended.code, ended.out) == (0, '{\n  "greeting": "Hello, world!"\n}\n')
    until(lambda: platform.pids.get(name, killed) != killed)


def test_nothing_outlives_a_launcher_that_is_killed(platform: Platform) -> None:
    # One that lost Temporal with the test before may just be starting again.
    until(lambda: len(platform.pids) == 3)
    children = list(platform.pids.values())

    platform.process.kill()
    platform.process.wait()

    until(lambda: not any(alive(pid) for pid in children))
