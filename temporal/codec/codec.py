"""The codec of a tenant, chosen by what a payload belongs to."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Self, TypeVar

from temporalio.api.common.v1 import Payload
from temporalio.converter import (
    ActivitySerializationContext,
    PayloadCodec,
    SerializationContext,
    WithSerializationContext,
    WorkflowSerializationContext,
)

from public_works import Settings
from public_works.data_keys import DataKey, DataKeys
from symphainy.errors import Refused
from temporal.codec.before import Before
from temporal.codec.converter import refused
from temporal.codec.sealing import key_of, opened, sealed

__all__ = ["PLATFORM", "TenantCodec", "codec_of"]

T = TypeVar("T")

PLATFORM = "platform."
"""Whose key seals what belongs to no run of a tenant; no tenant's name has a dot."""


@dataclass(frozen=True)
class TenantCodec(PayloadCodec, WithSerializationContext):
    """Seals with the newest key of the tenant whose workflow it is, and opens what its keys open.

    What they do not is refused when it is read. Unavailable `codec.key`, `store.unavailable`:
    what was to be done is tried again.
    """

    keys: DataKeys
    namespace: str
    before: Before | None = None
    workflow: str | None = None

    @property
    def tenant(self) -> str:
        """Whose payloads these are."""
        tenant, slash, _ = (self.workflow or "").partition("/")
        return tenant if slash else PLATFORM

    def with_context(self, context: SerializationContext) -> Self:
        """See base class."""
        if isinstance(context, WorkflowSerializationContext | ActivitySerializationContext):
            return replace(self, namespace=context.namespace, workflow=context.workflow_id)
        return self

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """See base class."""
        tenant = self.tenant
        key = self.keys.at_hand(tenant)
        if key is None:
            key = await _aside(self.keys.current, tenant)
        return [sealed(one, key, self.namespace) for one in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """See base class."""
        return [await self._decoded(one) for one in payloads]

    async def _decoded(self, payload: Payload) -> Payload:
        id = key_of(payload)
        try:
            if id is None:
                return await self._plain(payload)
            key = self.keys.known(id) or await _aside(self.keys.find, id)
            return opened(payload, self._ours(key), self.namespace)
        except Refused as error:
            return refused(error)

    def _ours(self, key: DataKey | None) -> DataKey:
        if key is None:
            raise Refused("codec.forged", "a payload is sealed with a key that nobody has")
        if key.tenant != self.tenant:
            whose = f"a payload of {key.tenant!r} stands in a run of {self.tenant!r}"
            raise Refused("codec.foreign", f"cross-tenant payload: {whose}")
        return key

    async def _plain(self, payload: Payload) -> Payload:
        before, workflow = self.before, self.workflow
        if before and workflow and await before.started(self.namespace, workflow):
            return payload
        raise Refused("codec.plaintext", "a payload is not sealed: anybody may have put it there")


def codec_of(settings: Settings, keys: DataKeys) -> TenantCodec | None:
    """The codec that `settings` ask for; None where they do without."""
    if not settings.payload_encryption:
        return None
    moment = settings.payload_plaintext_before
    return TenantCodec(
        keys, settings.temporal_namespace, Before(moment) if moment is not None else None
    )


async def _aside(call: Callable[[str], T], about: str) -> T:
    # Not `to_thread`, which takes the context along: a key that is made is no part of what the
    # request that first needs it does.
    return await asyncio.get_running_loop().run_in_executor(None, call, about)
