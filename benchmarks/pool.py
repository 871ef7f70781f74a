"""The platform's worker pool as production opens it, in a process of its own."""

import asyncio
import os
import signal
import sys

from sqlalchemy import Connection, event

from benchmarks.child import profiled, ready, told
from public_works import Settings, Stores
from workers import open_pool
from workers.deployment import make_current


async def _work() -> None:
    settings = Settings()
    stores = Stores.open(settings)
    _count(stores)
    async with open_pool(settings, stores) as pool, pool.worker:
        await make_current(pool.client)
        ready()
        await told()
    stores.close()


def _count(stores: Stores) -> None:
    """Print on SIGUSR1 how many transactions wrote."""
    commits = 0

    def committed(connection: Connection) -> None:
        nonlocal commits
        commits += not connection.get_execution_options().get("reading", False)

    def tell() -> None:
        sys.stdout.write(f"{commits}\n")
        sys.stdout.flush()

    event.listen(stores.database.engine, "commit", committed)
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, tell)


if __name__ == "__main__":
    profiled(lambda: asyncio.run(_work()))
    os._exit(0)  # The SDK may abort at interpreter exit (sdk-python issue 300).
