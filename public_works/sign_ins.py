"""Browsers in which somebody signed in: what each may show, and for how long it is good."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlmodel import col, delete, select, update

from public_works.database import Database, insert_new
from public_works.record import Record, now
from public_works.tables import SignInRow
from symphainy.errors import Refused, Unavailable

__all__ = ["IDLE", "LIFE", "SignIn", "SignIns"]

SHAPE = re.compile(r"([0-9a-f]{16})_([A-Za-z0-9_-]{43})")
NOBODY = "0" * 64
LIFE = timedelta(hours=8)
IDLE = timedelta(hours=1)
COARSE = timedelta(minutes=1)
"""How exactly it is known when a browser came last, so that looking at a page writes nothing."""
NOTHING: Mapping[str, Any] = MappingProxyType({})
KEPT = timedelta(days=7)
"""How long one is kept that is over."""


class SignIn(Record):
    """A sign-in, without what proves it."""

    tenant: str
    id: str
    issuer: str
    """Empty where it was bought with a key, or began with the launcher's link."""
    provider: str
    key: str | None
    principal: str
    person: str | None
    roles: tuple[str, ...]
    how: Mapping[str, Any]
    created: datetime
    seen: datetime
    expires: datetime

    @property
    def by_link(self) -> bool:
        """Whether it began with the link that is printed on the platform's machine."""
        return not self.issuer and self.key is None


class SignIns:
    """The register of browsers that are signed in; `pepper` keys what proves it."""

    def __init__(
        self, db: Database, pepper: bytes, *, life: timedelta = LIFE, idle: timedelta = IDLE
    ) -> None:
        self._db = db
        # Derived, so that no hash of one register is ever one of another.
        self._pepper = hmac.digest(pepper, b"symphainy.sign-in.v1", "sha256")
        self.life = life
        self._idle = idle

    def begin(
        self,
        tenant: str,
        *,
        principal: str,
        issuer: str = "",
        provider: str = "",
        key: str | None = None,
        person: str | None = None,
        roles: Iterable[str] = (),
        how: Mapping[str, Any] = NOTHING,
        id: str | None = None,
    ) -> tuple[SignIn, str]:
        """A new sign-in, and the text that proves it, which is kept nowhere.

        Refused `issuer.sign-in` if there was one of that `id`.
        """
        moment, secret = now(), secrets.token_urlsafe(32)
        row = SignInRow(
            tenant=tenant,
            id=id or secrets.token_hex(8),
            secret_hash=self._hash(secret),
            issuer=issuer,
            provider=provider,
            key=key,
            principal=principal,
            person=person,
            roles=sorted(roles),
            how=dict(how),
            created=moment,
            seen=moment,
            expires=moment + self.life,
            ended=None,
        )
        over = (col(SignInRow.tenant) == tenant, col(SignInRow.expires) < moment - KEPT)
        with self._db.session() as session:
            session.exec(delete(SignInRow).where(*over))
            if not insert_new(session, row):
                raise Refused("issuer.sign-in", "What proves it was used before.")
            return SignIn.model_validate(row), f"{row.id}_{secret}"

    def find(self, text: str) -> SignIn | None:
        """The sign-in that `text` proves; None if there is none, or it is over, or nobody came
        for too long."""
        shape = SHAPE.fullmatch(text)
        if shape is None:
            return None
        with self._db.reading() as session:
            row = session.exec(select(SignInRow).where(SignInRow.id == shape[1])).first()
        known = row.secret_hash if row else NOBODY
        same = hmac.compare_digest(self._hash(shape[2]), known)
        if row is None or not same or not self._good(row):
            return None
        self._saw(row)
        return SignIn.model_validate(row)

    def list(self, tenant: str, principal: str | None = None) -> list[SignIn]:
        """Every sign-in of the tenant that is good, or of one principal, newest first."""
        mine = select(SignInRow).where(SignInRow.tenant == tenant, col(SignInRow.ended).is_(None))
        if principal is not None:
            mine = mine.where(SignInRow.principal == principal)
        order = (col(SignInRow.created).desc(), col(SignInRow.id))
        with self._db.reading() as session:
            found = session.exec(mine.where(col(SignInRow.expires) > now()).order_by(*order))
            return [SignIn.model_validate(one) for one in found if self._good(one)]

    def end(self, tenant: str, id: str) -> bool:
        """Let it be over at once; whether it was not over before."""
        this = (col(SignInRow.tenant) == tenant, col(SignInRow.id) == id)
        open_ones = update(SignInRow).where(*this, col(SignInRow.ended).is_(None))
        with self._db.session() as session:
            return session.exec(open_ones.values(ended=now())).rowcount > 0

    def _good(self, row: SignInRow) -> bool:
        moment = now()
        return row.ended is None and moment < row.expires and moment - row.seen < self._idle

    def _saw(self, row: SignInRow) -> None:
        moment = now()
        if moment - row.seen < min(COARSE, self._idle / 4):
            return
        this = (col(SignInRow.tenant) == row.tenant, col(SignInRow.id) == row.id)
        # Who may come in does not depend on whether it can be written down now.
        with suppress(Unavailable), self._db.session() as session:
            session.exec(update(SignInRow).where(*this).values(seen=moment))

    def _hash(self, secret: str) -> str:
        return hmac.new(self._pepper, secret.encode(), hashlib.sha256).hexdigest()
