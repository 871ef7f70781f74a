"""Addresses that nothing more is sent to, of each tenant, and why."""

import builtins
import hashlib
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import bindparam
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, delete, or_, select

from public_works.database import Database, serialise
from public_works.record import Record, now, page
from public_works.tables import SuppressionRow
from public_works.unsubscribing import tell_wish
from symphainy.errors import Refused
from symphainy.json import digest

__all__ = [
    "REASONS",
    "UNWANTED",
    "SuppressionReason",
    "SuppressionRecord",
    "Suppressions",
    "address_hash",
    "entry_id",
]

SuppressionReason = Literal[
    "opted_out", "complained", "bounced_hard", "unreachable", "landline", "manual"
]
"""opted_out: they do not want it. complained: they called it spam. bounced_hard, unreachable,
landline: it cannot arrive there. manual: somebody of the tenant said so."""

REASONS: tuple[SuppressionReason, ...] = get_args(SuppressionReason)

UNWANTED: frozenset[SuppressionReason] = frozenset({"opted_out"})
"""What whoever is reached at the address can take back."""

SAID: frozenset[SuppressionReason] = frozenset({"opted_out", "complained"})
"""What people said themselves."""

_MEANS: dict[str, SuppressionReason] = {
    "unsubscribed": "opted_out",
    "stop": "opted_out",
    "spam": "complained",
    "complaint": "complained",
    "bounced": "bounced_hard",
    "bounce": "bounced_hard",
}


def address_hash(tenant: str, address: str) -> str:
    """What an address is known by where it need not be read."""
    return hashlib.sha256(f"{tenant}|{address.strip().lower()}".encode()).hexdigest()


def entry_id(channel: str, address_hash: str, scope: str, reason: str) -> str:
    """What an entry is known by: the same for the same reason."""
    return digest([channel, address_hash, scope, reason])


class SuppressionRecord(Record):
    """One reason not to send to one address; `id` is the same for the same reason."""

    tenant: str
    id: str
    channel: str
    address_hash: str
    scope: str
    """What it is about: everything where empty, `topic:<topic>`, `purpose:<purpose>`."""
    reason: SuppressionReason
    source: str
    detail: str | None
    customer: str | None
    delivery: str | None
    at: datetime
    expires: datetime | None


# Built once: building a statement costs more than running it, and every message asks this.
_LIST = SuppressionRow.metadata.tables["suppression"]
_HOLDS = (
    sql_select(_LIST)
    .where(
        _LIST.c.tenant == bindparam("tenant"),
        _LIST.c.address_hash == bindparam("address_hash"),
        _LIST.c.channel == bindparam("channel"),
        or_(_LIST.c.expires.is_(None), _LIST.c.expires > bindparam("moment")),
    )
    .order_by(_LIST.c.at, _LIST.c.id)
)


class Suppressions:
    """The list of addresses that are left alone."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(
        self,
        tenant: str,
        channel: str,
        address_hash: str,
        reason: str,
        source: str,
        *,
        scope: str = "",
        detail: str | None = None,
        customer: str | None = None,
        delivery: str | None = None,
        at: datetime | None = None,
        expires: datetime | None = None,
        environment: str | None = None,
    ) -> SuppressionRecord:
        """Put an address on the list; the same reason again only says until when anew. What a
        known customer said is told as an event of `environment`, if one is named.

        A `reason` in words of a provider's is kept as `detail`, under the reason it means: what
        nobody knows means that nothing arrives there.
        """
        known = _meant(reason)
        id = entry_id(channel, address_hash, scope, known)
        row = SuppressionRow(
            tenant=tenant,
            id=id,
            channel=channel,
            address_hash=address_hash,
            scope=scope,
            reason=known,
            source=source,
            detail=detail or (reason if reason != known else None),
            customer=customer,
            delivery=delivery,
            at=at or now(),
            expires=expires,
        )
        with self._db.session() as session:
            serialise(session, "suppression", tenant, id)
            new = session.get(SuppressionRow, {"tenant": tenant, "id": id}) is None
            kept = SuppressionRecord.model_validate(session.merge(row))
            if new and environment is not None and known in SAID:
                _tell(session, kept, environment, wanted=False)
            return kept

    def get(self, tenant: str, id: str) -> SuppressionRecord | None:
        """That entry, or None."""
        with self._db.reading() as session:
            row = session.get(SuppressionRow, {"tenant": tenant, "id": id})
            return SuppressionRecord.model_validate(row) if row else None

    def of(
        self, tenant: str, channel: str, address_hash: str, at: datetime | None = None
    ) -> builtins.list[SuppressionRecord]:
        """What holds of an address at that moment, oldest first."""
        asked = {
            "tenant": tenant,
            "channel": channel,
            "address_hash": address_hash,
            "moment": at or now(),
        }
        with self._db.looking() as connection:
            rows = connection.execute(_HOLDS, asked).mappings()
            return [SuppressionRecord.model_validate(dict(row)) for row in rows]

    def list(
        self,
        tenant: str,
        *,
        channel: str | None = None,
        address_hash: str | None = None,
        reason: str | None = None,
        customer: str | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> builtins.list[SuppressionRecord]:
        """The entries, newest first, behind the entry `after`."""
        wanted = {
            "channel": channel,
            "address_hash": address_hash,
            "reason": reason,
            "customer": customer,
        }
        statement = select(SuppressionRow).where(
            SuppressionRow.tenant == tenant,
            *(getattr(SuppressionRow, name) == one for name, one in wanted.items() if one),
        )
        with self._db.reading() as session:
            rows = page(
                session, statement, SuppressionRow, tenant, after=after, limit=limit, moment="at"
            )
            return [SuppressionRecord.model_validate(row) for row in rows]

    def remove(self, tenant: str, id: str) -> bool:
        """Take one entry from the list; whether it was there."""
        with self._db.session() as session:
            gone = delete(SuppressionRow).where(*_of(tenant, SuppressionRow.id == id))
            return bool(session.exec(gone).rowcount)

    def lift(
        self,
        tenant: str,
        channel: str,
        address_hash: str,
        *,
        reasons: Collection[SuppressionReason] = UNWANTED,
        scope: str | None = None,
        environment: str | None = None,
    ) -> int:
        """Take back what was said for these reasons, of one scope or of all; how many entries.
        Told like what `add` puts there."""
        these = _of(
            tenant,
            SuppressionRow.channel == channel,
            SuppressionRow.address_hash == address_hash,
            col(SuppressionRow.reason).in_(sorted(reasons)),
            *([] if scope is None else [SuppressionRow.scope == scope]),
        )
        with self._db.session() as session:
            rows = session.exec(select(SuppressionRow).where(*these).with_for_update()).all()
            for row in rows:
                if environment is not None:
                    record = SuppressionRecord.model_validate(row)
                    _tell(session, record, environment, wanted=True)
                session.delete(row)
            return len(rows)


def _tell(session: Session, one: SuppressionRecord, environment: str, *, wanted: bool) -> None:
    if one.customer is None:
        return
    said = {} if wanted else {"reason": one.reason, "source": one.source}
    tell_wish(
        session,
        one.tenant,
        one.customer,
        wanted=wanted,
        channel=one.channel,
        scope=one.scope,
        environment=environment,
        delivery=one.delivery,
        **said,
    )


def _of(tenant: str, *conditions: Any) -> Iterable[Any]:
    return (col(SuppressionRow.tenant) == tenant, *conditions)


def _meant(reason: str) -> SuppressionReason:
    if not reason or len(reason) > 200:
        raise Refused("suppression.reason", "A suppression needs a reason of 1 to 200 characters.")
    known = next((one for one in REASONS if one == reason), None)
    return known or _MEANS.get(reason, "unreachable")
