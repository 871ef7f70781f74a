"""Server-sent events."""

from collections.abc import AsyncIterator

import httpx2

__all__ = ["events"]


async def events(answer: httpx2.Response) -> AsyncIterator[str]:
    """The data of each event of `answer`."""
    data: list[str] = []
    async for line in answer.aiter_lines():
        if line.startswith("data:"):
            data.append(line.removeprefix("data:").removeprefix(" "))
        elif not line.strip() and data:
            yield "\n".join(data)
            data = []
