"""Where a delivery can go from where it is; pure."""

from collections.abc import Mapping
from typing import Literal, get_args

from symphainy.delivery import Outcome

__all__ = [
    "CLAIMABLE",
    "EVENTS",
    "OPEN",
    "OUTCOMES",
    "STATES",
    "TRANSITIONS",
    "UNSURE",
    "State",
    "allowed",
]

State = Literal[
    "planned",
    "reserved",
    "held",
    "in_flight",
    "accepted",
    "delivered",
    "suppressed",
    "digested",
    "rejected",
    "expired",
    "canceled",
    "unknown",
    "reconciling",
    "retryable",
    "unresolved",
]
"""planned, reserved, held: nothing was attempted yet. in_flight: an attempt may be on the wire.
unknown, reconciling: it may have arrived, and will be asked about. unresolved: nobody can be
asked but a person. retryable: certainly not sent. digested: another says it too. The others are
ends; `accepted` may still become `delivered` or, when it bounces, `rejected`."""

STATES: tuple[State, ...] = get_args(State)

CLAIMABLE: frozenset[State] = frozenset({"planned", "reserved", "held", "retryable"})
"""An attempt may begin from here."""

UNSURE: frozenset[State] = frozenset({"in_flight", "unknown", "reconciling"})
"""An attempt may have reached the provider."""

OPEN: frozenset[State] = CLAIMABLE | UNSURE | {"unresolved"}
"""Something has still to happen."""

WAITING: frozenset[State] = frozenset(
    {"planned", "reserved", "held", "in_flight", "suppressed", "digested", "expired", "canceled"}
)
LEARNED: frozenset[State] = frozenset({"accepted", "delivered", "rejected"})
DOUBT: frozenset[State] = frozenset(
    {"unknown", "reconciling", "retryable", "unresolved", "canceled"}
)

TRANSITIONS: Mapping[State, frozenset[State]] = {
    "planned": WAITING - {"planned"},
    "reserved": WAITING - {"reserved"} | {"planned"},
    "held": WAITING - {"held"},
    "retryable": WAITING - {"planned"} | LEARNED,
    "in_flight": LEARNED | {"unknown", "retryable"},
    "unknown": LEARNED | DOUBT - {"unknown"},
    "reconciling": LEARNED | DOUBT - {"reconciling"},
    "unresolved": LEARNED | DOUBT - {"unresolved"},
    "accepted": frozenset({"delivered", "rejected"}),
    "delivered": frozenset({"rejected"}),
    "rejected": frozenset(),
    "suppressed": frozenset(),
    "digested": frozenset(),
    "expired": frozenset(),
    "canceled": frozenset(),
}

OUTCOMES: Mapping[Outcome, State] = {
    "accepted": "accepted",
    "rejected": "rejected",
    "retryable": "retryable",
    "unknown": "unknown",
}
"""What an attempt's outcome makes of its delivery."""

EVENTS: Mapping[str, State] = {
    "accepted": "accepted",
    "queued": "accepted",
    "sent": "accepted",
    "deferred": "accepted",
    "ringing": "accepted",
    "no_answer": "accepted",
    "busy": "accepted",
    "bounced_soft": "accepted",
    "delivered": "delivered",
    "answered": "delivered",
    "opened": "delivered",
    "clicked": "delivered",
    "replied": "delivered",
    "completed": "delivered",
    "machine_answered": "delivered",
    "gathered": "delivered",
    "transferred": "delivered",
    "updated": "delivered",
    "solved": "delivered",
    "resubscribed": "delivered",
    "complained": "delivered",
    "unsubscribed": "delivered",
    "bounced_hard": "rejected",
    "dropped": "rejected",
    "failed": "rejected",
    "canceled": "rejected",
    "expired": "rejected",
}
"""What a provider's receipt, in normalised form, proves about a delivery."""


def allowed(before: State, after: State) -> bool:
    """Whether a delivery in `before` may go to `after`."""
    return after in TRANSITIONS[before]
