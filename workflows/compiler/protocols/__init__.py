"""Calls over the protocols that the specification builds in."""

from collections.abc import Callable, Mapping
from typing import Any

from symphainy.definition import TaskItem
from symphainy.plan import Task
from workflows.compiler.context import Compilation
from workflows.compiler.protocols.a2a import a2a
from workflows.compiler.protocols.asyncapi import asyncapi
from workflows.compiler.protocols.grpc import grpc
from workflows.compiler.protocols.http import http
from workflows.compiler.protocols.mcp import mcp
from workflows.compiler.protocols.openapi import openapi

__all__ = ["PROTOCOLS"]

Protocol = Callable[[Compilation, TaskItem, Any, dict[str, Any], frozenset[str]], Task | None]
PROTOCOLS: Mapping[str, Protocol] = {
    "http": http,
    "openapi": openapi,
    "grpc": grpc,
    "asyncapi": asyncapi,
    "a2a": a2a,
    "mcp": mcp,
}
