"""What the ledger answers with."""

from datetime import datetime
from typing import Literal

from public_works.ledger.transitions import State
from public_works.record import Record
from symphainy.delivery import Outcome
from symphainy.json import Json

__all__ = ["AttemptRecord", "Claim", "DeliveryRecord", "EventRecord"]


class DeliveryRecord(Record):
    """One message to one recipient, whatever it takes; `id` is its idempotency key."""

    tenant: str
    id: str
    solution: str
    run: str
    step: str
    channel: str
    binding: str
    provider: str | None
    purpose: str
    topic: str | None
    customer: str | None
    address_hash: str | None
    content_hash: str | None
    state: State
    reason: str | None
    provider_id: str | None
    attempt: int
    decision: str | None
    not_before: datetime | None
    expires: datetime | None
    instead_of: str | None
    """The delivery that certainly was not sent, and that this one was made instead of."""
    plan: str | None
    """Digest of the plan that its step is part of."""
    environment: str | None
    event: str | None
    """Of what the provider told since, what says most."""
    gave: dict[str, Json] | None
    """What the provider answered besides, such as the number of a ticket."""
    trace: str | None = None
    """The traceparent of the attempt that it was first written by."""
    created: datetime
    updated: datetime


class AttemptRecord(Record):
    """One attempt: the binding and provider it went through, and how it ended."""

    tenant: str
    delivery: str
    n: int
    binding: str
    provider: str
    content_hash: str | None
    started: datetime
    ended: datetime | None
    outcome: Outcome | None
    provider_id: str | None
    code: str | None
    detail: str | None
    version: str | None
    """Of the adapter that wrote."""


class EventRecord(Record):
    """Something a provider told about a delivery."""

    tenant: str
    delivery: str
    event: str
    at: datetime
    source: str
    detail: str | None
    provider_id: str | None
    data: dict[str, Json] | None
    recorded: datetime


class Claim(Record):
    """What the claimant must do.

    send: write on the wire once, as attempt number `attempt`; nobody else may.
    done: nothing; `record.state` tells the end (or `unresolved`: a person must look).
    unsure: reconcile; an earlier attempt may have arrived.
    """

    kind: Literal["send", "done", "unsure"]
    attempt: int
    record: DeliveryRecord
