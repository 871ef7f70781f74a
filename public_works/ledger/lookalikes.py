"""Deliveries that a provider, asked for what a message says, may take for one another."""

from datetime import timedelta

from sqlmodel import Session, col, or_, select

from public_works.tables import DeliveryRow
from symphainy.delivery import SendResult

__all__ = ["may_be_another_s", "others", "sure"]

HELD = timedelta(days=7)
"""How long before another a delivery may have begun that the provider got after it."""


def others(session: Session, row: DeliveryRow) -> frozenset[str]:
    """What the provider calls other deliveries that may have gone to the address of `row` since
    it began."""
    found = session.exec(
        select(DeliveryRow.provider_id).where(
            DeliveryRow.tenant == row.tenant,
            DeliveryRow.address_hash == row.address_hash,
            DeliveryRow.id != row.id,
            col(DeliveryRow.created) >= row.created - HELD,
            col(DeliveryRow.provider_id).is_not(None),
        )
    )
    return frozenset(one for one in found if one)


def sure(session: Session, row: DeliveryRow, found: SendResult) -> SendResult:
    """What was found for the delivery `row`; unknown if it may be another."""
    if not may_be_another_s(session, row, found.provider_id):
        return found
    return SendResult(outcome="unknown", detail="what the provider has may be another delivery")


def may_be_another_s(session: Session, row: DeliveryRow, provider_id: str | None) -> bool:
    """Whether what a provider calls `provider_id` is, or may prove to be, another delivery.

    One that says the same to the same address and is on the wire now has no id yet: it may be
    the one that was found.
    """
    if provider_id is None:
        return False
    same_id = (DeliveryRow.provider_id == provider_id) & (DeliveryRow.provider == row.provider)
    same_words = (
        (DeliveryRow.state == "in_flight")
        & (DeliveryRow.address_hash == row.address_hash)
        & (DeliveryRow.content_hash == row.content_hash)
    )
    found = select(DeliveryRow.id).where(
        DeliveryRow.tenant == row.tenant, DeliveryRow.id != row.id, or_(same_id, same_words)
    )
    return session.exec(found).first() is not None
