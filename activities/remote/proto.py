"""Proto files as message classes, compiled by protobuf's own compiler in a process of its own."""

import asyncio
import sys
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool

from activities.remote.asked import fault

__all__ = ["Contract", "contract"]

KEPT = 200
SECONDS = 20.0
_kept: OrderedDict[str, "Contract"] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Contract:
    """A proto file, compiled."""

    pool: DescriptorPool

    def method(self, service: str, name: str) -> MethodDescriptor:
        """The method; a fault `grpc.contract` if there is none."""
        try:
            found = self.pool.FindServiceByName(service).FindMethodByName(name)
        except KeyError:
            found = None
        if found is None:
            detail = f"the proto file has no method {service}/{name}"
            raise fault("configuration", "grpc.contract", detail)
        return found


async def contract(text: str) -> Contract:
    """The contract that `text` is, compiled once; a fault `grpc.contract` if it is none."""
    digest = sha256(text.encode()).hexdigest()
    found = _kept.get(digest)
    if found is None:
        found = _kept[digest] = Contract(_pool(await _compiled(text)))
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found


def _pool(compiled: bytes) -> DescriptorPool:
    pool = DescriptorPool()
    for file in FileDescriptorSet.FromString(compiled).file:
        pool.AddSerializedFile(file.SerializeToString())
    return pool


async def _compiled(text: str) -> bytes:
    # A process of its own: the compiler is C++ that tells its errors only to its own stderr.
    with TemporaryDirectory() as folder:
        source, target = Path(folder, "contract.proto"), Path(folder, "contract.pb")
        await asyncio.to_thread(source.write_text, text)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-m", "grpc_tools.protoc"),
            *(f"-I{folder}", "--include_imports", f"--descriptor_set_out={target}"),
            source.name,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            cwd=folder,
            env={},
        )
        try:
            async with asyncio.timeout(SECONDS):
                _, told = await process.communicate()
        except BaseException:
            process.kill()
            await process.wait()
            raise
        if process.returncode:
            reason = told.decode("utf-8", "replace").strip()[:1_000]
            detail = f"the proto file does not compile: {reason}"
            raise fault("configuration", "grpc.contract", detail)
        return await asyncio.to_thread(target.read_bytes)
