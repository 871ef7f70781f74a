"""Events of which one of each is needed before something starts."""

from typing import Any

from sqlmodel import Session, col, select

from public_works.tables import CloudEventRow, HandoverRow
from symphainy.json import Json

__all__ = ["PART", "gathered"]

PART = "part"
"""The state of an event that is kept until the others are there."""


def gathered(
    session: Session, event: CloudEventRow, target: str, details: dict[str, Any]
) -> dict[str, Json] | None:
    """What is handed over now that `event` is there; None while others are missing.

    Of each kind the oldest event is taken whose correlation values agree. Those that are taken
    are taken by nothing else of the same target.
    """
    parts = (
        select(HandoverRow)
        .join(
            CloudEventRow,
            (col(CloudEventRow.tenant) == col(HandoverRow.tenant))
            & (col(CloudEventRow.seq) == col(HandoverRow.seq)),
        )
        .where(
            HandoverRow.tenant == event.tenant,
            HandoverRow.target == target,
            HandoverRow.state == PART,
            CloudEventRow.environment == event.environment,
        )
    )
    chosen: dict[int, HandoverRow] = {}
    tied = dict(details["tied"])
    for row in session.exec(parts.order_by(col(HandoverRow.seq))):
        n = int(row.details["n"])
        if n != details["n"] and n not in chosen and _agrees(tied, row.details["tied"]):
            chosen[n] = row
            tied.update(row.details["tied"])
    if len(chosen) + 1 < details["of"]:
        return None
    for row in chosen.values():
        row.state = "done"
    payloads = {n: row.details["payload"][0] for n, row in chosen.items()}
    payloads[details["n"]] = details["payload"][0]
    return {
        "solution": details["solution"],
        "intent": details["intent"],
        "payload": [payloads[n] for n in sorted(payloads)],
    }


def _agrees(one: dict[str, str], other: dict[str, str]) -> bool:
    return all(one.get(name, value) == value for name, value in other.items())
