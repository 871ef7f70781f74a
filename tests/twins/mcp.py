"""An MCP server: the SDK's own, with a few tools, prompts and resources."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError

from tests.twins.asgi import serving

__all__ = ["McpTwin"]


class McpTwin:
    """What it was asked, and where it is."""

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[dict[str, str]] = []
        self.status: int | None = None
        """The HTTP status that every request is answered with, instead of an answer."""

    @contextmanager
    def serving(self) -> Iterator["McpTwin"]:
        """Serve until the end of the block."""
        server = _server()
        with serving(self._watched(server.streamable_http_app())) as address:
            self.url = f"{address}/mcp"
            yield self

    def _watched(self, app: Any) -> Any:
        async def watched(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            self.requests.append({k.decode(): v.decode() for k, v in scope["headers"]})
            if self.status is None:
                await app(scope, receive, send)
                return
            await send({"type": "http.response.start", "status": self.status, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        return watched


def _server() -> MCPServer:
    server = MCPServer("twin")

    @server.tool()
    def add(a: int, b: int) -> int:
        """The sum."""
        return a + b

    @server.tool()
    def fail(reason: str) -> str:
        """Never works."""
        raise ToolError(reason)

    @server.prompt()
    def greet(name: str) -> str:
        """A greeting to write."""
        return f"Greet {name}."

    @server.resource("memo://today")
    def today() -> str:
        """A memo."""
        return "nothing to do"

    @server.resource("memo://{day}")
    def memo(day: str) -> str:
        """The memo of a day."""
        return f"memo of {day}"

    return server
