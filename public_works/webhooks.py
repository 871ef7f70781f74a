"""Servers that events are sent to: where they are, what they are signed with, whether they want it.

Standard Webhooks 1.0.0: a secret is `whsec_` and 24 to 64 octets in Base64.
"""

import builtins
import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select

from public_works.database import Database, insert_new, serialise
from public_works.events.log import last_of
from public_works.record import Record, now, page
from public_works.sealed import Sealer, new_secret
from public_works.tables import PostRow, WebhookRow
from symphainy.errors import Refused

__all__ = ["Webhook", "Webhooks"]


class Webhook(Record):
    """An endpoint, as it may be shown."""

    tenant: str
    id: str
    """Its name; that of a URL which an experience says itself is made of the URL."""
    url: str
    enabled: bool
    reason: str | None
    """Why it is not enabled."""
    overlap: datetime | None
    """Until when the secret before signs along."""
    types: tuple[str, ...] | None
    """Which events it is sent by itself: types, `com.acme.*` for all that begin so, `*` for all;
    None where only flows send it something."""
    environment: str | None
    seq: int
    """Up to where the tenant's events were put on their way to it."""
    created: datetime
    updated: datetime


class Webhooks:
    """The register of endpoints; `pepper` is what their secrets are sealed with."""

    def __init__(self, db: Database, pepper: bytes) -> None:
        self._db = db
        self._sealer = Sealer(pepper, "secrets of webhooks")

    def create(
        self,
        tenant: str,
        id: str,
        url: str,
        *,
        types: Sequence[str] | None = None,
        environment: str | None = None,
    ) -> tuple[Webhook, str]:
        """A new endpoint and its secret, which is never shown again. Refused `webhook.taken`.

        It is sent events of these `types` in `environment` that are told from now on.
        """
        secret = new_secret()
        row = _row(tenant, id, url)
        row.types, row.environment = None if types is None else [*types], environment
        row.secret = self._sealer.seal(tenant, id, secret)
        with self._db.session() as session:
            row.seq = last_of(session, tenant)
            if not insert_new(session, row):
                raise Refused("webhook.taken", f"There is an endpoint {id!r} already.")
            return Webhook.model_validate(row), secret

    def rotate(self, tenant: str, id: str, overlap: timedelta) -> tuple[Webhook, str]:
        """The endpoint with a new secret; the one before signs along for `overlap`.

        Refused `webhook.missing`.
        """
        secret = new_secret()
        with self._db.session() as session:
            row = _locked(session, tenant, id)
            row.before, row.overlap = row.secret, now() + overlap
            row.secret, row.updated = self._sealer.seal(tenant, id, secret), now()
            return Webhook.model_validate(row), secret

    def enable(self, tenant: str, id: str, enabled: bool, reason: str | None = None) -> Webhook:
        """The endpoint, wanting events or not. Refused `webhook.missing`."""
        with self._db.session() as session:
            row = _locked(session, tenant, id)
            row.enabled, row.reason, row.updated = enabled, None if enabled else reason, now()
            return Webhook.model_validate(row)

    def gone(self, tenant: str, url: str, reason: str) -> Webhook:
        """The endpoint of a URL that an experience says itself, wanting nothing any more."""
        row = _row(tenant, _name(url), url)
        row.enabled, row.reason = False, reason
        with self._db.session() as session:
            if not insert_new(session, row):
                row = _locked(session, tenant, row.id)
                row.enabled, row.reason, row.updated = False, reason, now()
            return Webhook.model_validate(row)

    def remove(self, tenant: str, id: str) -> bool:
        """Forget the endpoint; whether there was one. What was on its way there is nobody's: the
        next one of that name may be somebody else."""
        with self._db.session() as session:
            row = session.get(WebhookRow, {"tenant": tenant, "id": id})
            if row is not None:
                serialise(session, "posts", tenant, id)
                posts = (col(PostRow.tenant) == tenant, col(PostRow.webhook) == id)
                session.exec(delete(PostRow).where(*posts))
                session.delete(row)
            return row is not None

    def get(self, tenant: str, id: str) -> Webhook | None:
        """The endpoint of that name, or None."""
        with self._db.reading() as session:
            row = session.get(WebhookRow, {"tenant": tenant, "id": id})
            return Webhook.model_validate(row) if row else None

    def at(self, tenant: str, url: str) -> Webhook | None:
        """The endpoint of a URL that an experience says itself, if it ever was `gone`."""
        return self.get(tenant, _name(url))

    def secrets(self, tenant: str, id: str) -> tuple[str, ...]:
        """What is signed with now: the secret, and during a rotation the one before; nothing for
        an endpoint that is not there."""
        with self._db.reading() as session:
            row = session.get(WebhookRow, {"tenant": tenant, "id": id})
        if row is None:
            return ()
        both = row.overlap is not None and row.overlap > now()
        sealed = (row.secret, row.before if both else None)
        return tuple(self._sealer.open(tenant, id, one) for one in sealed if one is not None)

    def list(
        self, tenant: str, after: str | None = None, limit: int = 50
    ) -> builtins.list[Webhook]:
        """Endpoints, newest first, behind the endpoint `after`."""
        every = select(WebhookRow).where(WebhookRow.tenant == tenant)
        with self._db.reading() as session:
            rows = page(session, every, WebhookRow, tenant, after=after, limit=limit)
            return [Webhook.model_validate(row) for row in rows]


def _name(url: str) -> str:
    return "url-" + hashlib.sha256(url.encode()).hexdigest()[:24]


def _row(tenant: str, id: str, url: str) -> WebhookRow:
    return WebhookRow(
        tenant=tenant,
        id=id,
        url=url,
        secret=None,
        before=None,
        overlap=None,
        enabled=True,
        reason=None,
        types=None,
        environment=None,
        seq=0,
        created=now(),
        updated=now(),
    )


def _locked(session: Session, tenant: str, id: str) -> WebhookRow:
    row = session.exec(
        select(WebhookRow).where(WebhookRow.tenant == tenant, WebhookRow.id == id).with_for_update()
    ).first()
    if row is None:
        raise Refused("webhook.missing", f"There is no endpoint {id[:80]!r}; GET /v1/webhooks.")
    return row
