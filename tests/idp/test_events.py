"""Events and dead letters by commands, on a platform that is up."""

import json
from contextlib import closing
from pathlib import Path

from idp.client import Platform as Api
from tests.idp.commands import Platform, symphainy

KEYED = """\
document: {dsl: 1.0.3, namespace: acme, name: keyed, version: 1.0.0}
intents:
  go: {starts: true, event: test.keyed, key: .order}
do:
  - done: {set: {order: .order}}
"""
SENT = {"specversion": "1.0", "id": "1", "source": "/shop", "type": "test.keyed", "data": {}}
LETTER = "\tin\tstart:intent:acme.keyed:go\t0\tintent.key:"


def test_events_are_told_and_letters_resent_or_discarded(
    platform: Platform, tmp_path: Path
) -> None:
    (tmp_path / "keyed.yaml").write_text(KEYED)
    symphainy(platform.home, "deploy", str(tmp_path / "keyed.yaml"))
    key = (platform.home / "users" / "tenant-admin").read_text().strip()
    with closing(Api(platform.told["api"], key)) as api:
        api.post("/v1/events", SENT)

    told = symphainy(platform.home, "events", "tail", "--cursor", "0", "--no-follow")
    types = [json.loads(line)["event"]["type"] for line in told.out.splitlines()]
    assert (told.code, types[-2:]) == (0, ["com.symphainy.version.deployed.v1", "test.keyed"])

    first = symphainy(platform.home, "dead-letters", "list").out
    assert (first.count("\n"), LETTER in first) == (1, True)
    id = first.partition("\t")[0]
    assert symphainy(platform.home, "dead-letters", "discard", "--all").out == f"{id}\tdiscard\n"
    assert symphainy(platform.home, "dead-letters", "list").out == ""
    gone = symphainy(platform.home, "dead-letters", "resend", id)
    assert gone.code == 1
    assert "event.letter-missing" in gone.err


def test_a_replay_says_how_many_or_why_none(platform: Platform) -> None:
    unknown = symphainy(platform.home, "events", "replay", "nobody", "--cursor", "0")
    unsaid = symphainy(platform.home, "events", "replay", "nobody")

    assert (unknown.code, unsaid.code) == (1, 2)
    assert "webhook.missing" in unknown.err
