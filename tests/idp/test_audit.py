"""`symphainy audit`: the log of a home, followed from the command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from public_works import Settings, Stores
from smart_city.audit import Actor, Entry, Subject
from tests.public_works.unguarded import unguarded

DEPLOYED = Entry(
    actor=Actor(id="ada", kind="user"),
    action="solution.deployed",
    subject=Subject(type="version", id="acme.hello@1.0.0"),
)


def symphainy(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "idp.cli", "audit", *arguments, "--home", str(home)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def stores(tmp_path: Path):
    stores = Stores.open(Settings(home=tmp_path / "home", tenant="local"))
    for _ in range(3):
        stores.audit.record("local", DEPLOYED)
    yield stores
    stores.close()


def tamper(stores: Stores, statement: str) -> None:
    with stores.database.session() as session, unguarded(session.connection()):
        session.connection().execute(text(statement))


def test_a_whole_log_is_verified_and_a_broken_one_named(tmp_path: Path, stores: Stores) -> None:
    home = tmp_path / "home"
    whole = symphainy(home, "verify")
    assert (whole.returncode, whole.stdout) == (0, "local: whole, 3 records, 0 checkpoints\n")

    tamper(stores, "DELETE FROM audit_record WHERE seq = 2")
    told = symphainy(home, "verify")
    assert (told.returncode, told.stdout) == (
        1,
        "local: broken at record 2, deleted: It is gone.\n",
    )
    listed = symphainy(home, "verify", "--json")
    assert (listed.returncode, json.loads(listed.stdout)) == (
        1,
        {
            "whole": False,
            "chains": [
                {
                    "tenant": "local",
                    "records": 1,
                    "checkpoints": 0,
                    "broken": {"kind": "deleted", "seq": 2, "message": "It is gone."},
                }
            ],
        },
    )


def test_a_checkpoint_kept_elsewhere_tells_of_a_chain_that_was_begun_anew(
    tmp_path: Path, stores: Stores
) -> None:
    home, kept = tmp_path / "home", tmp_path / "kept.jsonl"
    kept.write_text(symphainy(home, "checkpoint").stdout)
    for table in ("audit_record", "audit_head", "audit_checkpoint"):
        tamper(stores, f"DELETE FROM {table}")
    stores.audit.record("local", DEPLOYED)

    assert symphainy(home, "verify").returncode == 0
    told = symphainy(home, "verify", "--checkpoint", str(kept))
    assert (told.returncode, told.stdout) == (
        1,
        "local: broken at record 2, truncated: The chain went on to record 3.\n",
    )


def test_a_log_of_which_nothing_is_left_is_told_by_a_checkpoint_kept_elsewhere(
    tmp_path: Path, stores: Stores
) -> None:
    home, kept = tmp_path / "home", tmp_path / "kept.jsonl"
    kept.write_text(symphainy(home, "checkpoint").stdout)
    for table in ("audit_record", "audit_head", "audit_checkpoint"):
        tamper(stores, f"DELETE FROM {table}")

    told = symphainy(home, "verify", "--checkpoint", str(kept))
    assert (told.returncode, told.stdout) == (
        1,
        "local: broken at record 1, truncated: The chain went on to record 3.\n",
    )


@pytest.mark.parametrize(
    ("gone", "message"),
    [
        ("audit_record", "truncated: The chain went on to record 3."),
        ("audit_head", "inserted: It stands behind the end of the chain."),
    ],
)
def test_a_table_that_was_emptied_is_told_by_the_others(
    tmp_path: Path, stores: Stores, gone: str, message: str
) -> None:
    tamper(stores, f"DELETE FROM {gone}")

    told = symphainy(tmp_path / "home", "verify")
    assert (told.returncode, told.stdout) == (1, f"local: broken at record 1, {message}\n")


def test_a_chain_given_to_another_tenant_is_broken_from_its_first_record(
    tmp_path: Path, stores: Stores
) -> None:
    for table in ("audit_record", "audit_head"):
        tamper(stores, f"UPDATE {table} SET tenant = 'globex'")

    told = symphainy(tmp_path / "home", "verify")
    assert (told.returncode, told.stdout) == (
        1,
        "globex: broken at record 1, changed: Its content does not have its hash.\n",
    )


def test_an_export_is_verified_with_the_key_of_the_installation(
    tmp_path: Path, stores: Stores
) -> None:
    home, file, key = tmp_path / "home", tmp_path / "audit.jsonl", tmp_path / "key.pem"
    stores.audit.checkpoint("local")
    file.write_text("".join(stores.audit.chain("local").lines()))
    key.write_text(symphainy(home, "key").stdout)

    elsewhere = tmp_path / "elsewhere"
    given = symphainy(elsewhere, "verify", "--export", str(file), "--key", str(key))
    assert (given.returncode, given.stdout) == (0, "local: whole, 3 records, 1 checkpoints\n")
    strange = symphainy(elsewhere, "verify", "--export", str(file))
    assert strange.returncode == 1
    assert "forged" in strange.stdout

    file.write_text("hello\n")
    wrong = symphainy(home, "verify", "--export", str(file))
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert "audit.file" in wrong.stderr


def test_of_a_tenant_without_a_log_nothing_is_verified(tmp_path: Path, stores: Stores) -> None:
    none = symphainy(tmp_path / "home", "verify", "--tenant", "nobody")
    assert (none.returncode, none.stdout) == (1, "")
    assert none.stderr == "There is no audit log to verify.\n"


RECORDS = {
    "audit.py": "nothing: it reads, and checkpoints are their own record",
    "doctor.py": "nothing: it reads",
    "issuer.py": "issuer.",
    "key.py": "key.",
    "pool.py": "pool.",
}
"""What commands record that open the database themselves; the others ask the API, which does."""


def test_a_command_that_opens_the_database_records_what_it_does() -> None:
    folder = Path(__file__).parents[2] / "idp"
    opening = {one.name for one in folder.rglob("*.py") if "Stores.open(" in one.read_text()}

    assert opening == RECORDS.keys()
    assert [one for one in opening if '"pool.' in (folder / one).read_text()] == ["pool.py"]


def test_keys_that_are_handed_to_a_pool_are_on_record(tmp_path: Path, stores: Stores) -> None:
    home, file = tmp_path / "home", tmp_path / "keys.json"
    environment = {"SYMPHAINY_HOME": str(home), "PATH": os.environ["PATH"]}
    arguments = ["pool", "keys", "--tenant", "local", "--queue", "erp", "-o", str(file)]
    done = subprocess.run(
        [sys.executable, "-P", "-m", "idp.cli", *arguments],
        env=environment,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    (record,) = stores.audit.list("local", action="pool.keys-handed")
    assert (record.subject.id, record.details["keys"]) == ("erp", 1)
    key = json.loads(file.read_text())["data_keys"][0]
    assert record.details["newest"] == key["id"]
    assert key["key"] not in repr(record)
