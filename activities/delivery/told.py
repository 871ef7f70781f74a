"""What a step gives that sent a message."""

from public_works.ledger import DeliveryRecord
from symphainy.json import Json
from symphainy.plan import Experience

__all__ = ["told"]


def told(record: DeliveryRecord, bound: Experience) -> dict[str, Json]:
    """What flows and people read of the delivery; `bound` is what it goes by.

    Whether anybody still asks about it is the ledger's: a flow reads `unknown` of both.
    """
    found: dict[str, Json] = {
        "delivery": record.id,
        "state": "unknown" if record.state == "reconciling" else record.state,
        "channel": record.channel,
        "adapter": record.provider or bound.adapter,
    }
    if record.state in ("suppressed", "expired", "held"):
        found["reason"] = record.reason
    if record.state == "held" and record.not_before is not None:
        found["until"] = record.not_before.isoformat()
    if record.gave:
        found["gave"] = record.gave
    if record.provider_id is not None:
        found["providerId"] = record.provider_id
    if record.instead_of is not None:
        found["insteadOf"] = record.instead_of
    return found
