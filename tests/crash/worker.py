"""`python -m tests.crash.worker FILE`: a platform's worker pool, until it is killed.

Touches FILE when it works and new runs start on it.
"""

import asyncio
import logging
import sys
from pathlib import Path

from public_works import Settings, Stores
from workers import open_pool
from workers.deployment import make_current

__all__ = ["main"]


async def main(ready: Path) -> None:
    """Serve, forever."""
    settings = Settings()
    stores = await asyncio.to_thread(Stores.open, settings)
    async with open_pool(settings, stores) as pool, pool.worker:
        await make_current(pool.client)
        ready.touch()
        await asyncio.Event().wait()


if __name__ == "__main__":
    logging.basicConfig(level="INFO", format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    asyncio.run(main(Path(sys.argv[1])))
