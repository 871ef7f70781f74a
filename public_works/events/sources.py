"""Sources of events: who sends what, how they sign it, and which requests were taken."""

import builtins
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from public_works.database import Database, insert_new
from public_works.record import Record, now, page
from public_works.sealed import Sealer, new_secret
from public_works.tables import ProofRow, SourceRow
from symphainy.errors import Refused

__all__ = ["Proof", "Source", "Sources", "proven"]


class Source(Record):
    """A source, as it may be shown."""

    tenant: str
    id: str
    environment: str
    rules: dict[str, Any]
    overlap: datetime | None
    """Until when the secret before is good too."""
    by: str
    created: datetime
    updated: datetime


class Proof(Record):
    """What shows that a request came once."""

    source: str
    name: str
    request: str
    content: str
    lasting: bool


class Sources:
    """The register of sources; `pepper` is what their secrets are sealed with."""

    def __init__(self, db: Database, pepper: bytes) -> None:
        self._db = db
        self._sealer = Sealer(pepper, "secrets of sources")

    def put(
        self,
        tenant: str,
        id: str,
        *,
        environment: str,
        rules: Mapping[str, Any],
        by: str,
        sealed: bool = True,
    ) -> tuple[Source, str | None]:
        """The source with these rules, and its new secret if one was made: one that had a secret
        keeps it. `sealed` is False where the secret is one of the vault's."""
        with self._db.session() as session:
            fresh = _row(tenant, id, environment, rules, by)
            insert_new(session, fresh)
            row = _locked(session, tenant, id)
            row.environment, row.rules, row.by = environment, {**rules}, by
            row.updated = now()
            secret = None
            if not sealed:
                row.secret = row.before = row.overlap = None
            elif row.secret is None:
                secret = new_secret()
                row.secret = self._sealer.seal(tenant, id, secret)
            return Source.model_validate(row), secret

    def rotate(self, tenant: str, id: str, overlap: timedelta) -> tuple[Source, str]:
        """The source with a new secret; the one before is good for `overlap`.

        Refused `source.missing`, `source.elsewhere` where the vault has the secret.
        """
        secret = new_secret()
        with self._db.session() as session:
            row = _locked(session, tenant, id)
            if row.secret is None:
                message = f"The secret of {id[:80]} is kept in the vault: replace it there."
                raise Refused("source.elsewhere", message)
            row.before, row.overlap = row.secret, now() + overlap
            row.secret, row.updated = self._sealer.seal(tenant, id, secret), now()
            return Source.model_validate(row), secret

    def get(self, tenant: str, id: str) -> Source | None:
        """The source of that name, or None."""
        with self._db.reading() as session:
            row = session.get(SourceRow, {"tenant": tenant, "id": id})
            return Source.model_validate(row) if row else None

    def secrets(self, tenant: str, id: str) -> tuple[str, ...]:
        """What it may sign with now; nothing where the vault has its secret."""
        with self._db.reading() as session:
            row = session.get(SourceRow, {"tenant": tenant, "id": id})
        if row is None:
            return ()
        both = row.overlap is not None and row.overlap > now()
        sealed = (row.secret, row.before if both else None)
        return tuple(self._sealer.open(tenant, id, one) for one in sealed if one is not None)

    def list(self, tenant: str, after: str | None = None, limit: int = 50) -> builtins.list[Source]:
        """Sources, newest first, behind the source `after`."""
        every = select(SourceRow).where(SourceRow.tenant == tenant)
        with self._db.reading() as session:
            rows = page(session, every, SourceRow, tenant, after=after, limit=limit)
            return [Source.model_validate(row) for row in rows]

    def remove(self, tenant: str, id: str) -> bool:
        """Forget the source; whether there was one. What was taken of it stays known, so that it
        is not taken again from one of the same name and secret."""
        with self._db.session() as session:
            row = session.get(SourceRow, {"tenant": tenant, "id": id})
            if row is not None:
                session.delete(row)
            return row is not None


def proven(session: Session, tenant: str, proof: Proof) -> bool:
    """Keep that the request came; False if it did before and is only sent again.

    The sender signs anew what it sends again. Refused `source.replayed` for the very same request,
    and for another one of the same id.
    """
    row = ProofRow(
        tenant=tenant,
        source=proof.source,
        id=proof.name,
        request=proof.request,
        content=proof.content,
        lasting=proof.lasting,
        at=now(),
    )
    if insert_new(session, row):
        return True
    _again(session.get_one(ProofRow, _key(tenant, proof)), proof)
    return False


def _again(row: ProofRow, proof: Proof) -> None:
    if row.request == proof.request or row.content != proof.content:
        raise Refused("source.replayed", f"the request came before, at {row.at:%Y-%m-%d %H:%M}")


def _key(tenant: str, proof: Proof) -> dict[str, str]:
    return {"tenant": tenant, "source": proof.source, "id": proof.name}


def _row(tenant: str, id: str, environment: str, rules: Mapping[str, Any], by: str) -> SourceRow:
    return SourceRow(
        tenant=tenant,
        id=id,
        environment=environment,
        rules={**rules},
        secret=None,
        before=None,
        overlap=None,
        by=by,
        created=now(),
        updated=now(),
    )


def _locked(session: Session, tenant: str, id: str) -> SourceRow:
    row = session.exec(
        select(SourceRow).where(SourceRow.tenant == tenant, SourceRow.id == id).with_for_update()
    ).first()
    if row is None:
        raise Refused("source.missing", f"There is no source {id[:80]!r}; GET /v1/sources.")
    return row
