"""Deliveries: one message of a run to one person, through the ledger and one adapter."""

from activities.delivery.callbacks import CallbackReader
from activities.delivery.deliver import Deliverer
from activities.delivery.receipts import Receipts

__all__ = ["CallbackReader", "Deliverer", "Receipts"]
