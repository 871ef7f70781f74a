"""Events on their way to endpoints: at least once, and about one thing in their order."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select, update

from public_works.database import Database, insert_new, serialise
from public_works.events.log import last_of, wanted
from public_works.events.severally import severally
from public_works.record import Record, now
from public_works.tables import CloudEventRow, PostRow, WebhookRow
from symphainy.errors import Refused
from symphainy.event import Envelope, identity, is_private
from symphainy.json import Json

__all__ = ["Post", "Posts"]

AT_ONCE = 200
"""Events that are put on their way in one transaction."""


class Post(Record):
    """An event that an endpoint is to be sent now."""

    tenant: str
    webhook: str
    url: str
    seq: int
    id: str
    """The same for the same event, whichever attempt and whoever asks for it again."""
    tries: int
    """Attempts before this one."""
    envelope: Envelope


class Posts:
    """What was put on its way to endpoints."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def fan_out(self) -> int:
        """Put what was told since on its way to the endpoints that want it; how many posts."""
        with self._db.reading() as session:
            keen = select(WebhookRow.tenant, WebhookRow.id).where(
                col(WebhookRow.types).is_not(None), col(WebhookRow.enabled).is_(True)
            )
            found = [*session.exec(keen)]
        return severally(found, lambda one: self._to(*one))

    def _to(self, tenant: str, id: str) -> int:
        with self._db.reading() as session:
            row = session.get(WebhookRow, {"tenant": tenant, "id": id})
            if row is None or last_of(session, tenant) <= row.seq:
                return 0
        with self._db.session() as session:
            endpoint = _locked(session, tenant, id)
            last = last_of(session, tenant)
            found = _events(session, endpoint, endpoint.seq, last)
            for event in filter(_may_go, found):
                insert_new(session, _post(endpoint, event))
            endpoint.seq = found[-1].seq if len(found) == AT_ONCE else last
            return len(found)

    def due(self, lease: timedelta, limit: int = 50) -> list[Post]:
        """What is to be sent now, of any tenant; nobody else is given it while the lease lasts.

        Of an endpoint and what events are about, only the oldest that is not settled.
        """
        moment = now()
        older = (
            select(func.min(PostRow.seq).label("seq"), PostRow.tenant, PostRow.webhook)
            .where(PostRow.state == "pending")
            .group_by(PostRow.tenant, PostRow.webhook, PostRow.aggregate)
            .subquery()
        )
        heads = (
            select(PostRow, CloudEventRow, WebhookRow)
            .join(
                older,
                (col(PostRow.tenant) == older.c.tenant)
                & (col(PostRow.webhook) == older.c.webhook)
                & (col(PostRow.seq) == older.c.seq),
            )
            .join(
                CloudEventRow,
                (col(CloudEventRow.tenant) == col(PostRow.tenant))
                & (col(CloudEventRow.seq) == col(PostRow.seq)),
            )
            .join(
                WebhookRow,
                (col(WebhookRow.tenant) == col(PostRow.tenant))
                & (col(WebhookRow.id) == col(PostRow.webhook)),
            )
            .where(PostRow.due <= moment, col(WebhookRow.enabled).is_(True))
            .order_by(col(PostRow.due))
            .limit(limit)
        )
        with self._db.reading() as session:
            found = [*session.exec(heads)]
        return [
            _told(post, event, endpoint)
            for post, event, endpoint in found
            if self._taken(post, moment + lease)
        ]

    def _taken(self, post: PostRow, until: datetime) -> bool:
        # Whoever changes `due` from what it was has it; the others find it changed.
        mine = update(PostRow).where(
            col(PostRow.tenant) == post.tenant,
            col(PostRow.webhook) == post.webhook,
            col(PostRow.seq) == post.seq,
            col(PostRow.due) == post.due,
            col(PostRow.state) == "pending",
        )
        with self._db.session() as session:
            return bool(session.exec(mine.values(due=until)).rowcount)

    def settle(self, post: Post, state: str, reason: str | None = None) -> None:
        """It was taken (`done`), or is given up (`dead`)."""
        values = {"state": state, "reason": reason, "tries": post.tries + 1, "settled": now()}
        self._set(post, values)

    def again(self, post: Post, wait: timedelta, reason: str) -> None:
        """It was not taken, and is sent again after `wait`."""
        self._set(post, {"due": now() + wait, "reason": reason, "tries": post.tries + 1})

    def replay(self, tenant: str, webhook: str, behind: int) -> int:
        """Send the endpoint all that it wants behind that place once more; how many events.

        Refused `webhook.missing`, `webhook.wants-nothing`.
        """
        with self._db.session() as session:
            endpoint = _locked(session, tenant, webhook)
            if endpoint.types is None:
                message = f"The endpoint {webhook[:80]} is sent nothing by itself: give it `types`."
                raise Refused("webhook.wants-nothing", message)
            count, endpoint.seq = 0, last_of(session, tenant)
            while found := _events(session, endpoint, behind, endpoint.seq):
                going = [*filter(_may_go, found)]
                for event in going:
                    session.merge(_post(endpoint, event))
                session.flush()
                behind, count = found[-1].seq, count + len(going)
            return count

    def waiting(self) -> tuple[int, datetime | None]:
        """How many events are on their way to endpoints, of all tenants together, and since when
        the oldest is."""
        found = select(func.count(), func.min(PostRow.created)).where(PostRow.state == "pending")
        with self._db.reading() as session:
            many, oldest = session.exec(found).one()
            return many, oldest

    def states(self, tenant: str, webhook: str) -> Mapping[str, int]:
        """How many events stand how on their way to the endpoint."""
        counted = (
            select(PostRow.state, func.count())
            .where(PostRow.tenant == tenant, PostRow.webhook == webhook)
            .group_by(PostRow.state)
        )
        with self._db.reading() as session:
            return dict(session.exec(counted).all())

    def _set(self, post: Post, values: Mapping[str, Json | datetime]) -> None:
        row = update(PostRow).where(
            col(PostRow.tenant) == post.tenant,
            col(PostRow.webhook) == post.webhook,
            col(PostRow.seq) == post.seq,
        )
        with self._db.session() as session:
            session.exec(row.values(**values))


def _events(session: Session, to: WebhookRow, behind: int, last: int) -> list[CloudEventRow]:
    rows = select(CloudEventRow).where(
        CloudEventRow.tenant == to.tenant,
        CloudEventRow.seq > behind,
        CloudEventRow.seq <= last,
        wanted(to.types or ()),
    )
    if to.environment is not None:
        rows = rows.where(CloudEventRow.environment == to.environment)
    return [*session.exec(rows.order_by(col(CloudEventRow.seq)).limit(AT_ONCE))]


def _may_go(event: CloudEventRow) -> bool:
    """Whether it is not for one run alone, which is told what people said."""
    return not is_private(event.envelope)


def _post(to: WebhookRow, event: CloudEventRow) -> PostRow:
    return PostRow(
        tenant=event.tenant,
        webhook=to.id,
        seq=event.seq,
        aggregate=_aggregate(event.envelope),
        state="pending",
        tries=0,
        due=now(),
        reason=None,
        created=now(),
        settled=None,
    )


def _aggregate(envelope: Mapping[str, Json]) -> str:
    about = f"{envelope['source']}\0{envelope.get('subject', envelope['id'])}"
    return hashlib.sha256(about.encode("utf-8", "replace")).hexdigest()[:32]


def _told(post: PostRow, event: CloudEventRow, to: WebhookRow) -> Post:
    name = identity(event.environment, event.envelope).removeprefix("sha256:")
    return Post(
        tenant=post.tenant,
        webhook=post.webhook,
        url=to.url,
        seq=post.seq,
        id=f"evt_{name[:40]}",
        tries=post.tries,
        envelope=event.envelope,
    )


def _locked(session: Session, tenant: str, id: str) -> WebhookRow:
    serialise(session, "posts", tenant, id)
    row = session.get(WebhookRow, {"tenant": tenant, "id": id})
    if row is None:
        raise Refused("webhook.missing", f"There is no endpoint {id[:80]!r}; GET /v1/webhooks.")
    return row
