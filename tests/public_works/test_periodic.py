"""What a process does by itself goes on, whatever one look came to."""

import asyncio
import logging

import pytest

from public_works.periodic import every
from symphainy.errors import Unavailable

log = logging.getLogger("symphainy.test")


async def test_looks_go_on_after_those_that_fail_and_end_with_the_body(
    caplog: pytest.LogCaptureFixture,
) -> None:
    looks, enough = 0, asyncio.Event()

    async def look() -> None:
        nonlocal looks
        looks += 1
        if looks == 1:
            raise Unavailable("db.unreachable", "no database")
        if looks == 2:
            raise ZeroDivisionError
        if looks == 3:
            raise LookupError("expected")
        enough.set()

    async with every(0, look, log, "nobody looks", expected=(LookupError,)):
        await asyncio.wait_for(enough.wait(), 30)
    ended = looks
    await asyncio.sleep(0)

    assert looks == ended
    told = [(one.levelname, one.message, bool(one.exc_info)) for one in caplog.records]
    assert told == [
        ("WARNING", "nobody looks: db.unreachable: no database", False),
        ("ERROR", "nobody looks", True),
        ("WARNING", "nobody looks: expected", False),
    ]


async def test_who_is_not_to_look_at_once_does_not() -> None:
    looked = asyncio.Event()

    async def look() -> None:
        looked.set()

    async with every(3_600, look, log, "nobody looks", at_once=False):
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    assert not looked.is_set()
