"""Whom the demonstration is about, so that at any hour each kind of thing happens to somebody."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

__all__ = ["Customer", "cast", "intent"]

QUIET_FROM, QUIET_TO = 21, 8
PEOPLE = (
    ("c-1", "Grace Hopper", "grace@example.com", "America/Los_Angeles", 12_400.0, "USD"),
    ("c-2", "Ada Lovelace", "ada@example.org", "Europe/London", 1_860.5, "GBP"),
    ("c-3", "Tan Wei Ling", "weiling@example.net", "Asia/Singapore", 640.0, "SGD"),
)


@dataclass(frozen=True, slots=True)
class Customer:
    """One of the three, as it is with them now."""

    id: str
    name: str
    email: str
    zone: str
    amount: float
    currency: str
    accepts_mail: bool = True

    def clock(self, now: datetime) -> datetime:
        """The time on their wall."""
        return now.astimezone(ZoneInfo(self.zone))


def cast(now: datetime) -> list[Customer]:
    """The three; one has withdrawn consent, and of the others it is night for exactly one.

    Their zones are eight hours apart, so it is night for one of them or for two: whoever shares
    that with another is the one who withdrew.
    """
    people = [Customer(*one) for one in PEOPLE]
    asleep = [_asleep(one.clock(now)) for one in people]
    common = asleep.count(True) == 2
    refuses = asleep.index(common)
    return [Customer(*PEOPLE[place], accepts_mail=place != refuses) for place in range(len(people))]


def intent(one: Customer, invoice: str, now: datetime) -> dict[str, Any]:
    """The wish to collect an invoice of theirs."""
    due: date = now.date() - timedelta(days=35)
    return {
        "invoice": {
            "id": invoice,
            "amount": one.amount,
            "currency": one.currency,
            "due": due.isoformat(),
            "daysOverdue": 35,
        },
        "customer": {
            "id": one.id,
            "name": one.name,
            "email": one.email,
            "zone": one.zone,
            "acceptsMail": one.accepts_mail,
            "latePayments": 1,
            "monthsAsCustomer": 48,
        },
    }


def _asleep(clock: datetime) -> bool:
    return clock.hour >= QUIET_FROM or clock.hour < QUIET_TO
