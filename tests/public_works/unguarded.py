"""The database without the triggers that keep its audit log: what somebody who owns it can do."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from public_works.database import Database
from public_works.tables import METADATA

TRIGGERS = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")


@contextmanager
def unguarded(connection: Connection) -> Iterator[None]:
    """No trigger of the transaction of `connection` fires in the body."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        yield
        connection.execute(text("SET LOCAL session_replication_role = origin"))
        return
    triggers = connection.execute(TRIGGERS).all()
    for one in triggers:
        connection.execute(text(f"DROP TRIGGER {one.name}"))
    yield
    for one in triggers:
        connection.exec_driver_sql(one.sql)


def cleared(database: Database) -> None:
    """Leave every table without rows."""
    with database.session() as session, unguarded(session.connection()):
        for table in reversed(METADATA.sorted_tables):
            session.connection().execute(table.delete())
