"""`call: grpc`: one message out, one or several back, of messages that a proto file describes."""

import asyncio
from collections.abc import Mapping
from typing import Any

import grpc
from google.protobuf import json_format
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from activities.remote.asked import Asked, authorities, fault
from activities.remote.proto import Contract, contract
from symphainy.errors import Unavailable
from symphainy.json import Json

__all__ = ["call"]

CONNECTING = 10.0
FAILED = grpc.ChannelConnectivity.TRANSIENT_FAILURE
SECONDS = 55.0
LARGEST = 1024 * 1024
MOST = 10_000
"""Messages that a stream may give."""

OPTIONS = (
    # Nothing of the surroundings decides where a call goes; Temporal decides what is tried again.
    ("grpc.enable_http_proxy", 0),
    ("grpc.enable_retries", 0),
    ("grpc.service_config_disable_resolution", 1),
    ("grpc.max_receive_message_length", LARGEST),
    ("grpc.use_local_subchannel_pool", 1),
)
STATUS: Mapping[grpc.StatusCode, tuple[str, int]] = {
    grpc.StatusCode.CANCELLED: ("communication", 499),
    grpc.StatusCode.UNKNOWN: ("communication", 500),
    grpc.StatusCode.INVALID_ARGUMENT: ("communication", 400),
    grpc.StatusCode.DEADLINE_EXCEEDED: ("timeout", 408),
    grpc.StatusCode.NOT_FOUND: ("communication", 404),
    grpc.StatusCode.ALREADY_EXISTS: ("communication", 409),
    grpc.StatusCode.PERMISSION_DENIED: ("authorization", 403),
    grpc.StatusCode.RESOURCE_EXHAUSTED: ("communication", 429),
    grpc.StatusCode.FAILED_PRECONDITION: ("communication", 400),
    grpc.StatusCode.ABORTED: ("communication", 409),
    grpc.StatusCode.OUT_OF_RANGE: ("communication", 400),
    grpc.StatusCode.UNIMPLEMENTED: ("communication", 501),
    grpc.StatusCode.INTERNAL: ("communication", 500),
    grpc.StatusCode.UNAVAILABLE: ("communication", 503),
    grpc.StatusCode.DATA_LOSS: ("communication", 500),
    grpc.StatusCode.UNAUTHENTICATED: ("authentication", 401),
}


async def call(asked: Asked) -> Json:
    """The answer in protobuf's JSON, an array of answers if the method streams them."""
    given = asked.arguments
    compiled = await contract(asked.resource or "")
    method = compiled.method(given["service"], given["method"])
    request = _request(compiled, method, given.get("arguments") or {})
    async with await _channel(
        asked, given["host"], given["port"], tls=bool(given.get("tls"))
    ) as to:
        await _connected(to, given["host"])
        try:
            return await _called(to, compiled, method, request, _metadata(asked))
        except grpc.aio.AioRpcError as error:
            raise _error(error) from error


async def _channel(asked: Asked, host: str, port: int, *, tls: bool) -> grpc.aio.Channel:
    """A channel to the checked address; the name stays what TLS verifies and the server is told."""
    address = await asked.egress.address(host, port)
    target = f"ipv6:[{address}]:{port}" if ":" in address else f"ipv4:{address}:{port}"
    options = [*OPTIONS, ("grpc.default_authority", f"{host}:{port}")]
    if not tls:
        return grpc.aio.insecure_channel(target, options=options)
    options.append(("grpc.ssl_target_name_override", host))
    believed = grpc.ssl_channel_credentials(authorities(asked.egress.tls).encode() or None)
    return grpc.aio.secure_channel(target, believed, options=options)


async def _connected(channel: grpc.aio.Channel, host: str) -> None:
    # Before there is a connection nothing was sent; after it nobody knows.
    state = channel.get_state(try_to_connect=True)
    try:
        async with asyncio.timeout(CONNECTING):
            while state not in (grpc.ChannelConnectivity.READY, FAILED):
                await channel.wait_for_state_change(state)
                state = channel.get_state(try_to_connect=True)
    except TimeoutError:
        state = FAILED
    if state is FAILED:
        raise Unavailable("egress.unreachable", f"{host} takes no gRPC connection.")


async def _called(
    channel: grpc.aio.Channel,
    compiled: Contract,
    method: MethodDescriptor,
    request: Message,
    metadata: tuple[tuple[str, str], ...],
) -> Json:
    path = f"/{method.containing_service.full_name}/{method.name}"
    coding: dict[str, Any] = {
        "request_serializer": lambda message: message.SerializeToString(),
        "response_deserializer": GetMessageClass(method.output_type).FromString,
    }
    if not method.server_streaming:
        unary = channel.unary_unary(path, **coding)
        return _json(compiled, await unary(request, timeout=SECONDS, metadata=metadata))
    answers: list[Json] = []
    size = 0
    streaming = channel.unary_stream(path, **coding)
    async for answer in streaming(request, timeout=SECONDS, metadata=metadata):
        size += answer.ByteSize()
        if len(answers) == MOST or size > LARGEST:
            detail = f"the stream gave more than {MOST:,} messages or {LARGEST:,} bytes"
            raise fault("communication", "egress.too-large", detail)
        answers.append(_json(compiled, answer))
    return answers


def _request(compiled: Contract, method: MethodDescriptor, arguments: dict[str, Any]) -> Message:
    message = GetMessageClass(method.input_type)()
    try:
        return json_format.ParseDict(arguments, message, descriptor_pool=compiled.pool)
    except (json_format.ParseError, TypeError, ValueError) as error:
        raise fault("validation", "grpc.arguments", f"{method.name}: {error}") from None


def _json(compiled: Contract, answer: Message) -> Json:
    try:
        found: Json = json_format.MessageToDict(
            answer, always_print_fields_with_no_presence=True, descriptor_pool=compiled.pool
        )
    except (json_format.SerializeToJsonError, TypeError, ValueError) as error:
        # The server has done it by now, so it is not asked again.
        raise fault("runtime", "grpc.status", f"the answer has no JSON: {error}") from None
    return found


def _metadata(asked: Asked) -> tuple[tuple[str, str], ...]:
    headers = {"idempotency-key": asked.key, **asked.headers}
    return tuple((name.lower(), value) for name, value in headers.items())


def _error(error: grpc.aio.AioRpcError) -> Exception:
    kind, status = STATUS.get(error.code(), ("communication", 500))
    detail = error.details() or f"the gRPC server answered {error.code().name}"
    return fault(kind, "grpc.status", detail, status=status, grpc=error.code().name)
