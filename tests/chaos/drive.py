"""Intents, sent as a careful client sends them, and what the platform shows of them."""

import asyncio
import json
import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import local
from typing import Any
from urllib.parse import quote

from idp.client import Platform, Problem, Unreachable, part
from tests.chaos.providers import Bound, definition
from tests.chaos.stage import Stage
from tests.chaos.verdict import Account

__all__ = ["Driver", "Wish"]

CLIENTS = 16
PATIENCE = 600
ENDED = frozenset({"completed", "faulted", "canceled", "cancelled", "terminated", "timed_out"})

Wish = tuple[int, Bound]
"""The number of an intent, and where it goes."""


class Driver:
    """Many clients at once; each asks again until it is answered."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._threads = ThreadPoolExecutor(CLIENTS)
        self._mine = local()
        self._clients: list[Platform] = []
        self.runs: dict[int, str] = {}

    def close(self) -> None:
        """Let every client go."""
        self._threads.shutdown()
        for one in self._clients:
            one.close()

    async def deploy(self, bounds: Sequence[Bound]) -> None:
        """Have the solutions."""
        for one in bounds:
            await self._do(self._deploy, one)

    async def submit(self, wishes: Sequence[Wish]) -> None:
        """Have every intent taken."""
        await asyncio.gather(*(self._do(self._submit, number, one) for number, one in wishes))

    async def ended(self) -> dict[int, str]:
        """How every run ended."""
        numbers = sorted(self.runs)
        ends = await asyncio.gather(*(self._do(self._end, self.runs[one]) for one in numbers))
        return dict(zip(numbers, ends, strict=True))

    async def accounts(self, wishes: Sequence[Wish]) -> list[Account]:
        """What the platform shows, once every run has ended."""
        ends = await self.ended()
        deliveries = await self._do(self._deliveries)
        found = []
        for number, _ in wishes:
            run = self.runs.get(number)
            delivery = deliveries.get(run or "", {})
            found.append(
                Account(
                    number=number,
                    run=run,
                    completed=ends.get(number) == "completed",
                    delivery=delivery.get("id"),
                    state=delivery.get("state"),
                )
            )
        return found

    async def _do(self, work: Any, *args: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *args)

    def _deploy(self, one: Bound) -> None:
        port = self._stage.ports[one.twin or one.adapter]
        text = definition(one, f"http://127.0.0.1:{port}").encode()
        at = f"/v1/solutions/{part(one.solution)}/versions/1.0.0"
        self._asked("PUT", at, text)
        self._asked("POST", f"{at}/deploy", b"{}")

    def _submit(self, number: int, one: Bound) -> None:
        payload = {
            "n": number,
            "to": {"email": f"c{number}@customer.example", "phone": f"+43660{number:07d}"},
        }
        key = {"Idempotency-Key": f"chaos-{number}"}
        taken = self._asked("POST", f"/v1/solutions/{one.solution}/intents/start", payload, key)
        self.runs[number] = taken["run"]

    def _end(self, run: str) -> str:
        pause = random.Random(run)
        for _ in range(PATIENCE):
            status: str = self._asked("GET", f"/v1/runs/{quote(run, safe=':/@')}")["status"]
            if status in ENDED:
                return status
            time.sleep(0.5 + pause.random())
        return "unfinished"

    def _deliveries(self) -> dict[str, Any]:
        """By run."""
        found: dict[str, Any] = {}
        cursor = ""
        while True:
            shown = self._asked("GET", f"/v1/deliveries?limit=100{cursor}")
            found.update({one["run"]: one for one in shown["items"]})
            if shown["cursor"] is None:
                return found
            cursor = f"&cursor={quote(shown['cursor'])}"

    def _asked(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Any:
        """The answer, asked for as often as it is safe: every request here may be repeated."""
        octets = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        for _ in range(PATIENCE):
            try:
                told = {"content-type": "application/json", **(headers or {})}
                return self._client().ask(method, path, octets, told).body
            except Unreachable:
                self._client().close()
                self._mine.client = None
            except Problem as problem:
                if problem.status not in (429, 502, 503, 504):
                    raise
            time.sleep(0.3)
        raise AssertionError(f"nobody answers {method} {path}")

    def _client(self) -> Platform:
        if getattr(self._mine, "client", None) is None:
            self._mine.client = self._stage.platform()
            self._clients.append(self._mine.client)
        client: Platform = self._mine.client
        return client
