"""Events for one run alone, or for none: what became of what was sent."""

from symphainy.event.cloud_event import Envelope

__all__ = [
    "DELIVERY",
    "NO_RUN",
    "PLATFORM",
    "RUN",
    "addressee",
    "delivery_type",
    "is_private",
    "is_reserved",
]

RUN = "symrun"
"""The attribute that names the one run that an event is for, by its workflow id."""

NO_RUN = "-"
"""In its place: no run has the event, as each is told what concerns it under a name of its own."""

PLATFORM = "com.symphainy."
"""What the types of the platform's own events begin with."""

DELIVERY = "com.symphainy.delivery."
"""What the types of the platform's own events about deliveries begin with."""


def delivery_type(event: str) -> str:
    """The type of the CloudEvent that tells such an event of a delivery."""
    return f"{DELIVERY}{event.partition('_')[0] if event.startswith('bounced') else event}.v1"


def addressee(envelope: Envelope) -> str | None:
    """The workflow id of the only run that may have the event; None where anybody may."""
    found = envelope.get(RUN)
    return found if isinstance(found, str) else None


def is_private(envelope: Envelope) -> bool:
    """Whether it is told to one run, with what people said, and to nobody outside."""
    return addressee(envelope) not in (None, NO_RUN)


def is_reserved(envelope: Envelope) -> bool:
    """Whether only the platform itself may say this."""
    return RUN in envelope or str(envelope.get("type", "")).startswith(PLATFORM)
