"""Payloads as the codec server reads them, for people with a right to."""

import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.converter import StorageDriverRetrieveContext

from public_works.blobs import Blobs
from public_works.data_keys import DataKeys
from symphainy.errors import Refused
from symphainy.json import Json
from temporal.codec.sealing import key_of, opened
from temporal.storage import BlobStorage, claim_of

__all__ = ["Read", "Reader", "said", "written"]


@dataclass(frozen=True)
class Read:
    """What was asked for, and how much of it could be opened."""

    payloads: Sequence[Payload]
    opened: int
    foreign: int
    """Sealed with the keys of others; they stay sealed."""


class Reader:
    """Opens payloads of the tenants that somebody may read."""

    def __init__(self, keys: DataKeys, blobs: Blobs, namespace: str) -> None:
        self._keys = keys
        self._storage = BlobStorage(blobs)
        self._namespace = namespace

    async def read(self, payloads: Iterable[Payload], tenants: frozenset[str]) -> Read:
        """`payloads`, those of `tenants` open; what is not sealed, or changed, stays as it is.

        Unavailable `codec.key`, `store.unavailable`.
        """
        return await asyncio.to_thread(self._read, list(payloads), tenants)

    async def fetch(self, payloads: Iterable[Payload], tenants: frozenset[str]) -> Read:
        """Like `read`, of payloads that stand for what is kept as blobs. Unavailable
        `blob.missing`."""
        found = [await self._fetched(one, tenants) for one in payloads]
        return await self.read(found, tenants)

    async def _fetched(self, payload: Payload, tenants: frozenset[str]) -> Payload:
        claim = claim_of(payload)
        if claim is None or claim.claim_data.get("tenant") not in tenants:
            return payload
        (kept,) = await self._storage.retrieve(StorageDriverRetrieveContext(), [claim])
        return kept

    def _read(self, payloads: list[Payload], tenants: frozenset[str]) -> Read:
        found, count, foreign = [], 0, 0
        for one in payloads:
            plain = self._plain(one, tenants)
            count += plain is not None
            foreign += plain is None and key_of(one) is not None
            found.append(plain or one)
        return Read(found, count, foreign)

    def _plain(self, payload: Payload, tenants: frozenset[str]) -> Payload | None:
        id = key_of(payload)
        key = self._keys.find(id) if id is not None else None
        if key is None or key.tenant not in tenants:
            return None
        try:
            return opened(payload, key, self._namespace)
        except Refused:
            return None


def said(body: bytes) -> list[Payload]:
    """The payloads of a request in Temporal's remote codec protocol. Refused `codec.payloads`."""
    try:
        told = json.loads(body)
        if isinstance(told, dict):
            return list(ParseDict(told, Payloads(), ignore_unknown_fields=True).payloads)
    except (ParseError, ValueError, RecursionError) as error:
        raise Refused("codec.payloads", "the body is no list of payloads") from error
    raise Refused("codec.payloads", "the body is no object")


def written(payloads: Iterable[Payload]) -> Json:
    """The answer in that protocol."""
    found: Json = MessageToDict(Payloads(payloads=payloads))
    return found
