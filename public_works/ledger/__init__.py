"""The delivery ledger: one write on the wire per attempt, and never a guess."""

from public_works.ledger.correlation import Correlation
from public_works.ledger.ledger import Ledger, told_of
from public_works.ledger.records import AttemptRecord, Claim, DeliveryRecord, EventRecord
from public_works.ledger.resending import again, doubted
from public_works.ledger.transitions import CLAIMABLE, OPEN, STATES, TRANSITIONS, State, allowed

__all__ = [
    "CLAIMABLE",
    "OPEN",
    "STATES",
    "TRANSITIONS",
    "AttemptRecord",
    "Claim",
    "Correlation",
    "DeliveryRecord",
    "EventRecord",
    "Ledger",
    "State",
    "again",
    "allowed",
    "doubted",
    "told_of",
]
