"""The same work as workflows and activities written by hand."""

import asyncio
import os
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from temporalio import activity, workflow

__all__ = ["QUEUE", "PlainMessages", "PlainSteps", "create", "noop", "write_row"]

QUEUE = "plain"
WITHIN = timedelta(seconds=30)


@activity.defn
async def noop(given: dict[str, Any]) -> dict[str, Any]:
    """Two hundred bytes of JSON."""
    return {"n": given["n"], "fill": "x" * 184}


@activity.defn
async def write_row(given: dict[str, Any]) -> dict[str, Any]:
    """Write one row and tell."""
    await asyncio.to_thread(_insert, given["to"], given["text"])
    return {"state": "accepted"}


@workflow.defn
class PlainSteps:
    """Five activities in a row."""

    @workflow.run
    async def run(self, given: dict[str, Any]) -> dict[str, Any]:
        """The last one's answer."""
        for n in range(5):
            given = await workflow.execute_activity(noop, {"n": n}, start_to_close_timeout=WITHIN)
        return given


@workflow.defn
class PlainMessages:
    """Five rows in a row."""

    @workflow.run
    async def run(self, given: dict[str, Any]) -> dict[str, Any]:
        """The last one's answer."""
        sent: dict[str, Any] = {}
        for n in range(5):
            message = {"to": given["customer"], "text": f"Number {n}: hello."}
            sent = await workflow.execute_activity(
                write_row, message, start_to_close_timeout=WITHIN
            )
        return sent


def create() -> None:
    """Make the table that `write_row` writes to."""
    with closing(_database()) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("CREATE TABLE sent (id INTEGER PRIMARY KEY, receiver TEXT, text TEXT)")


def _database() -> sqlite3.Connection:
    found = sqlite3.connect(Path(os.environ["SYMPHAINY_HOME"]) / "plain.db", timeout=30)
    found.execute("PRAGMA synchronous=NORMAL")
    return found


def _insert(to: str, text: str) -> None:
    with closing(_database()) as db, db:
        db.execute("INSERT INTO sent (receiver, text) VALUES (?, ?)", (to, text))
