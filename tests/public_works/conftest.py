"""Every store test runs on SQLite and on PostgreSQL."""

from pathlib import Path

import pytest
from sqlalchemy import text

from public_works import Stores
from public_works.blobs import Folder
from public_works.database import Database
from smart_city.signing import SigningKey
from tests.public_works.server import binaries, running
from tests.public_works.unguarded import cleared


@pytest.fixture(scope="session")
def postgresql():
    programs = binaries()
    if programs is None:
        pytest.skip("no initdb and postgres on PATH or under /usr/lib/postgresql")
    with running(programs) as url:
        yield url


def fresh_schema(url: str) -> str:
    """The URL of an empty database on the server at `url`."""
    server = Database(url)
    with server.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        number = connection.execute(text("SELECT count(*) FROM pg_database")).scalar_one()
        connection.execute(text(f"CREATE DATABASE t{number}"))
    server.dispose()
    return url.rpartition("/")[0] + f"/t{number}"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'home' / 'symphainy.db'}"
    return fresh_schema(request.getfixturevalue("postgresql"))


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def _migrated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('store') / 'symphainy.db'}"
    else:
        url = fresh_schema(request.getfixturevalue("postgresql"))
    database = Database(url)
    database.migrate()
    yield database
    database.dispose()


@pytest.fixture
def db(_migrated: Database) -> Database:
    """A database with every table and no rows."""
    cleared(_migrated)
    return _migrated


@pytest.fixture
def stores(db: Database, tmp_path: Path) -> Stores:
    """Every store, over an empty database."""
    return Stores.over(
        db, pepper=b"p" * 32, blobs=Folder(tmp_path / "blobs"), audit_key=SigningKey.generate
    )
