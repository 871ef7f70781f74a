"""Case 16: a captured ciphertext of another tenant spliced into a run; plaintext put there."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from public_works.data_keys import DataKeys
from public_works.keyfiles import public_key_pems
from smart_city.context import ExecutionContext, seal
from smart_city.signing import Keyring
from symphainy.errors import Refused
from temporal.codec import TenantCodec, converter_for
from temporal.gate import GateInterceptor, GateServices
from temporal.headers import outgoing
from temporal.plans import Plans
from tests.runtime.platform import OWNER, Platform

LISTENS = """
document: {dsl: 1.0.3, namespace: acme, name: spliced-{{n}}, version: 1.0.0}
do:
  - rest: {wait: {hours: 1}}
  - keep: {set: {paid: "${ .paid }"}}
"""


CODES = {
    "foreign": "codec.foreign",
    "plaintext": "codec.plaintext",
    "changed": "codec.forged",
    "unknown key": "codec.forged",
    "foreign blob": "codec.foreign",
    "no blob": "codec.plaintext",
}


@dataclass(frozen=True)
class Put(TenantCodec):
    """Puts these bytes wherever a payload is to go, and opens what it is answered."""

    stolen: Payload | None = None

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """See base class."""
        return [self.stolen or one for one in payloads]


async def attacker(platform: Platform, stolen: Payload | None = None) -> Client:
    """Somebody who reaches Temporal itself; without `stolen` they send plaintext."""
    keys: DataKeys = platform.stores.data_keys
    trusted = Keyring.from_pems(public_key_pems(platform.settings.home).values())
    services = GateServices(keys=trusted, plans=Plans(platform.stores.definitions))
    codec = Put(keys, platform.client.namespace, stolen=stolen)
    return await Client.connect(
        platform.client.service_client.config.target_host,
        namespace=platform.client.namespace,
        data_converter=replace(platform.client.data_converter, payload_codec=codec),
        interceptors=[GateInterceptor(services)],
    )


async def captured(platform: Platform, tenant: str = "globex") -> Payload:
    """A payload of another tenant, as it stands in a history of theirs."""
    codec = TenantCodec(
        platform.stores.data_keys, platform.client.namespace, workflow=f"{tenant}/s/1"
    )
    (found,) = await codec.encode([Payload(metadata={"encoding": b"json/plain"}, data=b'"gold"')])
    return found


def genuine(platform: Platform, solution: str, id: str) -> bytes:
    """The context of a run, signed by the platform: everything is right but the payload."""
    deployed = platform.stores.definitions.deployed("acme", solution, "production")
    assert deployed is not None
    known: dict[str, Any] = {
        "tenant": "acme",
        "environment": "production",
        "principal": OWNER,
        "solution": solution,
        "version": deployed.version,
        "plan": deployed.plan_digest,
        "workflow": id,
        "intent": "i",
        "issued": 0,
    }
    return seal(ExecutionContext(**known), platform.intake.key)


@pytest.mark.parametrize("kind", sorted(CODES))
async def test_a_run_does_not_begin_with_what_was_not_sealed_for_it(
    platform: Platform, kind: str
) -> None:
    client = await attacker(platform, await stolen(platform, kind))
    solution = platform.deploy(LISTENS)
    id = f"acme/{solution}/spliced"

    with outgoing(genuine(platform, solution, id)):
        handle = await client.start_workflow(solution, {"input": {}}, id=id, task_queue="platform")
    with pytest.raises(WorkflowFailureError) as caught:
        await asyncio.wait_for(handle.result(), 30)

    cause = caught.value.cause
    assert isinstance(cause, ApplicationError)
    assert cause.type == CODES[kind]
    assert ("globex" in cause.message) == kind.startswith("foreign")


async def stolen(platform: Platform, kind: str) -> Payload | None:
    if kind == "plaintext":
        return None
    found = await captured(platform, "globex" if kind.startswith("foreign") else "acme")
    if kind == "foreign blob":
        return reference("globex", platform.stores.blobs.put("globex", found.SerializeToString()))
    if kind == "no blob":
        return reference("../secrets", "sha256:crm")
    if kind == "changed":
        found.data = found.data[:-1] + bytes([found.data[-1] ^ 1])
    if kind == "unknown key":
        found.metadata["key"] = b"nobodys-key"
    return found


def reference(tenant: str, digest: str) -> Payload:
    """What stands in a history for a blob."""
    told = {"driverName": "symphainy.blobs", "claimData": {"tenant": tenant, "digest": digest}}
    kind = b"temporal.api.sdk.v1.ExternalStorageReference"
    metadata = {"encoding": b"json/protobuf", "messageType": kind}
    return Payload(metadata=metadata, data=json.dumps(told).encode(), external_payloads=[{}])


@pytest.mark.parametrize("kind", sorted(CODES))
async def test_a_run_that_is_told_such_things_goes_on_as_if_nothing_had_come(
    platform: Platform, kind: str
) -> None:
    client = await attacker(platform, await stolen(platform, kind))
    solution = platform.deploy(LISTENS)
    run = (await platform.submit(solution, {})).run
    handle = client.get_workflow_handle(platform.runs.handle("acme", run).id)

    await handle.signal("event", args=["1", {"type": "paid"}])
    with pytest.raises(WorkflowUpdateFailedError) as caught:
        await handle.execute_update("answer", args=["a", True])
    await platform.runs.pause(OWNER, run)
    await platform.runs.cancel("acme", run)
    finished = await platform.finish(run)
    history = await handle.fetch_history()

    cause = caught.value.cause
    assert isinstance(cause, ApplicationError)
    assert cause.type == CODES[kind]
    assert finished.status == "cancelled"
    assert [
        event.event_id
        for event in history.events
        if event.HasField("workflow_task_failed_event_attributes")
    ] == []


async def test_who_reads_a_history_is_told_what_is_not_theirs(platform: Platform) -> None:
    converter = converter_for(platform.client, "acme/s/1")
    payload = await captured(platform)

    with pytest.raises(Refused, match=r"cross-tenant payload.*'globex'.*'acme'"):
        await converter.decode([payload])
    elsewhere = TenantCodec(platform.stores.data_keys, "another", workflow="globex/s/1")
    (refused,) = await elsewhere.decode([payload])
    with pytest.raises(Refused, match="another namespace"):
        converter.payload_converter.from_payload(refused)
