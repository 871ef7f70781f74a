"""Payloads too large for a history, kept in blob storage and named in it."""

import asyncio
import hashlib
from collections.abc import Sequence

from google.protobuf.json_format import Parse, ParseError
from temporalio.api.common.v1 import Payload
from temporalio.api.sdk.v1 import ExternalStorageReference
from temporalio.converter import (
    ExternalStorage,
    StorageDriver,
    StorageDriverClaim,
    StorageDriverRetrieveContext,
    StorageDriverStoreContext,
    StorageDriverWorkflowInfo,
)

from public_works.blobs import Blobs, named
from symphainy.errors import Unavailable
from temporal.limits import INLINE

__all__ = ["BlobStorage", "beside", "claim_of"]

NAME = "symphainy.blobs"
SHARED = "platform"
"""Whose blobs they are where no run says which tenant it belongs to."""


class BlobStorage(StorageDriver):
    """Temporal's external storage over our blobs: each payload with the blobs of its tenant."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    def name(self) -> str:
        """See base class."""
        return NAME

    async def store(
        self, context: StorageDriverStoreContext, payloads: Sequence[Payload]
    ) -> list[StorageDriverClaim]:
        """See base class."""
        tenant = _tenant(context)
        return [await asyncio.to_thread(self._put, tenant, one) for one in payloads]

    async def retrieve(
        self, context: StorageDriverRetrieveContext, claims: Sequence[StorageDriverClaim]
    ) -> list[Payload]:
        """See base class."""
        return [await asyncio.to_thread(self._get, one) for one in claims]

    def _put(self, tenant: str, payload: Payload) -> StorageDriverClaim:
        digest = self._blobs.put(tenant, payload.SerializeToString(deterministic=True))
        return StorageDriverClaim({"tenant": tenant, "digest": digest})

    def _get(self, claim: StorageDriverClaim) -> Payload:
        tenant, digest = _name(claim)
        if not named(tenant, digest):
            # Nothing of ours: the codec refuses whoever reads it, and the run goes on.
            return Payload()
        content = self._blobs.get(tenant, digest)
        if content is None or digest != "sha256:" + hashlib.sha256(content).hexdigest():
            raise Unavailable("blob.missing", f"the blob {digest} of {tenant!r} cannot be read")
        return Payload.FromString(content)


def claim_of(payload: Payload) -> StorageDriverClaim | None:
    """Which blob `payload` stands for; None if it is no reference to one of ours."""
    kind = ExternalStorageReference.DESCRIPTOR.full_name.encode()
    if payload.metadata.get("messageType") != kind:
        return None
    try:
        told = Parse(payload.data, ExternalStorageReference())
    except (ParseError, ValueError, RecursionError):
        return None
    claim = StorageDriverClaim(dict(told.claim_data))
    return claim if told.driver_name == NAME and named(*_name(claim)) else None


def beside(blobs: Blobs) -> ExternalStorage:
    """Storage for what is too large to stand in a history."""
    return ExternalStorage(drivers=[BlobStorage(blobs)], payload_size_threshold=INLINE)


def _name(claim: StorageDriverClaim) -> tuple[str, str]:
    return claim.claim_data.get("tenant", ""), claim.claim_data.get("digest", "")


def _tenant(context: StorageDriverStoreContext) -> str:
    target = context.target
    if isinstance(target, StorageDriverWorkflowInfo) and target.id:
        tenant, slash, _ = target.id.partition("/")
        return tenant if slash else SHARED
    return SHARED
