"""Servers that events are sent to: where they are, what they are signed with, whether they want it.

Standard Webhooks 1.0.0: a secret is `whsec_` and 24 to 64 octets in Base64.
"""

import base64
import builtins
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlmodel import Session, select

from public_works.database import Database, insert_new
from public_works.record import Record, now, page
from public_works.tables import WebhookRow
from symphainy.errors import Refused

__all__ = ["Webhook", "Webhooks"]

OCTETS, NONCE = 32, 12


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
    created: datetime
    updated: datetime


class Webhooks:
    """The register of endpoints; `pepper` is what their secrets are sealed with."""

    def __init__(self, db: Database, pepper: bytes) -> None:
        self._db = db
        self._key = hmac.new(pepper, b"secrets of webhooks", hashlib.sha256).digest()

    def create(self, tenant: str, id: str, url: str) -> tuple[Webhook, str]:
        """A new endpoint and its secret, which is never shown again. Refused `webhook.taken`."""
        secret = _secret()
        row = _row(tenant, id, url)
        row.secret = self._sealed(tenant, id, secret)
        with self._db.session() as session:
            if not insert_new(session, row):
                raise Refused("webhook.taken", f"There is an endpoint {id!r} already.")
            return Webhook.model_validate(row), secret

    def rotate(self, tenant: str, id: str, overlap: timedelta) -> tuple[Webhook, str]:
        """The endpoint with a new secret; the one before signs along for `overlap`.

        Refused `webhook.missing`.
        """
        secret = _secret()
        with self._db.session() as session:
            row = _locked(session, tenant, id)
            row.before, row.overlap = row.secret, now() + overlap
            row.secret, row.updated = self._sealed(tenant, id, secret), now()
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
        """Forget the endpoint; whether there was one."""
        with self._db.session() as session:
            row = session.get(WebhookRow, {"tenant": tenant, "id": id})
            if row is not None:
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
        return tuple(self._opened(tenant, id, one) for one in sealed if one is not None)

    def list(
        self, tenant: str, after: str | None = None, limit: int = 50
    ) -> builtins.list[Webhook]:
        """Endpoints, newest first, behind the endpoint `after`."""
        every = select(WebhookRow).where(WebhookRow.tenant == tenant)
        with self._db.reading() as session:
            rows = page(session, every, WebhookRow, tenant, after=after, limit=limit)
            return [Webhook.model_validate(row) for row in rows]

    def _sealed(self, tenant: str, id: str, secret: str) -> str:
        nonce = secrets.token_bytes(NONCE)
        sealed = AESGCM(self._key).encrypt(nonce, secret.encode(), _about(tenant, id))
        return base64.b64encode(nonce + sealed).decode()

    def _opened(self, tenant: str, id: str, sealed: str) -> str:
        octets = base64.b64decode(sealed)
        opened = AESGCM(self._key).decrypt(octets[:NONCE], octets[NONCE:], _about(tenant, id))
        return opened.decode()


def _secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(OCTETS)).decode()


def _about(tenant: str, id: str) -> bytes:
    return f"{tenant}|{id}".encode()


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
