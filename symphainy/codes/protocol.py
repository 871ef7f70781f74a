"""Codes of calls over gRPC, AsyncAPI's protocols, A2A and MCP."""

from symphainy.codes.code import Code

__all__ = ["CODES"]

CODES: tuple[Code, ...] = (
    Code(
        "compile.protocol",
        "A call wants a protocol, or a part of one, that is not spoken here",
        "Use what is: for `asyncapi` http, mqtt, mqtt5 and nats; for `mcp` the transport `http`; "
        "for `grpc` methods that take one message.",
    ),
    Code(
        "compile.contract",
        "The document that a call refers to cannot be used",
        "Correct the proto file, OpenAPI or AsyncAPI document or agent card, or point to another.",
    ),
    Code(
        "compile.unknown-operation",
        "A call names what its document does not have",
        "Use a service, method, operation, channel or server that the document defines.",
    ),
    Code(
        "grpc.status",
        "A gRPC server ended a call with an error status",
        "Catch it with `try`; the error's `grpc` is the status, its `status` the HTTP equivalent.",
        502,
    ),
    Code(
        "grpc.arguments",
        "The arguments of a gRPC call are not what the method's message has",
        "Correct `with.arguments` as the proto file says.",
    ),
    Code(
        "grpc.contract",
        "A proto file cannot be compiled, or lacks the service or the method",
        "Correct the proto file, or the names under `with.service` and `with.method`.",
    ),
    Code(
        "mcp.error",
        "An MCP server answered with an error",
        "Catch it with `try` (error type runtime); the error's `rpc` is the JSON-RPC code.",
        502,
    ),
    Code(
        "mcp.tool-error",
        "An MCP tool said that it failed",
        "Catch it with `try` (error type runtime); the error's `result` is what the tool said.",
        502,
    ),
    Code(
        "mcp.status",
        "An MCP server answered with an HTTP error",
        "Catch it with `try`; the error's `status` is what the server answered.",
        502,
    ),
    Code(
        "mcp.parameters",
        "The parameters of an MCP call are not what its method takes",
        "Correct `with.parameters` as the protocol says.",
    ),
    Code(
        "mcp.timeout",
        "An MCP server did not answer in time",
        "Give the call more time with `with.timeout`, or catch it with `try` (error type timeout).",
        504,
    ),
    Code(
        "asyncapi.address",
        "What a message or a variable gives makes no address",
        "Correct `with.server.variables`, or the message that the channel's address is made of.",
    ),
    Code(
        "asyncapi.error",
        "A message broker refused a call",
        "Correct the credentials, or allow them the address; catch it with `try` otherwise.",
        502,
    ),
    Code(
        "a2a.error",
        "An agent answered with an error",
        "Catch it with `try` (error type runtime); the error's `rpc` is the JSON-RPC code.",
        502,
    ),
    Code(
        "a2a.parameters",
        "The parameters of a call are not what the agent protocol takes",
        "Correct `with.parameters` as the protocol says.",
    ),
    Code(
        "a2a.timeout",
        "An agent did not answer in time",
        "Let it answer with a task at once and ask with `tasks/get`, or catch it with `try` "
        "(error type timeout).",
        504,
    ),
)
