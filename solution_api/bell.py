"""Rings when something is said in a session: one look at the store for all who wait."""

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from public_works.transcripts import Transcripts
from symphainy.errors import Ending

__all__ = ["Bell"]

log = logging.getLogger("symphainy.api")

EVERY = 0.25
"""Seconds between two looks."""
AT_ONCE = 400
"""Sessions of one look; SQLite takes a thousand values in a statement."""
MOST = 20
"""Who may follow one session by its customer's tokens at once: their devices, and their pages."""
Name = tuple[str, str]


@dataclass(eq=False)
class Waiting:
    """Somebody who knows a session up to a change of it."""

    known: int
    rung: asyncio.Future[int] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Bell:
    """Lets streams wait for what happens in sessions, of which other processes hear first."""

    def __init__(self, transcripts: Transcripts) -> None:
        self._transcripts = transcripts
        self._waiting: defaultdict[Name, set[Waiting]] = defaultdict(set)
        self._looking: asyncio.Task[None] | None = None
        self._seats: Counter[Name] = Counter()

    def is_full(self, tenant: str, session: str) -> bool:
        """Whether as many follow that session as may."""
        return self._seats[tenant, session] >= MOST

    @contextmanager
    def seat(self, tenant: str, session: str) -> Iterator[None]:
        """A seat among those who follow a session."""
        self._seats[tenant, session] += 1
        try:
            yield
        finally:
            self._seats[tenant, session] -= 1
            if not self._seats[tenant, session]:
                del self._seats[tenant, session]

    async def wait(self, tenant: str, session: str, known: int, within: float) -> int:
        """How often the session has changed: another number than `known`, or `known` after
        `within` seconds."""
        waiting, name = Waiting(known), (tenant, session)
        self._waiting[name].add(waiting)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look(), name="sessions that are followed")
        try:
            async with asyncio.timeout(within):
                return await waiting.rung
        except TimeoutError:
            return known
        finally:
            self._waiting[name].discard(waiting)
            if not self._waiting[name]:
                del self._waiting[name]

    async def _look(self) -> None:
        while self._waiting:
            names = sorted(self._waiting)
            for start in range(0, len(names), AT_ONCE):
                try:
                    await self._ring(names[start : start + AT_ONCE])
                except Ending as ending:
                    log.warning("sessions are not looked at: %s", ending)
            await asyncio.sleep(EVERY)

    async def _ring(self, names: Iterable[Name]) -> None:
        by_tenant: defaultdict[str, list[str]] = defaultdict(list)
        for tenant, session in names:
            by_tenant[tenant].append(session)
        for tenant, sessions in by_tenant.items():
            found = await asyncio.to_thread(self._transcripts.changes, tenant, sessions)
            for session in sessions:
                for one in self._waiting.get((tenant, session), ()):
                    if found.get(session, 0) != one.known and not one.rung.done():
                        one.rung.set_result(found[session])
