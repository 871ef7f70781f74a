"""The codec of a tenant, chosen by what a payload belongs to."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, Self, TypeVar

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
from public_works.run_keys import RUN
from symphainy.errors import Refused
from temporal.addresses import PLATFORM_QUEUE
from temporal.codec.before import Before
from temporal.codec.converter import refused
from temporal.codec.sealing import key_of, opened, sealed

__all__ = ["PLATFORM", "KeySource", "TenantCodec", "codec_of"]

T = TypeVar("T")

PLATFORM = "platform."
"""Whose key seals what belongs to no run of a tenant; no tenant's name has a dot."""


class KeySource(Protocol):
    """Who has data keys: the platform everybody's, a client's own pool one tenant's."""

    def at_hand(self, tenant: str, workflow: str | None = None) -> DataKey | None:
        """What `current` gives, if that asks nobody."""

    def current(self, tenant: str, workflow: str | None = None) -> DataKey:
        """The key for new payloads: the workflow's own, where it has one. Unavailable."""
        ...

    def known(self, key: str) -> DataKey | None:
        """The key of that id, if it was open before."""

    def find(self, key: str) -> DataKey | None:
        """The key of that id; None if nobody ever had it, or it was thrown away. Unavailable."""

    def saw(self, workflow: str, key: DataKey) -> None:
        """Something of the workflow was opened with that key: it goes on with its own."""


@dataclass(frozen=True)
class TenantCodec(PayloadCodec, WithSerializationContext):
    """Seals with the workflow's own key, where it has one, or else with the newest of its tenant,
    and opens what the tenant's keys open.

    What they do not is refused when it is read. Unavailable `codec.key`, `store.unavailable`:
    what was to be done is tried again.
    """

    keys: KeySource
    namespace: str
    before: Before | None = None
    only: str | None = None
    """The one tenant whose keys are here; None for a process of the platform."""
    workflow: str | None = None
    queue: str | None = None
    """The task queue of the activity whose they are; None if they are the workflow's."""

    @property
    def tenant(self) -> str:
        """Whose payloads these are."""
        tenant, slash, _ = (self.workflow or "").partition("/")
        return tenant if slash else PLATFORM

    def with_context(self, context: SerializationContext) -> Self:
        """See base class."""
        if isinstance(context, WorkflowSerializationContext | ActivitySerializationContext):
            named = replace(self, namespace=context.namespace, workflow=context.workflow_id)
            queue = getattr(context, "activity_task_queue", None)
            return replace(named, queue=queue)
        return self

    @property
    def owner(self) -> str | None:
        """The workflow whose own key these may be sealed with: pools of others have the tenant's
        keys only."""
        ours = self.tenant != PLATFORM and self.queue in (None, PLATFORM_QUEUE)
        return self.workflow if ours else None

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """See base class."""
        tenant = self.tenant
        key = self.keys.at_hand(tenant, self.owner)
        if key is None:
            key = await _aside(self.keys.current, tenant, self.owner)
        return [sealed(one, key, self.namespace) for one in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """See base class."""
        return [await self._decoded(one) for one in payloads]

    async def _decoded(self, payload: Payload) -> Payload:
        id = key_of(payload)
        try:
            if self.only not in (None, self.tenant):
                message = f"a run of {self.tenant!r} asks a pool that serves {self.only!r} only"
                raise Refused("codec.foreign", message)
            if id is None:
                return await self._plain(payload)
            key = self.keys.known(id) or await _aside(self.keys.find, id)
            ours = self._ours(key, id)
            plain = opened(payload, ours, self.namespace)
            if self.owner is not None:
                self.keys.saw(self.owner, ours)
            return plain
        except Refused as error:
            return refused(error, acts=self.queue is not None)

    def _ours(self, key: DataKey | None, id: str) -> DataKey:
        if key is None and id.startswith(RUN):
            raise Refused("codec.erased", "the key of this payload was thrown away")
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


async def _aside(call: Callable[..., T], *about: str | None) -> T:
    # Not `to_thread`, which takes the context along: a key that is made is no part of what the
    # request that first needs it does.
    return await asyncio.get_running_loop().run_in_executor(None, call, *about)
