"""An SQLite file that another program writes, looked into and never changed."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

__all__ = ["journal", "tables_with"]


def journal(file: Path) -> str:
    """The journal mode of the file, such as `wal`."""
    with closing(_opened(file)) as db:
        return str(db.execute("PRAGMA journal_mode").fetchone()[0])


def tables_with(file: Path, tables: Iterable[str], column: str, part: bytes) -> list[str]:
    """Those of `tables` that have a row in which `column` holds `part`."""
    with closing(_opened(file)) as db:
        return [table for table in tables if _has(db, table, column, part)]


def _has(db: sqlite3.Connection, table: str, column: str, part: bytes) -> bool:
    # Names of tables and columns cannot be parameters; they come from our own code.
    query = f'SELECT EXISTS (SELECT 1 FROM "{table}" WHERE instr("{column}", ?) > 0)'  # noqa: S608
    return bool(db.execute(query, (part,)).fetchone()[0])


def _opened(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=5)
