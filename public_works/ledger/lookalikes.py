"""Deliveries that a provider, asked for what a message says, may take for one another."""

from datetime import timedelta

from sqlmodel import Session, col, select

from public_works.tables import DeliveryRow

__all__ = ["is_another_s", "others"]

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


def is_another_s(session: Session, row: DeliveryRow, provider_id: str | None) -> bool:
    """Whether another delivery through the same provider has that id of it already."""
    if provider_id is None:
        return False
    same = select(DeliveryRow.id).where(
        DeliveryRow.tenant == row.tenant,
        DeliveryRow.provider_id == provider_id,
        DeliveryRow.provider == row.provider,
        DeliveryRow.id != row.id,
    )
    return session.exec(same).first() is not None
