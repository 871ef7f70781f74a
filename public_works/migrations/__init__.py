"""The steps that bring a database from any earlier version to this one."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

__all__ = ["config", "upgrade"]


def config(connection: Connection) -> Config:
    """Alembic's configuration for the migrations in this package, on `connection`."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made


def upgrade(connection: Connection) -> None:
    """Run every migration not yet run, inside the transaction of `connection`."""
    command.upgrade(config(connection), "head")
