"""An agent: the SDK's own server, in the version of the protocol that definitions speak."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from a2a.helpers import new_text_part
from a2a.server.agent_execution import AgentExecutor, RequestContext
from a2a.server.events import EventQueue
from a2a.server.request_handlers import DefaultRequestHandler
from a2a.server.routes import create_agent_card_routes, create_jsonrpc_routes
from a2a.server.tasks import (
    InMemoryPushNotificationConfigStore,
    InMemoryTaskStore,
    TaskUpdater,
)
from a2a.types.a2a_pb2 import AgentCapabilities, AgentCard, AgentInterface, AgentSkill, Task
from starlette.applications import Starlette

from tests.twins.asgi import serving

__all__ = ["A2aTwin"]


class Echo(AgentExecutor):
    """Repeats what it is told, in two parts; waits for more where it is told to."""

    async def execute(self, context: RequestContext, event_queue: EventQueue) -> None:
        if context.current_task is None:
            await event_queue.enqueue_event(_submitted(context))
        update = TaskUpdater(event_queue, str(context.task_id), str(context.context_id))
        told = context.get_user_input()
        await update.start_work()
        if told == "wait":
            await update.requires_input()
            return
        for i, word in enumerate(told.split()):
            await update.add_artifact([new_text_part(word)], artifact_id=str(i))
        await update.complete()

    async def cancel(self, context: RequestContext, event_queue: EventQueue) -> None:
        await TaskUpdater(event_queue, str(context.task_id), str(context.context_id)).cancel()


def _submitted(context: RequestContext) -> Task:
    task = Task(id=context.task_id, context_id=context.context_id)
    task.status.state = 1  # submitted
    task.history.append(context.message)
    return task


class A2aTwin:
    """What it was asked, and where it is."""

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[dict[str, str]] = []
        self.status: int | None = None
        """The HTTP status that every request is answered with, instead of an answer."""

    @property
    def card(self) -> str:
        """Where its card is."""
        return f"{self.url}/.well-known/agent-card.json"

    @contextmanager
    def serving(self) -> Iterator["A2aTwin"]:
        """Serve until the end of the block."""
        app = Starlette()
        with serving(self._watched(app)) as address:
            self.url = address
            card = _card(f"{address}/rpc")
            handler = DefaultRequestHandler(
                agent_executor=Echo(),
                task_store=InMemoryTaskStore(),
                agent_card=card,
                push_config_store=InMemoryPushNotificationConfigStore(),
                extended_agent_card=card,
            )
            app.routes.extend(create_jsonrpc_routes(handler, "/rpc", enable_v0_3_compat=True))
            app.routes.extend(create_agent_card_routes(card))
            yield self

    def _watched(self, app: Any) -> Any:
        async def watched(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "http" or scope["method"] != "POST":
                await app(scope, receive, send)
                return
            self.requests.append({k.decode(): v.decode() for k, v in scope["headers"]})
            if self.status is None:
                await app(scope, receive, send)
                return
            await send({"type": "http.response.start", "status": self.status, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        return watched


def _card(url: str) -> AgentCard:
    return AgentCard(
        name="Echo",
        description="Repeats.",
        version="1.0.0",
        capabilities=AgentCapabilities(
            streaming=True, push_notifications=True, extended_agent_card=True
        ),
        default_input_modes=["text/plain"],
        default_output_modes=["text/plain"],
        skills=[AgentSkill(id="echo", name="Echo", description="Repeats.", tags=["echo"])],
        supported_interfaces=[
            AgentInterface(url=url, protocol_binding="JSONRPC", protocol_version="1.0"),
            AgentInterface(url=url, protocol_binding="JSONRPC", protocol_version="0.3"),
        ],
    )
