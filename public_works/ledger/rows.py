"""Rows of deliveries."""

from typing import Any

from public_works.record import now
from public_works.tables import AttemptRow, DeliveryRow

__all__ = ["attempted", "planned"]

NOTHING = dict.fromkeys(
    (
        "topic",
        "customer",
        "address_hash",
        "content_hash",
        "decision",
        "not_before",
        "expires",
        "instead_of",
        "plan",
        "environment",
        "event",
        "gave",
        "trace",
        "reason",
        "provider_id",
    )
)


def planned(tenant: str, id: str, **plan: Any) -> dict[str, Any]:
    """The row of a delivery of which nothing was attempted."""
    moment = now()
    known = {"tenant": tenant, "id": id, "purpose": "transactional", "state": "planned"}
    return {**NOTHING, **known, "attempt": 0, **plan, "created": moment, "updated": moment}


def attempted(row: DeliveryRow, content_hash: str | None, version: str | None) -> AttemptRow:
    """The row of the attempt that begins now, as the delivery says it."""
    return AttemptRow(
        tenant=row.tenant,
        delivery=row.id,
        n=row.attempt,
        binding=row.binding,
        provider=row.provider or "",
        content_hash=content_hash,
        started=now(),
        ended=None,
        outcome=None,
        provider_id=None,
        code=None,
        detail=None,
        version=version,
    )
