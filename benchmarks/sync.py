"""How soon an answer comes: an intent with `Prefer: wait` beside the same shape by hand.

    .venv/bin/python benchmarks/sync.py [--pairs 9] [--requests 40]

Two HTTP servers in this process start a run of one ordinary step and answer with its result: the
platform's API, and a FastAPI application of ten lines. One request at a time, in turns.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

import httpx2
import uvicorn
from fastapi import FastAPI

from benchmarks.handwritten import PLAIN
from benchmarks.rounds import Spread
from benchmarks.server import Server, serve
from benchmarks.sides import OWNER, sides
from public_works import Settings
from solution_api.app import create_app
from solution_api.serve import Server as Listening
from solution_api.services import open_services

BODY = {"n": 0, "amount": 100, "risk": "low", "customer": "c1"}
Ask = Callable[[], Awaitable[Any]]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=9)
    parser.add_argument("--requests", type=int, default=40)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_measure(Path(folder), asked.pairs, asked.requests))
    sys.stdout.flush()
    os._exit(0)  # The SDK may abort at interpreter exit (sdk-python issue 300).


async def _measure(home: Path, pairs: int, requests: int) -> None:
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(serve(home))
        await stack.enter_async_context(sides(server, home, ("answer",)))
        hand = await stack.enter_async_context(_by_hand(server))
        ours = await stack.enter_async_context(_ours(server, home))
        found: tuple[list[float], list[float]] = ([], [])
        for ask in (hand, ours):
            await _median(ask, 10)
        for n in range(pairs):
            for which in (0, 1) if n % 2 == 0 else (1, 0):
                found[which].append(await _median((hand, ours)[which], requests))
    print(f"by hand  p50 ms {Spread.of(found[0]):.1f}")
    print(f"ours     p50 ms {Spread.of(found[1]):.1f}")
    ratios = [ours / hand for hand, ours in zip(*found, strict=True)]
    print(f"ours to by hand, pair by pair: {Spread.of(ratios):.2f}")


async def _median(ask: Ask, requests: int) -> float:
    taken = []
    for _ in range(requests):
        begun = time.perf_counter()
        await ask()
        taken.append((time.perf_counter() - begun) * 1_000)
    return median(taken)


@asynccontextmanager
async def _by_hand(server: Server) -> AsyncIterator[Ask]:
    app = FastAPI()

    @app.post("/answers")
    async def answer(given: dict[str, Any]) -> Any:
        return await server.client.execute_workflow(
            "answer", given, id=f"answer-{uuid4()}", task_queue=PLAIN
        )

    async with _listening(app) as url, httpx2.AsyncClient(base_url=url, timeout=60) as client:
        yield _asking(client, "/answers", {})


@asynccontextmanager
async def _ours(server: Server, home: Path) -> AsyncIterator[Ask]:
    settings = Settings(home=home, temporal_address=server.address)
    async with open_services(settings) as services:
        key = services.stores.keys.issue(OWNER, name="benchmark", environment="production")
        headers = {"Authorization": f"Bearer {key}"}
        async with (
            _listening(create_app(services)) as url,
            httpx2.AsyncClient(base_url=url, headers=headers, timeout=60) as client,
        ):
            where = "/v1/solutions/benchmark.answer/intents/start"
            yield _asking(client, where, {"Prefer": "wait=30"})


def _asking(client: httpx2.AsyncClient, where: str, headers: dict[str, str]) -> Ask:
    async def ask() -> Any:
        answer = await client.post(where, json=BODY, headers=headers)
        if answer.status_code != 200:
            raise SystemExit(f"{where}: {answer.status_code} {answer.text}")
        return answer.json()

    return ask


@asynccontextmanager
async def _listening(app: FastAPI) -> AsyncIterator[str]:
    told: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    config = uvicorn.Config(app, port=0, log_config=None, lifespan="off")
    server = Listening(config, told.set_result)
    serving = asyncio.create_task(server._serve())
    try:
        yield await told
    finally:
        server.should_exit = True
        await serving


if __name__ == "__main__":
    main()
