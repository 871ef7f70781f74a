"""The one way to the tables: an engine, its migrations, sessions."""

import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from ssl import SSLError
from typing import Any, Protocol

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    OperationalError,
    StatementError,
    TimeoutError,
)
from sqlmodel import Session

from public_works import migrations
from public_works.postgres_tls import secured
from public_works.tables import Row
from symphainy.errors import Ending, Refused, Unavailable, Unsure

__all__ = ["JOINING", "Database", "Joining", "insert_new", "insert_values", "serialise"]

DRIVERS = ("sqlite", "postgresql", "postgresql+pg8000")
BUSY_SECONDS = 30
# A connection's page cache is half a megabyte, not two: a worker has up to 32 connections.
TOUCHED = "touched"
CHANGING = frozenset({"INSERT", "UPDATE", "DELETE"})
REFUSES = "refuses SSL"
"""What the driver says of such a server."""
PRAGMAS = ("busy_timeout=30000", "synchronous=NORMAL", "foreign_keys=ON", "cache_size=-512")


class Joining(Protocol):
    """Something to be written with whatever else is written."""

    def join(self, connection: Connection) -> None:
        """Write it, as the last thing of a transaction."""

    def committed(self) -> None:
        """The transaction is over, and what it wrote is kept."""


JOINING: ContextVar[Joining | None] = ContextVar("joining", default=None)
"""What joins the transactions of this context; threads that are started for it have it too."""


class Database:
    """SQLite or PostgreSQL behind one set of tables.

    Sessions are synchronous; callers on an event loop go through `asyncio.to_thread`.
    """

    def __init__(self, url: str) -> None:
        parsed = _parsed(url)
        self.engine = _sqlite(parsed) if parsed.drivername == "sqlite" else _postgresql(parsed)
        event.listen(self.engine, "begin", _untouched)
        event.listen(self.engine, "after_cursor_execute", _touched)
        self._reading = self.engine.execution_options(reading=True)

    def migrate(self) -> None:
        """Bring the tables to this version; several processes may do so at once."""
        with _telling(), self.engine.begin() as connection:
            _alone(connection)
            migrations.upgrade(connection)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session that may write; commits at the end, rolls back on any exception.

        On SQLite it holds the write lock from the start, so that what was read stays true.
        """
        with _telling(), Session(self.engine, expire_on_commit=False) as session:
            yield session
            _commit(session, joined=_join(session))

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads; it never waits for a writer."""
        with _telling(), Session(self._reading, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Like `session`, for statements that are written out: a third of the cost."""
        with _telling(), self.engine.connect() as connection:
            yield connection
            _commit(connection, joined=_join(connection))

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """Like `reading`, for statements that are written out."""
        with _telling(), self._reading.connect() as connection:
            yield connection

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def insert_values(connection: Connection, table: type[Row], values: Mapping[str, Any]) -> bool:
    """Insert a row of `table` unless its key is there already; whether it was inserted."""
    insert = _insert(table, connection.dialect.name)
    return bool(connection.execute(insert, values).rowcount)


def insert_new(session: Session, row: Row) -> bool:
    """Insert `row` unless its key is there already; whether it was inserted.

    A concurrent insert of the same key is waited for, and then seen by later reads.
    """
    values = {name: getattr(row, name) for name in type(row).model_fields}
    insert = _insert(type(row), session.get_bind().dialect.name)
    return bool(session.connection().execute(insert, values).rowcount)


@cache
def _insert(table: type[Row], dialect: str) -> Any:
    # Built once a table: building it costs more than running it.
    into = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return into(table).on_conflict_do_nothing()


def serialise(session: Session | Connection, *names: str) -> None:
    """Let nobody else past the same names until this session ends.

    SQLite has one writer at a time anyway.
    """
    connection = session.connection() if isinstance(session, Session) else session
    if connection.dialect.name == "postgresql":
        lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
        connection.execute(lock, {"name": "\x1f".join(names)})


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise Refused("settings.invalid", "SYMPHAINY_DATABASE_URL is not a URL.") from None
    if parsed.drivername not in DRIVERS:
        raise Refused(
            "settings.invalid", f"SYMPHAINY_DATABASE_URL must start with one of {DRIVERS}."
        )
    if parsed.database in {None, "", ":memory:"}:
        raise Refused("settings.invalid", "SYMPHAINY_DATABASE_URL must name a file or database.")
    return parsed


def _sqlite(url: URL) -> Engine:
    Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        pool_size=8,
        max_overflow=24,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _postgresql(url: URL) -> Engine:
    url, tls = secured(url)
    return create_engine(
        url.set(drivername="postgresql+pg8000"),
        pool_size=8,
        max_overflow=24,
        pool_pre_ping=True,
        connect_args={"ssl_context": tls} if tls is not None else {},
    )


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    # The driver must not begin transactions by itself, so that `_begin` can choose their kind.
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    _write_ahead(connection)


def _write_ahead(connection: sqlite3.Connection) -> None:
    # SQLite does not wait for the busy timeout when two connections switch a file at once.
    for remaining in range(BUSY_SECONDS * 20, -1, -1):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if not remaining:
                raise
            time.sleep(0.05)


def _begin(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _alone(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(7966784973)"))


def _untouched(connection: Connection) -> None:
    connection.info.pop(TOUCHED, None)


def _touched(
    connection: Connection, cursor: Any, statement: str, _parameters: Any, *_more: Any
) -> None:
    if cursor.rowcount and statement.lstrip()[:6].upper() in CHANGING:
        connection.info[TOUCHED] = True


def _join(session: Session | Connection) -> bool:
    """Whether there was something to join: who changed nothing has done nothing."""
    joining = JOINING.get()
    if joining is None:
        return False
    if isinstance(session, Session):
        session.flush()
        session = session.connection()
    if TOUCHED not in session.info:
        return False
    joining.join(session)
    return True


def _commit(session: Session | Connection, *, joined: bool) -> None:
    # An answer lost after COMMIT was sent leaves open whether it happened.
    try:
        session.commit()
    except (OperationalError, InterfaceError) as error:
        if isinstance(error.orig, sqlite3.Error):
            raise
        raise Unsure("store.unsure", "The database fell silent during the commit.") from error
    joining = JOINING.get()
    if joining is not None and joined:
        joining.committed()


@contextmanager
def _telling() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, TimeoutError, SSLError) as error:
        raise Unavailable("store.unavailable", _reason(error)) from error
    except StatementError as error:
        if isinstance(error.orig, Ending):
            raise error.orig from None
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise Unavailable("store.unavailable", _reason(error)) from error
        raise


def _reason(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    if isinstance(cause, SSLError):
        return f"The database does not prove to be the host of its URL: {cause.reason}."
    if REFUSES in str(cause):
        return "The database speaks no TLS; `?sslmode=disable` in its URL does without."
    return f"The database does not answer ({type(cause).__name__}); nothing was stored."
