"""The tables come from migrations, whoever starts first, and bad values never reach them."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from public_works import Stores
from public_works.database import Database
from public_works.migrations import config, head
from public_works.tables import METADATA
from symphainy.errors import Refused, Unavailable
from tests.public_works.rows import DELIVERY

MIGRATE = "import sys; from public_works.database import Database; Database(sys.argv[1]).migrate()"


def test_fresh_migrations_make_exactly_the_tables_of_the_models(url: str):
    database = Database(url)
    database.migrate()
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    database.dispose()


def test_the_newest_file_of_migrations_is_the_head_of_the_only_branch(tmp_path):
    with Database(f"sqlite:///{tmp_path / 'a.db'}").engine.connect() as connection:
        scripts = ScriptDirectory.from_config(config(connection))
    assert scripts.get_heads() == [head()]


def test_four_processes_that_start_at_once_migrate_once(url: str):
    processes = [
        subprocess.Popen([sys.executable, "-c", MIGRATE, url], stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    ended = [(one.communicate(timeout=60)[1], one.returncode) for one in processes]
    assert ended == [(b"", 0)] * 4
    database = Database(url)
    tables = set(inspect(database.engine).get_table_names())
    with database.engine.connect() as connection:
        revisions = connection.execute(text("SELECT version_num FROM alembic_version")).all()
    database.dispose()
    assert (tables - {"alembic_version"}, len(revisions)) == ({*METADATA.tables}, 1)


def test_migrating_again_keeps_what_is_there(url: str):
    database = Database(url)
    for _ in range(2):
        database.migrate()
        Stores.over(database, pepper=b"p", blobs=None).customers.upsert("acme", "anna")
    assert [
        one.id for one in Stores.over(database, pepper=b"p", blobs=None).customers.list("acme")
    ] == ["anna"]
    database.dispose()


def test_the_sqlite_file_is_set_up_for_readers_beside_a_writer(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    with database.engine.connect() as connection:
        told = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "busy_timeout", "synchronous", "foreign_keys")
        }
    database.dispose()
    assert told == {"journal_mode": "wal", "busy_timeout": 30000, "synchronous": 1} | {
        "foreign_keys": 1
    }


def test_times_come_back_aware_and_in_utc_whatever_zone_they_were_given_in(stores: Stores):
    berlin = timezone(timedelta(hours=2))
    given = datetime(2026, 3, 1, 14, 30, 0, 123456, tzinfo=berlin)
    kept = stores.ledger.plan("acme", id="d", **DELIVERY, not_before=given).not_before
    assert (kept, kept.tzinfo) == (datetime(2026, 3, 1, 12, 30, 0, 123456, tzinfo=UTC), UTC)


@pytest.mark.parametrize("value", ["a\0b", "\ud800"])
def test_text_that_postgresql_cannot_hold_is_refused_by_both(stores: Stores, value: str):
    with pytest.raises(Refused, match=r"store\.text"):
        stores.customers.upsert("acme", "anna", name=value)
    with pytest.raises(Refused, match=r"store\.text"):
        stores.customers.get("acme", value)


def test_ids_have_a_length_and_what_is_within_it_is_kept(stores: Stores):
    longest = "ü" * 256
    stores.customers.upsert(longest, longest, name="x" * 100_000)
    assert stores.customers.get(longest, longest).name == "x" * 100_000
    with pytest.raises(Refused, match=r"store\.key-too-long"):
        stores.customers.upsert("acme", longest + "x")


def test_the_longest_ids_fit_the_widest_index(stores: Stores):
    place = {"policy": "ß" * 256, "scope": "ä" * 256, "key": "ö" * 256, "max": 1}
    now = datetime(2026, 3, 1, tzinfo=UTC)
    granted = stores.caps.reserve("ü" * 256, **place, window=timedelta(days=1), now=now)
    assert granted.granted


def test_an_exception_inside_a_session_undoes_it(stores: Stores):
    def fail_halfway():
        with stores.database.session() as session:
            session.connection().execute(text("DELETE FROM customer"))
            raise ZeroDivisionError

    stores.customers.upsert("acme", "anna")
    with pytest.raises(ZeroDivisionError):
        fail_halfway()
    assert [one.id for one in stores.customers.list("acme")] == ["anna"]


def test_ids_are_ordered_alike_on_both_databases(stores: Stores):
    for name in ("b", "a", "B", "é", "A", "_"):
        stores.customers.upsert("acme", name)
    assert [one.id for one in stores.customers.list("acme")] == ["A", "B", "_", "a", "b", "é"]


def test_a_database_that_does_not_answer_is_unavailable():
    with pytest.raises(Unavailable, match=r"store\.unavailable"):
        Database("postgresql://nobody@127.0.0.1:1/none").migrate()


@pytest.mark.parametrize(
    "url",
    [
        "mysql://localhost/x",
        "sqlite4:///x",
        "rubbish",
        "",
        "sqlite://",
        "sqlite:///:memory:",
        "postgresql://h",
    ],
)
def test_a_url_that_names_no_lasting_database_is_refused(url: str):
    with pytest.raises(Refused, match=r"settings\.invalid"):
        Database(url)


def test_of_a_kind_that_has_one_name_the_first_stays(stores: Stores) -> None:
    now = datetime.now(UTC)

    first = stores.marks.only("namespace", "acme", now)
    again = stores.marks.only("namespace", "acme", now)
    other = stores.marks.only("namespace", "globex", now)

    assert (first, again, other) == ("acme", "acme", "acme")
    assert stores.marks.only("name", "globex", now) == "globex"
