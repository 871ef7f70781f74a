"""What a careful team writes by hand to deliver once: consent, cap, ledger, outbox, in SQLite."""

import os
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

__all__ = ["create", "deliver"]

TABLES = """
CREATE TABLE customer (id TEXT PRIMARY KEY, email TEXT, zone TEXT, consent INTEGER);
CREATE TABLE stopped (channel TEXT PRIMARY KEY);
CREATE TABLE cap (customer TEXT, letter TEXT, at REAL, PRIMARY KEY (customer, letter));
CREATE TABLE ledger (id TEXT PRIMARY KEY, customer TEXT, state TEXT, attempt INTEGER, at REAL);
CREATE TABLE outbox (letter TEXT PRIMARY KEY, receiver TEXT, text TEXT, at REAL);
"""
DAY = 86_400.0
_own = threading.local()


def create(customers: int) -> None:
    """Make the tables, with that many customers."""
    with _database() as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.executescript(TABLES)
        rows = [(f"c{n}", f"c{n}@customer.example", "UTC", 1) for n in range(customers)]
        db.executemany("INSERT INTO customer VALUES (?, ?, ?, ?)", rows)


def deliver(id: str, customer: str, text: str) -> dict[str, Any]:
    """Deliver the letter if it may be, at most once."""
    db = _database()
    now = time.time()
    with db:
        db.execute("BEGIN IMMEDIATE")
        address = _admitted(db, customer, id, now)
        new = db.execute(
            "INSERT OR IGNORE INTO ledger VALUES (?, ?, 'in_flight', 1, ?)", (id, customer, now)
        )
        if not new.rowcount:
            return {"letter": id, "state": "unknown"}
    with db:
        db.execute("INSERT INTO outbox VALUES (?, ?, ?, ?)", (id, address, text, now))
    with db:
        db.execute("UPDATE ledger SET state = 'accepted' WHERE id = ?", (id,))
    return {"letter": id, "state": "accepted"}


def _admitted(db: sqlite3.Connection, customer: str, id: str, now: float) -> str:
    """The address of a customer who agreed and was not written to too often."""
    if db.execute("SELECT 1 FROM stopped WHERE channel = 'email'").fetchone():
        raise ValueError("stopped")
    row = db.execute("SELECT email, consent FROM customer WHERE id = ?", (customer,)).fetchone()
    since = (customer, now - DAY)
    used = db.execute("SELECT count(*) FROM cap WHERE customer = ? AND at > ?", since).fetchone()
    if not row or not row[1] or used[0] >= 100_000:
        raise ValueError("not allowed")
    db.execute("INSERT OR IGNORE INTO cap VALUES (?, ?, ?)", (customer, id, now))
    return str(row[0])


def _database() -> sqlite3.Connection:
    found: sqlite3.Connection | None = getattr(_own, "db", None)
    if found is None:
        file = Path(os.environ["SYMPHAINY_HOME"]) / "letters.db"
        found = sqlite3.connect(file, timeout=30, isolation_level=None)
        found.execute("PRAGMA synchronous=NORMAL")
        _own.db = found
    return found
