"""The usual way of a delivery, sent at the first attempt, in as few statements as it takes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, update

from public_works.database import insert_values
from public_works.ledger.records import DeliveryRecord
from public_works.ledger.transitions import OUTCOMES, allowed
from public_works.tables import AttemptRow, DeliveryRow
from public_works.tables.columns import Document
from symphainy.delivery import SendResult

__all__ = ["begin", "end"]

# Built once: building a statement costs more than running it.
_DELIVERIES = DeliveryRow.metadata.tables["delivery"]
_ATTEMPTS = AttemptRow.metadata.tables["delivery_attempt"]
_ATTEMPT = insert(_ATTEMPTS)
_SETTLE = (
    update(_DELIVERIES)
    .where(
        _DELIVERIES.c.tenant == bindparam("_tenant"),
        _DELIVERIES.c.id == bindparam("_id"),
        _DELIVERIES.c.attempt == bindparam("_attempt"),
        _DELIVERIES.c.state == "in_flight",
    )
    .values(
        state=bindparam("_state"),
        reason=bindparam("_reason"),
        provider_id=func.coalesce(bindparam("_provider_id"), _DELIVERIES.c.provider_id),
        gave=bindparam("_gave", type_=Document),
        updated=bindparam("_now"),
    )
    .returning(*_DELIVERIES.c)
)
_END = (
    update(_ATTEMPTS)
    .where(
        _ATTEMPTS.c.tenant == bindparam("_tenant"),
        _ATTEMPTS.c.delivery == bindparam("_id"),
        _ATTEMPTS.c.n == bindparam("_attempt"),
        _ATTEMPTS.c.outcome.is_(None),
    )
    .values(
        outcome=bindparam("_outcome"),
        ended=bindparam("_now"),
        provider_id=bindparam("_provider_id"),
        code=bindparam("_code"),
        detail=bindparam("_detail"),
    )
)


def begin(
    connection: Connection, values: Mapping[str, Any], now: datetime, version: str | None
) -> bool:
    """Enter a delivery that nobody knows yet, in flight; whether it was new."""
    if not insert_values(connection, DeliveryRow, values):
        return False
    attempt = {
        "tenant": values["tenant"],
        "delivery": values["id"],
        "n": values["attempt"],
        "binding": values["binding"],
        "provider": values["provider"],
        "content_hash": values["content_hash"],
        "started": now,
        "version": version,
    }
    connection.execute(_ATTEMPT, attempt)
    return True


def end(
    connection: Connection, tenant: str, id: str, attempt: int, result: SendResult, now: datetime
) -> DeliveryRecord | None:
    """Settle a delivery whose latest attempt is in flight and is this one; None if it is not."""
    after = OUTCOMES[result.outcome]
    if not allowed("in_flight", after):
        return None
    of = {"_tenant": tenant, "_id": id, "_attempt": attempt, "_now": now}
    reason, gave = result.detail or result.code, result.data or None
    about = {"_provider_id": result.provider_id, "_reason": reason, "_gave": gave}
    row = connection.execute(_SETTLE, {**of, **about, "_state": after}).mappings().first()
    if row is None:
        return None
    how = {"_outcome": result.outcome, "_code": result.code, "_detail": result.detail}
    connection.execute(_END, {**of, **how, "_provider_id": result.provider_id})
    return DeliveryRecord.model_validate(dict(row))
