"""API keys: shown once, kept as a keyed hash."""

import hashlib
import hmac
import re
import secrets
import zlib
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from pydantic import Field, field_validator
from sqlmodel import Session, col, select, update

from public_works.audit.stores import issued, revoked
from public_works.database import Database, serialise
from public_works.people import known_as, person
from public_works.record import Record, now
from public_works.roles import said_of
from public_works.tables import ApiKeyRow
from public_works.users import lent, name_of, roles_of
from smart_city.audit import Actor, named
from smart_city.roles import kept
from smart_city.scope import Scope
from smart_city.step_up import StepUp
from symphainy.errors import Refused, Unavailable
from symphainy.identity import Principal

__all__ = ["LIFE", "LONGEST_LIFE", "Holder", "KeyRecord", "Keys"]

SHAPE = re.compile(r"sym_([A-Za-z0-9-]{1,63})_([0-9a-f]{16})_([0-9A-Za-z]{43})_([0-9a-f]{8})")
ENVIRONMENT = re.compile(r"[A-Za-z0-9-]{1,63}")
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
NOBODY = "0" * 64
LIFE = timedelta(days=90)
"""How long a key lives of which nobody said it."""
LONGEST_LIFE = timedelta(days=366)
COARSE = timedelta(hours=1)
"""How exactly it is known when a key was used last, so that reading with it writes nothing."""


class KeyRecord(Record):
    """What may be shown of a key."""

    tenant: str
    id: str
    name: str
    environment: str
    principal: str
    kind: str = "service"
    roles: tuple[str, ...] = ()
    scope: Scope = Scope()
    created: datetime
    expires: datetime | None
    revoked: datetime | None
    used: datetime | None = Field(None, description="To the hour.")
    issuer: str | None = None
    replaces: str | None = None
    person: str | None = None
    on_behalf_of: str | None = None
    lost: bool = False
    """Whether it is of somebody who is not let in any more."""

    @property
    def good(self) -> bool:
        """Whether it still opens something."""
        over = self.lost or self.revoked is not None
        return not over and (self.expires is None or self.expires > now())

    @field_validator("scope", mode="before")
    @classmethod
    def _unlimited(cls, value: object) -> object:
        return {} if value is None else value


class Holder(Record):
    """Who holds a key, and what it is limited to."""

    principal: Principal
    key: str
    environment: str
    scope: Scope
    withheld: frozenset[str] = frozenset()
    """Roles that are theirs, and take another way of signing in."""
    step_up: StepUp | None = None
    """Which."""


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
        scope: Scope | None = None,
        issuer: str | None = None,
    ) -> str:
        """A new key in plain text, `sym_<env>_<keyid>_<secret>_<crc>`; it is never shown again.

        It is the key of the person that `principal` is, if it is one: they lose it with their
        account, and it never lets them do more than their groups do. One of an agent may name the
        user for whom it acts: it never lets it do more than they may.
        Refused `settings.invalid`, `key.lifetime`, `key.user`.
        """
        if not ENVIRONMENT.fullmatch(environment):
            raise Refused("settings.invalid", f"{environment!r} cannot be part of an API key.")
        made, secret = now(), _secret()
        expires = expires or made + LIFE
        if expires > made + LONGEST_LIFE:
            raise Refused("key.lifetime", "A key expires within a year.", pointer="/expires")
        row = ApiKeyRow(
            tenant=principal.tenant,
            id=secrets.token_hex(8),
            name=name,
            environment=environment,
            principal=principal.id,
            kind=principal.kind,
            roles=sorted(principal.roles),
            secret_hash=self._hash(secret),
            created=made,
            expires=expires,
            revoked=None,
            scope=_limits(scope),
            used=None,
            issuer=issuer,
            replaces=None,
            replaced=None,
        )
        text = _text(row, secret)
        with self._db.session() as session:
            if principal.kind == "user":
                serialise(session, "person", principal.tenant)
                owner = known_as(session, principal.tenant, principal.id)
                if owner is not None:
                    # Names of people stay out of the register, and of its records.
                    row.person = row.principal = owner.id
            if principal.on_behalf_of is not None:
                row.on_behalf_of = _user(session, principal, environment)
            session.add(row)
            _recorded(session, row)
        return text

    def rotate(
        self, tenant: str, key: str, *, overlap: timedelta, issuer: str | None = None
    ) -> str:
        """A key in the place of that one, which is good for `overlap` longer; in plain text.

        Two are active at most: one that this one had replaced ends at once.
        Refused `key.missing`, `key.over`.
        """
        made, secret = now(), _secret()
        with self._db.session() as session:
            row = session.get(ApiKeyRow, {"tenant": tenant, "id": key})
            if row is None:
                raise Refused("key.missing", f"There is no key {key[:80]!r}.")
            if _over(row) or not _take_over(session, row, made):
                raise Refused("key.over", f"The key {key} cannot be rotated.")
            heir = _heir(row, self._hash(secret), made, issuer)
            text = _text(heir, secret)
            session.add(heir)
            _recorded(session, heir)
            row.expires = min(row.expires or made + overlap, made + overlap)
            if row.replaces:
                before = session.get(ApiKeyRow, {"tenant": tenant, "id": row.replaces})
                if before is not None and not _over(before):
                    before.revoked = made
                    revoked(session, tenant, before.id)
        return text

    def authenticate(self, plaintext: str) -> Holder | None:
        """Who holds it; None if it is malformed, unknown, expired, revoked, or of somebody who is
        not active.

        A person is called by their id, and acts in those of its roles that their groups give them.
        """
        shape = SHAPE.fullmatch(plaintext)
        if shape is None or _checksum(plaintext.rpartition("_")[0]) != shape[4]:
            return None
        with self._db.reading() as session:
            row = session.exec(select(ApiKeyRow).where(ApiKeyRow.id == shape[2])).first()
        known = row.secret_hash if row else NOBODY
        same = hmac.compare_digest(self._hash(shape[3]), known)
        if row is None or not same or row.environment != shape[1]:
            return None
        return self._holder(row)

    def holder(self, tenant: str, key: str) -> Holder | None:
        """Who holds the key of that id, for those who have proved to hold it before; None as of
        `authenticate`."""
        with self._db.reading() as session:
            row = session.get(ApiKeyRow, {"tenant": tenant, "id": key})
        return self._holder(row) if row else None

    def get(self, tenant: str, key: str) -> KeyRecord | None:
        """The key of that id, without its secret."""
        with self._db.reading() as session:
            row = session.get(ApiKeyRow, {"tenant": tenant, "id": key})
            return None if row is None else _shown(session, row)

    def revoke(self, tenant: str, key: str) -> bool:
        """End the key of that id at once; whether there was one."""
        with self._db.session() as session:
            row = session.get(ApiKeyRow, {"tenant": tenant, "id": key})
            if row is not None and row.revoked is None:
                row.revoked = now()
                revoked(session, tenant, key)
            return row is not None

    def list(self, tenant: str) -> list[KeyRecord]:
        """Every key of the tenant, newest first, without secrets."""
        with self._db.reading() as session:
            rows = session.exec(
                select(ApiKeyRow)
                .where(ApiKeyRow.tenant == tenant)
                .order_by(col(ApiKeyRow.created).desc(), col(ApiKeyRow.id))
            )
            return [_shown(session, row) for row in rows.all()]

    def _holder(self, row: ApiKeyRow) -> Holder | None:
        who = None if _over(row) else self._principal(row)
        if who is None:
            return None
        self._used(row)
        scope = Scope.model_validate(row.scope or {})
        return Holder(principal=who, key=row.id, environment=row.environment, scope=scope)

    def _principal(self, row: ApiKeyRow) -> Principal | None:
        """Whoever acts with a key; None if that is somebody who may not any more."""
        who = {"tenant": row.tenant, "id": row.principal, "kind": row.kind, "roles": row.roles}
        if row.on_behalf_of is not None:
            return self._agent(row, row.on_behalf_of, who)
        if row.person is None:
            return Principal.model_validate(who)
        with self._db.reading() as session:
            owner = person(session, row.tenant, row.person)
            if owner is None or not owner.active:
                return None
            own = said_of(session, row.tenant, owner.roles)
        return Principal.model_validate(
            {**who, "id": owner.id, "roles": kept(row.roles, owner.roles, own)}
        )

    def _agent(self, row: ApiKeyRow, user: str, who: Mapping[str, object]) -> Principal | None:
        """An agent in the roles that it shares with its user at this moment."""
        with self._db.reading() as session:
            found = lent(session, row.tenant, user, row.environment, row.roles)
            called = name_of(session, row.tenant, user)
        if found is None:
            return None
        return Principal.model_validate({**who, "roles": found[0], "on_behalf_of": called})

    def _used(self, row: ApiKeyRow) -> None:
        moment = now()
        if row.used is not None and moment - row.used < COARSE:
            return
        this = (col(ApiKeyRow.tenant) == row.tenant, col(ApiKeyRow.id) == row.id)
        # Who may come in does not depend on whether it can be written down now.
        with suppress(Unavailable), self._db.session() as session:
            session.exec(update(ApiKeyRow).where(*this).values(used=moment))

    def _hash(self, secret: str) -> str:
        return hmac.new(self._pepper, secret.encode(), hashlib.sha256).hexdigest()


def _secret() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(43))


def _text(row: ApiKeyRow, secret: str) -> str:
    body = f"sym_{row.environment}_{row.id}_{secret}"
    return f"{body}_{_checksum(body)}"


def _limits(scope: Scope | None) -> dict[str, object] | None:
    return scope.model_dump(mode="json", exclude_defaults=True) or None if scope else None


def _recorded(session: Session, row: ApiKeyRow) -> None:
    holder = Actor(id=named(row.principal), kind=row.kind)
    details = {"roles": " ".join(row.roles), "environment": row.environment}
    if row.replaces:
        details["replaces"] = row.replaces
    if row.on_behalf_of:
        details["on_behalf_of"] = named(row.on_behalf_of)
    issued(session, row.tenant, row.id, holder, **details)


def _take_over(session: Session, row: ApiKeyRow, moment: datetime) -> bool:
    """Whether nobody has rotated the key before, also at the same moment."""
    this = (col(ApiKeyRow.tenant) == row.tenant, col(ApiKeyRow.id) == row.id)
    unmoved = update(ApiKeyRow).where(*this, col(ApiKeyRow.replaced).is_(None))
    return session.exec(unmoved.values(replaced=moment)).rowcount == 1


def _heir(row: ApiKeyRow, secret_hash: str, made: datetime, issuer: str | None) -> ApiKeyRow:
    life = row.expires - row.created if row.expires else LIFE
    return ApiKeyRow(
        **row.model_dump(
            include={"tenant", "name", "environment", "principal", "kind", "scope", "person"}
            | {"on_behalf_of"}
        ),
        id=secrets.token_hex(8),
        roles=list(row.roles),
        secret_hash=secret_hash,
        created=made,
        expires=made + min(life, LONGEST_LIFE),
        revoked=None,
        issuer=issuer,
        replaces=row.id,
        replaced=None,
        used=None,
    )


def _shown(session: Session, row: ApiKeyRow) -> KeyRecord:
    owner = person(session, row.tenant, row.person) if row.person else None
    lost = row.person is not None and (owner is None or not owner.active)
    if row.on_behalf_of is not None:
        lost = roles_of(session, row.tenant, row.on_behalf_of, row.environment) is None
    return KeyRecord.model_validate({**row.model_dump(), "lost": lost})


def _user(session: Session, agent: Principal, environment: str) -> str:
    """What the user is called by for whom an agent acts. Refused `key.user`."""
    user = agent.on_behalf_of or ""
    if agent.kind != "agent" or roles_of(session, agent.tenant, user, environment) is None:
        message = "An agent acts on behalf of a user who has a key, or whom SCIM tells of."
        raise Refused("key.user", message, pointer="/on_behalf_of")
    return name_of(session, agent.tenant, user)


def _over(row: ApiKeyRow) -> bool:
    return row.revoked is not None or (row.expires is not None and row.expires <= now())


def _checksum(body: str) -> str:
    # Lets secret scanners tell a key from noise without asking us.
    return f"{zlib.crc32(body.encode()):08x}"
