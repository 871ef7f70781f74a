"""Where scenarios are played: the whole product on real servers, in a thread of its own."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

from temporalio import workflow

from tests.conformance.service import service
from tests.runtime.platform import Platform, platform_on, real_server, skipping_server
from tests.twins.a2a import A2aTwin
from tests.twins.authority import Authority
from tests.twins.grpc import GrpcTwin
from tests.twins.httpbin import httpbin
from tests.twins.mcp import McpTwin
from tests.twins.petstore import petstore
from tests.twins.web import Web, web
from workers.pool import Options

T = TypeVar("T")

SITES = {
    "petstore.swagger.io": petstore,
    "httpbin.org": httpbin,
    "authority.example": Authority("authority.example").site,
    "service.example": service(),
}


@dataclass(frozen=True)
class Moment:
    """Something that happened to a task of a run, as the interpreter told its worker's log."""

    task: str
    phase: str
    error: str | None
    run: str
    """The run's id in Temporal, another one for each history."""
    length: int
    """How long the history was: the id of the event that began the activation."""


class Trails(logging.Handler):
    """By workflow id, what happened to its tasks, in order."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.of: dict[str, list[Moment]] = defaultdict(list)

    def emit(self, record: logging.LogRecord) -> None:
        """See base class."""
        about: Any = record.__dict__
        if "phase" in about:
            where = workflow.info()
            length = where.get_current_history_length()
            moment = Moment(about["task"], about["phase"], about["error"], where.run_id, length)
            self.of[where.workflow_id].append(moment)


class Stage:
    """Two platforms, opened when first needed: on one time passes, on the other it is skipped."""

    def __init__(self, folder: Path, trails: Trails) -> None:
        self.trails = trails
        self._folder = folder
        self._loop = asyncio.new_event_loop()
        self._open = AsyncExitStack()
        self._web: Web = self._open.enter_context(web(folder, SITES))
        self._platforms: dict[bool, Platform] = {}
        self._places: dict[str, str] = {}

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """What `work` gives, done in the platform's thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(300)

    def platform(self, *, skipping: bool) -> Platform:
        """The platform whose time is (not) skipped."""
        if skipping not in self._platforms:
            opened = self._skipping() if skipping else self._real()
            self._platforms[skipping] = self.do(opened)
        return self._platforms[skipping]

    def placed(self, text: str) -> str:
        """`text` with `{{grpc}}` and the like replaced by where they are; they open for it."""
        for name, open_ in {"a2a": self._a2a, "grpc": self._grpc, "mcp": self._mcp}.items():
            if f"{{{{{name}}}}}" in text:
                if name not in self._places:
                    self._places[name] = self.do(open_())
                text = text.replace(f"{{{{{name}}}}}", self._places[name])
        return text

    async def _a2a(self) -> str:
        return self._open.enter_context(A2aTwin().serving()).url

    async def _grpc(self) -> str:
        twin = await self._open.enter_async_context(GrpcTwin().serving())
        return str(twin.port)

    async def _mcp(self) -> str:
        return self._open.enter_context(McpTwin().serving()).url

    async def _real(self) -> Platform:
        folder = self._folder / "real"
        folder.mkdir()
        server = await self._open.enter_async_context(real_server(folder))
        opened = platform_on(server, folder / "home", Options(egress=self._web.egress("127.0.0.1")))
        return await self._open.enter_async_context(opened)

    async def _skipping(self) -> Platform:
        folder = self._folder / "skipping"
        folder.mkdir()
        server = await self._open.enter_async_context(skipping_server())
        options = Options(versioned=False, attributes=False, egress=self._web.egress("127.0.0.1"))
        opened = platform_on(server, folder / "home", options)
        return await self._open.enter_async_context(opened)

    @contextmanager
    def lit(self) -> Iterator["Stage"]:
        """The stage while it is in use."""
        thread = Thread(target=self._loop.run_forever)
        thread.start()
        try:
            yield self
        finally:
            self.do(self._open.aclose())
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join()
            self._loop.close()


@contextmanager
def watched() -> Iterator[Trails]:
    """What workflows tell their worker's log, collected."""
    log, trails = logging.getLogger("temporalio.workflow"), Trails()
    before = log.level
    log.setLevel(logging.DEBUG)
    log.addHandler(trails)
    try:
        yield trails
    finally:
        log.removeHandler(trails)
        log.setLevel(before)
