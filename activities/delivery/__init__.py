"""Deliveries: one message of a run to one person, through the ledger and one adapter."""

from activities.delivery.deliver import Deliverer

__all__ = ["Deliverer"]
