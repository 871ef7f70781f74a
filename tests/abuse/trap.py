"""What nobody is to reach from inside: it counts who comes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.public_works.listener import OK

__all__ = ["Trap", "trap"]


@dataclass
class Trap:
    """A port on every loopback address, and a socket in the file system."""

    port: int
    path: Path
    connections: int = 0
    requests: list[bytes] = field(default_factory=list)


@asynccontextmanager
async def trap(
    folder: Path, answer: Callable[[bytes], bytes] = lambda _: OK
) -> AsyncIterator[Trap]:
    """Listen until the end of the block, on both families and without a network too."""
    found = Trap(0, folder / "trap.sock")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        found.connections += 1
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            found.requests.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(answer(found.requests[-1]))
            await writer.drain()
        writer.close()

    first = await asyncio.start_server(serve, "0.0.0.0", 0)
    found.port = first.sockets[0].getsockname()[1]
    newer = await asyncio.start_server(serve, "::1", found.port)
    local = await asyncio.start_unix_server(serve, found.path)
    async with first, newer, local:
        yield found
