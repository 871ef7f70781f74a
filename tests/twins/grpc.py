"""A gRPC server whose messages are generated from its proto file when it starts."""

import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import grpc
from grpc_tools import protoc

__all__ = ["PROTO", "GrpcTwin"]

PROTO = """
syntax = "proto3";
package pets.v1;  // what follows is all there is
import "google/protobuf/timestamp.proto";

message Wanted { string name = 1; int32 legs = 2; }
message Pet { string name = 1; int32 legs = 2; repeated string tags = 3; int64 chip_number = 4; }
message Born { google.protobuf.Timestamp at = 1; }

service Shop {
  rpc Find (Wanted) returns (Pet) { option idempotency_level = NO_SIDE_EFFECTS; }
  rpc Buy (Wanted) returns (Pet);
  rpc Browse (Wanted) returns (stream Pet);
  rpc Deliver (stream Wanted) returns (Pet);
  rpc Birth (Born) returns (Born);
}
"""


class GrpcTwin:
    """What it was asked, and where it is."""

    def __init__(self) -> None:
        self.port = 0
        self.metadata: list[dict[str, str]] = []
        self._messages: Any = None

    @asynccontextmanager
    async def serving(
        self, port: int = 0, certificate: bytes | None = None
    ) -> AsyncIterator["GrpcTwin"]:
        """Serve until the end of the block, inside TLS with a key and certificate."""
        with _generated() as (messages, services):
            self._messages = messages
            server = grpc.aio.server()
            services.add_ShopServicer_to_server(self, server)
            place = f"127.0.0.1:{port}"
            if certificate is None:
                self.port = server.add_insecure_port(place)
            else:
                proof = grpc.ssl_server_credentials([(certificate, certificate)])
                self.port = server.add_secure_port(place, proof)
            await server.start()
            try:
                yield self
            finally:
                await server.stop(None)

    async def Find(self, request: Any, context: Any) -> Any:
        """One pet, or the status that its name is."""
        self.metadata.append(dict(context.invocation_metadata()))
        if request.name.isupper():
            await context.abort(grpc.StatusCode[request.name], f"{request.name} it is")
        return self._pet(request.name, request.legs)

    Buy = Find

    async def Browse(self, request: Any, context: Any) -> AsyncIterator[Any]:
        """As many pets as legs were asked for."""
        for legs in range(request.legs):
            yield self._pet(request.name, legs)

    async def Deliver(self, requests: Any, context: Any) -> Any:
        """The last pet."""
        async for request in requests:
            last = request
        return self._pet(last.name, last.legs)

    async def Birth(self, request: Any, context: Any) -> Any:
        """The same again; before 1970, a moment that there is not."""
        if request.at.seconds < 0:
            request.at.seconds = 2**60
        return request

    def _pet(self, name: str, legs: int) -> Any:
        return self._messages.Pet(name=name, legs=legs, chip_number=2**40)


@contextmanager
def _generated() -> Iterator[tuple[Any, Any]]:
    with TemporaryDirectory() as folder:
        Path(folder, "twin_pets.proto").write_text(PROTO)
        included = Path(protoc.__file__).parent / "_proto"
        arguments: Sequence[str] = [
            "protoc",
            *(f"-I{folder}", f"-I{included}"),
            *(f"--python_out={folder}", f"--grpc_python_out={folder}"),
            "twin_pets.proto",
        ]
        if protoc.main(arguments):
            raise RuntimeError("the proto file does not compile")
        sys.path.insert(0, folder)
        try:
            yield import_module("twin_pets_pb2"), import_module("twin_pets_pb2_grpc")
        finally:
            sys.path.remove(folder)
