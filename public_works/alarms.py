"""Alarms, from when they were first seen until they are gone."""

import builtins
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import delete, or_
from sqlmodel import Session, col, select

from public_works.database import Database, insert_new, serialise
from public_works.events.log import tell
from public_works.record import Record, page
from public_works.tables import AlarmRow
from smart_city.alarms import REMEDIES, Alarm, Kind
from symphainy.errors import Refused

__all__ = ["AlarmRecord", "Alarms", "Changed"]


class AlarmRecord(Record):
    """An alarm and what people said to it."""

    tenant: str
    id: str
    kind: Kind
    severity: Literal["warning", "critical"]
    subject: str
    told: str
    since: datetime
    seen: datetime
    cleared: datetime | None
    acknowledged: datetime | None
    by: str | None
    note: str | None


class Changed(Record):
    """What a look at the facts changed."""

    raised: tuple[AlarmRecord, ...] = ()
    cleared: tuple[AlarmRecord, ...] = ()


class Alarms:
    """Alarms of tenants."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def see(
        self, tenant: str, found: Sequence[Alarm], at: datetime, environment: str = "production"
    ) -> Changed:
        """Keep what stands of the tenant by facts of the moment `at`; what was there and is not any
        more is over. Both are told as events, `com.symphainy.alarm.raised.v1` and `…cleared.v1`;
        so is, as raised, what became critical. What was seen or over by later facts stays so."""
        raised: list[AlarmRecord] = []
        worse: list[AlarmRecord] = []
        cleared: list[AlarmRecord] = []
        with self._db.session() as session:
            # Several processes look; one that comes second finds what the first one kept.
            serialise(session, "alarms", tenant)
            rows = {row.subject + "|" + row.kind: row for row in _known(session, tenant, at)}
            for one in found:
                row = rows.pop(one.subject + "|" + one.kind, None)
                if row is None:
                    row = _row(tenant, one, at)
                    raised += [AlarmRecord.model_validate(row)] if insert_new(session, row) else []
                elif not _later(row, at):
                    rises = (row.severity, one.severity) == ("warning", "critical")
                    row.told, row.severity, row.seen = one.told, one.severity, at
                    worse += [AlarmRecord.model_validate(row)] if rises else []
            for row in rows.values():
                if not _later(row, at):
                    row.cleared = at
                    cleared.append(AlarmRecord.model_validate(row))
            for what, ones in (("raised", [*raised, *worse]), ("cleared", cleared)):
                for record in ones:
                    _tell(session, what, record, environment, again=record in worse)
        return Changed(raised=tuple(raised), cleared=tuple(cleared))

    def get(self, tenant: str, id: str) -> AlarmRecord | None:
        """The alarm, or None."""
        with self._db.reading() as session:
            row = session.get(AlarmRow, {"tenant": tenant, "id": id})
            return AlarmRecord.model_validate(row) if row else None

    def list(
        self, tenant: str, *, over: bool = False, after: str | None = None, limit: int = 50
    ) -> list[AlarmRecord]:
        """Those that stand, newest first; with `over` those that are gone too."""
        wanted = select(AlarmRow).where(AlarmRow.tenant == tenant)
        if not over:
            wanted = wanted.where(col(AlarmRow.cleared).is_(None))
        with self._db.reading() as session:
            rows = page(session, wanted, AlarmRow, tenant, after=after, limit=limit, moment="since")
            return [AlarmRecord.model_validate(row) for row in rows]

    def acknowledge(
        self, tenant: str, id: str, by: str, note: str | None, at: datetime
    ) -> AlarmRecord:
        """Say that somebody looks into it; the first who says so stands.

        Refused alarm.missing.
        """
        with self._db.session() as session:
            row = session.get(AlarmRow, {"tenant": tenant, "id": id})
            if row is None:
                raise Refused("alarm.missing", f"There is no alarm {id[:80]!r}.")
            if row.acknowledged is None:
                row.acknowledged, row.by, row.note = at, by, note
            return AlarmRecord.model_validate(row)

    def tenants(self) -> builtins.list[str]:
        """Those who have alarms that stand."""
        with self._db.reading() as session:
            rows = select(AlarmRow.tenant).where(col(AlarmRow.cleared).is_(None)).distinct()
            return [*session.exec(rows)]

    def forget(self, before: datetime) -> int:
        """Let go of those that were over before then; how many they were."""
        with self._db.writing() as connection:
            gone = delete(AlarmRow).where(col(AlarmRow.cleared) < before)
            return connection.execute(gone).rowcount


def _known(session: Session, tenant: str, at: datetime) -> Sequence[AlarmRow]:
    """Those that stand, behind those that were over later than `at`."""
    over = or_(col(AlarmRow.cleared).is_(None), col(AlarmRow.cleared) > at)
    rows = session.exec(select(AlarmRow).where(AlarmRow.tenant == tenant, over)).all()
    return sorted(rows, key=lambda row: row.cleared is None)


def _later(row: AlarmRow, at: datetime) -> bool:
    """Whether somebody looked at later facts, who came first."""
    return row.cleared is not None or row.seen > at


def _tell(session: Session, what: str, one: AlarmRecord, environment: str, *, again: bool) -> None:
    data = {"id": one.id, "kind": one.kind, "severity": one.severity, "told": one.told}
    tell(
        session,
        one.tenant,
        f"alarm.{what}",
        environment=environment,
        subject=one.subject,
        data={**data, "remedy": REMEDIES[one.kind]},
        id=f"alarm-{what}-{one.id}" + (f"-{one.severity}" if again else ""),
    )


def _row(tenant: str, one: Alarm, at: datetime) -> AlarmRow:
    return AlarmRow(
        tenant=tenant,
        id=one.id(at),
        kind=one.kind,
        severity=one.severity,
        subject=one.subject,
        told=one.told,
        since=at,
        seen=at,
        cleared=None,
        acknowledged=None,
        by=None,
        note=None,
    )
