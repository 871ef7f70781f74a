"""The scene: intents come in, providers fail, a worker dies three times and the API once."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from tests.chaos.drive import Driver, Wish
from tests.chaos.providers import BOUND, Bound, book
from tests.chaos.stage import Stage, staged
from tests.chaos.verdict import Book, Verdict, verdict
from tests.crash.process import until

__all__ = ["play"]

KILLS = ((0.05, "api"), (0.2, "worker"), (0.5, "worker"), (0.8, "worker"))
"""What is killed once that share of the messages is with its provider."""

Tell = Callable[[str], None]


async def play(
    folder: Path, intents: int, seed: int, tell: Tell, bound: Sequence[Bound] = BOUND
) -> Verdict:
    """What became of that many intents, spread over all channels alike."""
    wishes: list[Wish] = [(n, bound[n % len(bound)]) for n in range(intents)]
    twins = sorted({one.twin or one.adapter for one in bound})
    async with staged(folder, twins, seed) as stage, stage.receipts.telling():
        with closing(Driver(stage)) as driver:
            await driver.deploy(bound)
            tell(f"{len(bound)} solutions are deployed; {intents} intents follow")
            killing = asyncio.create_task(_kill(stage, intents, tell))
            await driver.submit(wishes)
            tell("every intent is taken")
            cut = await killing
            await driver.ended()
            await stage.receipts.drained()
            accounts = await driver.accounts(wishes)
            books = [_book(stage.folder, twin, bound) for twin in twins]
    return verdict(accounts, books, cut)


def _book(folder: Path, twin: str, bound: Sequence[Bound]) -> Book:
    tells = all(one.tells for one in bound if (one.twin or one.adapter) == twin)
    return book(folder / twin, tells=tells)


async def _kill(stage: Stage, intents: int, tell: Tell) -> set[str]:
    """The deliveries that were on the wire when their worker died."""
    cut: set[str] = set()
    for share, part in KILLS:
        count = int(intents * share)
        await until(lambda count=count: stage.kept() >= count, f"{count} messages", within=600)
        tell(f"{count} messages are out; kill -9 of the {part}")
        dying = asyncio.create_task(stage.kill(part))
        await asyncio.sleep(0)
        if part == "worker":
            cut |= await asyncio.to_thread(stage.in_flight)
        await dying
    return cut
