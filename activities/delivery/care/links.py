"""The links of a message: out of what it is about, and to what its reader wants."""

from dataclasses import dataclass
from urllib.parse import quote

from public_works import Settings
from public_works.links import Link, LinkSeal
from smart_city.care import scope_of
from symphainy.delivery import EmailMessage, Message
from symphainy.plan import Experience

__all__ = ["Links", "linked"]


@dataclass(frozen=True, slots=True)
class Links:
    """Where the reader of one message can say what they want."""

    unsubscribe: str
    preferences: str
    mailto: str | None = None

    @classmethod
    def of(
        cls,
        settings: Settings,
        seal: LinkSeal,
        *,
        tenant: str,
        delivery: str,
        customer: str | None,
        bound: Experience,
    ) -> "Links | None":
        """The links of a delivery; None where the world does not reach this platform."""
        if settings.public_base_url is None:
            return None
        base = settings.public_base_url.rstrip("/")
        link = Link(
            use="unsubscribe",
            tenant=tenant,
            delivery=delivery,
            customer=customer,
            channel=bound.channel,
            scope=scope_of(bound.purpose, bound.topic),
        )
        token = seal.token(link)
        unsubscribe = f"{base}/v1/unsubscribe/{token}"
        preferences = unsubscribe
        if customer is not None:
            about = Link(use="preferences", tenant=tenant, customer=customer)
            preferences = f"{base}/preferences/{seal.token(about)}"
        mailto = settings.unsubscribe_mailto
        if mailto is not None:
            mailto = f"mailto:{mailto}?subject={quote(f'unsubscribe {token}')}"
        return cls(unsubscribe, preferences, mailto)

    @property
    def data(self) -> dict[str, str]:
        """What templates write them by."""
        return {"unsubscribe_url": self.unsubscribe, "preferences_url": self.preferences}


def linked(message: Message, bound: Experience, links: Links | None) -> Message:
    """The message with the headers of RFC 8058, if it is a mail that one can have enough of."""
    wanted = bound.purpose == "marketing" or (bound.topic and bound.purpose != "security")
    if links is None or not isinstance(message, EmailMessage) or not wanted:
        return message
    ways = [f"<{links.unsubscribe}>", *([f"<{links.mailto}>"] if links.mailto else [])]
    headers = {
        "List-Unsubscribe": ", ".join(ways),
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    return message.model_copy(update={"headers": {**headers, **message.headers}})
