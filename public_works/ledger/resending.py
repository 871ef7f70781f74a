"""Whether a delivery may be sent once more by hand; pure."""

from public_works.ledger.records import DeliveryRecord
from public_works.ledger.transitions import CLAIMABLE, UNSURE
from symphainy.errors import Refused

__all__ = ["again", "doubted"]

SENT = frozenset({"accepted", "delivered"})
REPLACED = frozenset({"digested", "canceled"})
DOUBT = UNSURE | {"unresolved"}


def again(record: DeliveryRecord, *, over: bool, asked: str | None, twice: bool) -> None:
    """Return if the delivery may be sent once more.

    `over` is whether its run is; `asked` is the approval by which the run asks people what became
    of it; `twice` is whether who wants it takes a duplicate upon themselves.
    Refused: delivery.sent, delivery.under-way, delivery.in-doubt.
    """
    state, id = record.state, record.id
    if state in SENT:
        raise Refused("delivery.sent", f"The delivery {id} was sent: it is {state}.")
    if state in REPLACED:
        why = record.reason or f"it is {state}"
        raise Refused("delivery.sent", f"Another stands for the delivery {id}: {why}.")
    _unasked(asked)
    if not over and (state in CLAIMABLE or state == "in_flight"):
        raise Refused("delivery.under-way", f"Its run is still at it: the delivery is {state}.")
    if state in DOUBT and not twice:
        message = f"The delivery {id} may have arrived: it is {state}, and may arrive twice then."
        raise Refused("delivery.in-doubt", message)


def doubted(record: DeliveryRecord, asked: str | None) -> None:
    """Return if a person may say what became of the delivery; `asked` as for `again`.

    Refused: delivery.settled, delivery.under-way.
    """
    if record.state not in DOUBT - {"in_flight"}:
        raise Refused("delivery.settled", f"The delivery is {record.state}, not in doubt.")
    _unasked(asked)


def _unasked(asked: str | None) -> None:
    if asked is not None:
        message = f"Its run asks people what became of it: answer the approval {asked} instead."
        raise Refused("delivery.under-way", message)
