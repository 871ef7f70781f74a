"""API keys: shown once, kept as a keyed hash."""

import hashlib
import hmac
import re
import secrets
import zlib
from datetime import datetime

from sqlmodel import col, select

from public_works.database import Database
from public_works.record import Record, now
from public_works.tables import ApiKeyRow
from symphainy.errors import Refused
from symphainy.identity import Principal

__all__ = ["KeyRecord", "Keys"]

SHAPE = re.compile(r"sym_([A-Za-z0-9-]{1,63})_([0-9a-f]{16})_([0-9A-Za-z]{43})_([0-9a-f]{8})")
ENVIRONMENT = re.compile(r"[A-Za-z0-9-]{1,63}")
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
NOBODY = "0" * 64


class KeyRecord(Record):
    """What may be shown of a key."""

    tenant: str
    id: str
    name: str
    environment: str
    principal: str
    created: datetime
    expires: datetime | None
    revoked: datetime | None


class Keys:
    """The register of API keys; `pepper` is the key of the hash and never in the database."""

    def __init__(self, db: Database, pepper: bytes) -> None:
        self._db = db
        self._pepper = pepper

    def issue(
        self,
        principal: Principal,
        *,
        name: str,
        environment: str,
        expires: datetime | None = None,
    ) -> str:
        """A new key in plain text, `sym_<env>_<keyid>_<secret>_<crc>`; it is never shown again."""
        if not ENVIRONMENT.fullmatch(environment):
            raise Refused("settings.invalid", f"{environment!r} cannot be part of an API key.")
        key, secret = secrets.token_hex(8), "".join(secrets.choice(ALPHABET) for _ in range(43))
        row = ApiKeyRow(
            tenant=principal.tenant,
            id=key,
            name=name,
            environment=environment,
            principal=principal.id,
            kind=principal.kind,
            roles=sorted(principal.roles),
            secret_hash=self._hash(secret),
            created=now(),
            expires=expires,
            revoked=None,
        )
        with self._db.session() as session:
            session.add(row)
        body = f"sym_{environment}_{key}_{secret}"
        return f"{body}_{_checksum(body)}"

    def authenticate(self, plaintext: str) -> Principal | None:
        """Whose key it is; None if it is malformed, unknown, expired or revoked."""
        shape = SHAPE.fullmatch(plaintext)
        if shape is None or _checksum(plaintext.rpartition("_")[0]) != shape[4]:
            return None
        with self._db.reading() as session:
            row = session.exec(select(ApiKeyRow).where(ApiKeyRow.id == shape[2])).first()
        known = row.secret_hash if row else NOBODY
        same = hmac.compare_digest(self._hash(shape[3]), known)
        if row is None or not same or row.environment != shape[1] or _over(row):
            return None
        return Principal.model_validate(
            {"tenant": row.tenant, "id": row.principal, "kind": row.kind, "roles": row.roles}
        )

    def revoke(self, tenant: str, key: str) -> bool:
        """End the key of that id at once; whether there was one."""
        with self._db.session() as session:
            row = session.get(ApiKeyRow, {"tenant": tenant, "id": key})
            if row is not None and row.revoked is None:
                row.revoked = now()
            return row is not None

    def list(self, tenant: str) -> list[KeyRecord]:
        """Every key of the tenant, newest first, without secrets."""
        with self._db.reading() as session:
            rows = session.exec(
                select(ApiKeyRow)
                .where(ApiKeyRow.tenant == tenant)
                .order_by(col(ApiKeyRow.created).desc(), col(ApiKeyRow.id))
            )
            return [KeyRecord.model_validate(row) for row in rows]

    def _hash(self, secret: str) -> str:
        return hmac.new(self._pepper, secret.encode(), hashlib.sha256).hexdigest()


def _over(row: ApiKeyRow) -> bool:
    return row.revoked is not None or (row.expires is not None and row.expires <= now())


def _checksum(body: str) -> str:
    # Lets secret scanners tell a key from noise without asking us.
    return f"{zlib.crc32(body.encode()):08x}"
