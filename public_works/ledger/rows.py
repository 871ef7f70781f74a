"""Rows of deliveries."""

from typing import Any

from public_works.record import now

__all__ = ["planned"]

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
        "reason",
        "provider_id",
    )
)


def planned(tenant: str, id: str, **plan: Any) -> dict[str, Any]:
    """The row of a delivery of which nothing was attempted."""
    moment = now()
    known = {"tenant": tenant, "id": id, "purpose": "transactional", "state": "planned"}
    return {**NOTHING, **known, "attempt": 0, **plan, "created": moment, "updated": moment}
