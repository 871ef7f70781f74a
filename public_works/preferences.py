"""What customers want to hear about, and by which channels, as they said themselves."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlmodel import col, select

from public_works.database import Database, serialise
from public_works.record import Record, now
from public_works.tables import PreferenceRow
from public_works.unsubscribing import tell_wish
from smart_city.care import scope_of

__all__ = ["Preference", "Preferences"]


class Preference(Record):
    """What a customer said about one topic on one channel."""

    tenant: str
    customer: str
    topic: str
    """Marketing that has no topic, where empty."""
    channel: str
    """Every channel that nothing else is said about, where empty."""
    wanted: bool
    source: str
    at: datetime


class Preferences:
    """What customers said about topics; who said nothing about one has not said no."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def of(self, tenant: str, customer: str) -> list[Preference]:
        """Everything that customer said, by topic and channel."""
        with self._db.reading() as session:
            rows = session.exec(
                select(PreferenceRow)
                .where(PreferenceRow.tenant == tenant, PreferenceRow.customer == customer)
                .order_by(col(PreferenceRow.topic), col(PreferenceRow.channel))
            )
            return [Preference.model_validate(row) for row in rows]

    def wanted(self, tenant: str, customer: str, topic: str, channel: str) -> bool | None:
        """Whether they want that topic on that channel; None when they said nothing."""
        with self._db.reading() as session:
            rows = session.exec(
                select(PreferenceRow).where(
                    PreferenceRow.tenant == tenant,
                    PreferenceRow.customer == customer,
                    PreferenceRow.topic == topic,
                    col(PreferenceRow.channel).in_([channel, ""]),
                )
            )
            said = {row.channel: row.wanted for row in rows}
            return said.get(channel, said.get(""))

    def say(
        self,
        tenant: str,
        customer: str,
        choices: Iterable[tuple[str, str, bool]],
        source: str,
        at: datetime | None = None,
        *,
        changed: Collection[tuple[str, str]] = (),
        environment: str = "production",
    ) -> list[Preference]:
        """Keep choices of (topic, channel, wanted); everything that they say now. What is
        `changed` by it (topic, channel) is told as events of `environment`."""
        moment = at or now()
        with self._db.session() as session:
            serialise(session, "preference", tenant, customer)
            for topic, channel, wanted in choices:
                if (topic, channel) in changed:
                    tell_wish(
                        session,
                        tenant,
                        customer,
                        wanted=wanted,
                        channel=channel,
                        scope=scope_of("marketing", topic or None),
                        environment=environment,
                        source=source,
                    )
                row = PreferenceRow(
                    tenant=tenant,
                    customer=customer,
                    topic=topic,
                    channel=channel,
                    wanted=wanted,
                    source=source,
                    at=moment,
                )
                session.merge(row)
        return self.of(tenant, customer)
