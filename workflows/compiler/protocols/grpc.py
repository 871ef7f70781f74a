"""Calls of gRPC services, checked against their proto file."""

from typing import Any

from symphainy.catalog import Effect
from symphainy.definition import GrpcCall, TaskItem
from symphainy.json import Json
from symphainy.plan import Remote, Task
from workflows.compiler.context import Compilation, nearest, plain
from workflows.compiler.protocols.credentials import credentials
from workflows.compiler.protocols.http import authorized
from workflows.compiler.protocols.proto import Method, Proto, read
from workflows.compiler.secrets import secured

__all__ = ["grpc"]

HTTPS = 443


def grpc(
    at: Compilation,
    item: TaskItem,
    task: GrpcCall,
    given: dict[str, Any],
    variables: frozenset[str],
) -> Task | None:
    """The call as the plan has it, or None with findings that say why not."""
    wanted, pointer = task.with_, f"{item.pointer}/with"
    service = wanted.service
    content = at.resource(wanted.proto.endpoint, f"{pointer}/proto/endpoint")
    goes = "/with/arguments"
    taken = secured(at, plain(wanted.arguments), f"{pointer}/arguments", variables, goes)
    where = f"{pointer}/service/authentication"
    policy = credentials(at, service.authentication, where, variables)
    if content is None or not at.carry(content, f"{pointer}/proto/endpoint"):
        return None
    text = _text(at, content, f"{pointer}/proto/endpoint")
    if text is None:
        return None
    proto = at.once("proto", content, lambda: read(text))
    if proto.imports:
        message = f"the proto file imports {proto.imports[0]!r}; it has to stand for itself"
        at.find("compile.contract", f"{pointer}/proto/endpoint", message)
        return None
    name = _service(at, proto, service.name, f"{pointer}/service/name")
    if name is None:
        return None
    method = _method(at, proto, name, wanted.method, f"{pointer}/method")
    if method is None:
        return None
    port = service.port or HTTPS
    called: dict[str, Json] = {
        "host": service.host,
        "port": port,
        "service": name,
        "method": wanted.method,
        "arguments": taken.value,
    }
    if _tls(task, port):
        called["tls"] = True
    effect: Effect = "read" if method.harmless else "write"
    return Remote(
        **given,
        **authorized(policy, taken),
        activity="call.grpc",
        arguments=called,
        resource=text,
        effect=effect,
    )


def _text(at: Compilation, content: bytes, pointer: str) -> str | None:
    try:
        return content.decode()
    except UnicodeDecodeError:
        at.find("compile.contract", pointer, "the proto file is not UTF-8 text")
        return None


def _service(at: Compilation, proto: Proto, name: str, pointer: str) -> str | None:
    """The full name, of which the package may be left out."""
    if name in proto.services:
        return name
    short = [one for one in proto.services if one.rpartition(".")[2] == name]
    if len(short) == 1:
        return short[0]
    message = f"the proto file has no service {name!r}; {nearest(name, proto.services)}"
    at.find("compile.unknown-operation", pointer, message)
    return None


def _method(at: Compilation, proto: Proto, service: str, name: str, pointer: str) -> Method | None:
    methods = proto.services[service]
    found = methods.get(name)
    if found is None:
        message = f"{service} has no method {name!r}; {nearest(name, methods)}"
        at.find("compile.unknown-operation", pointer, message)
    elif found.takes_many:
        message = f"{name} takes a stream of messages, and a call has one to give"
        at.find("compile.protocol", pointer, message)
        return None
    return found


def _tls(task: GrpcCall, port: int) -> bool:
    """The specification has no member for it, so port 443 or the task's metadata says so."""
    said = task.metadata.get("tls")
    return said if isinstance(said, bool) else port == HTTPS
