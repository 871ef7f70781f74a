"""The life of a version by commands: the owner alone, and four eyes on one machine."""

import json
from pathlib import Path

import pytest

from tests.idp.commands import Ended, Platform, symphainy

WRITTEN = """\
document: {dsl: 1.0.3, namespace: acme, name: NAME, version: VERSION, title: Say hello}
do:
  - hello: {set: {greeting: "TEXT"}}
"""


def written(folder: Path, name: str, version: str, text: str) -> str:
    """A definition in a file of its own; its path."""
    file = folder / f"{name}-{version}.yaml"
    content = WRITTEN.replace("NAME", name).replace("VERSION", version).replace("TEXT", text)
    file.write_text(content)
    return str(file)


def asked(platform: Platform, who: str, *arguments: str) -> Ended:
    """What a command of the ready user `who` came to."""
    key = (platform.home / "users" / who).read_text().strip()
    return symphainy(platform.home, *arguments, SYMPHAINY_API_KEY=key)


def test_the_owner_of_a_platform_deploys_what_they_wrote(
    platform: Platform, tmp_path: Path
) -> None:
    mine = written(tmp_path, "mine", "1.0.0", "hi")
    done = symphainy(platform.home, "deploy", mine)
    assert (done.code, done.out) == (0, "acme.mine 1.0.0 runs in production\n")


def test_four_eyes_can_be_tried_on_one_machine(platform: Platform, tmp_path: Path) -> None:
    first = written(tmp_path, "eyes", "1.0.0", "hi")
    submitted = asked(platform, "author", "submit", first, "--note", "the first")
    assert (submitted.code, submitted.out.splitlines()[0]) == (
        0,
        "acme.eyes 1.0.0 is submitted; 0 of 1 approvals",
    )
    early = symphainy(platform.home, "deploy", first)
    assert (early.code, early.err.partition(":")[0]) == (2, "lifecycle.not-approved")
    assert "acme.eyes 1.0.0\tsubmitted by local-author" in asked(platform, "viewer", "reviews").out
    assert asked(platform, "author", "approve", "acme.eyes", "1.0.0").code == 2
    assert asked(platform, "author", "withdraw", "acme.eyes", "1.0.0").out == (
        "acme.eyes 1.0.0 is a draft again\n"
    )
    assert asked(platform, "author", "submit", first).code == 0
    of_task = ("--task", "/do/0/hello")
    assert asked(platform, "viewer", "comment", "acme.eyes", "1.0.0", "why?", *of_task).code == 0
    approved = asked(platform, "approver", "approve", "acme.eyes", "1.0.0")
    assert "comment   local-viewer at /do/0/hello: why?" in approved.out.splitlines()
    assert approved.out.splitlines()[-1] == "acme.eyes 1.0.0 is approved; 1 of 1 approvals"
    assert symphainy(platform.home, "deploy", first).code == 0
    second = written(tmp_path, "eyes", "1.1.0", "hi again")
    asked(platform, "author", "submit", second)
    asked(platform, "approver", "approve", "acme.eyes", "1.1.0")
    staged = symphainy(platform.home, "deploy", second, "--environment", "staging")
    assert staged.out == "acme.eyes 1.1.0 runs in staging\n"
    drift = asked(platform, "viewer", "drift", "acme.eyes")
    assert (drift.code, drift.out.splitlines()[:4]) == (
        1,
        [
            "production\t1.0.0\tapproved",
            "staging\t1.1.0\tapproved",
            "",
            "staging to production: 1 difference",
        ],
    )
    differing = asked(platform, "viewer", "diff", "acme.eyes", "1.0.0", "1.1.0", "--json")
    [change] = json.loads(differing.out)["changes"]
    assert (differing.code, change["name"]) == (1, "do/hello")
    promoted = asked(platform, "operator", "promote", "acme.eyes", "1.1.0", "--why", "quiet")
    assert promoted.out == "acme.eyes 1.1.0 runs in production, as it did in staging\n"
    back = asked(platform, "operator", "rollback", "acme.eyes", "--environment", "production")
    assert back.out == "acme.eyes 1.0.0 runs in production again\n"
    nothing = asked(platform, "operator", "rollback", "acme.eyes")
    assert (nothing.code, nothing.err.partition(":")[0]) == (2, "lifecycle.nothing-before")
    rejected = asked(platform, "reviewer", "reject", "acme.eyes", "1.1.0", "--reason", "too loud")
    assert rejected.out == "acme.eyes 1.1.0 is a draft again\n"


@pytest.mark.parametrize("who", ["tenant-admin", "operator"])
def test_glass_that_is_broken_is_listed_until_somebody_looked(
    platform: Platform, tmp_path: Path, who: str
) -> None:
    file = written(tmp_path, f"urgent-{who}", "1.0.0", "hi")
    asked(platform, "author", "submit", file)
    other = written(tmp_path / "..", f"urgent-{who}", "1.0.0", "something else")
    assert asked(platform, who, "deploy", other, "--break-glass", "it burns").code == 2
    done = asked(platform, who, "deploy", file, "--break-glass", "it burns")
    assert (done.code, "somebody else has to review it" in done.err) == (0, True)
    listed = asked(platform, "viewer", "reviews").out
    told = f"acme.urgent-{who} 1.0.0\tin production without approval, by local-{who}"
    assert told in listed
