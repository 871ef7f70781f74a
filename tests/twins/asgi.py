"""An ASGI application on a socket of its own, in a thread of its own."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import uvicorn

__all__ = ["serving"]


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """The address of `app` while it is served."""
    ready = Event()
    server = _Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"), ready)
    thread = Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    if not ready.wait(60):
        raise RuntimeError("the twin does not come up")
    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(30)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Event) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self._ready.set()
