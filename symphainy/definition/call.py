"""The task `call`, by what it calls."""

from typing import Literal

from symphainy.definition.calls import (
    A2a,
    AsyncApi,
    GrpcArguments,
    HttpArguments,
    McpArguments,
    OpenApiArguments,
)
from symphainy.definition.model import Maybe, Object, Text
from symphainy.definition.tasks import TaskBase

__all__ = [
    "BUILT_IN_CALLS",
    "A2aCall",
    "AsyncApiCall",
    "CallTask",
    "FunctionCall",
    "GrpcCall",
    "HttpCall",
    "McpCall",
    "OpenApiCall",
]


class CallTask(TaskBase):
    """Calls something; the subclasses say with what."""

    call: Text


class HttpCall(CallTask):
    call: Literal["http"]
    with_: HttpArguments


class OpenApiCall(CallTask):
    call: Literal["openapi"]
    with_: OpenApiArguments


class GrpcCall(CallTask):
    call: Literal["grpc"]
    with_: GrpcArguments


class AsyncApiCall(CallTask):
    call: Literal["asyncapi"]
    with_: AsyncApi


class A2aCall(CallTask):
    call: Literal["a2a"]
    with_: A2a


class McpCall(CallTask):
    call: Literal["mcp"]
    with_: McpArguments


class FunctionCall(CallTask):
    """Calls a function by name: of `use.functions`, of a catalog, an experience, a capability."""

    with_: Maybe[Object] = None


BUILT_IN_CALLS: dict[str, type[CallTask]] = {
    "http": HttpCall,
    "openapi": OpenApiCall,
    "grpc": GrpcCall,
    "asyncapi": AsyncApiCall,
    "a2a": A2aCall,
    "mcp": McpCall,
}
