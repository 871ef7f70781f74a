"""The steps that bring a database from any earlier version to this one."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

if TYPE_CHECKING:
    from alembic.config import Config

__all__ = ["config", "head", "upgrade"]

HERE = Path(__file__).parent


def head() -> str:
    """The newest revision; files in `versions` are named by theirs, in order."""
    return max(file.name.partition("_")[0] for file in HERE.glob("versions/[0-9]*.py"))


def config(connection: Connection) -> "Config":
    """Alembic's configuration for the migrations in this package, on `connection`."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(HERE).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made


def upgrade(connection: Connection) -> None:
    """Run every migration not yet run, inside the transaction of `connection`."""
    if _current(connection) == head():
        return
    # Alembic takes longer to import than to find out that nothing is to be done.
    from alembic import command

    command.upgrade(config(connection), "head")


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    version = connection.execute(text("SELECT version_num FROM alembic_version"))
    return version.scalar_one_or_none()
