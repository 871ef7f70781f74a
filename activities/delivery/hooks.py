"""Where providers call back."""

from urllib.parse import quote, urlencode

from public_works.ledger import DeliveryRecord
from symphainy.plan import Experience

__all__ = ["hook_url"]


def hook_url(base: str | None, bound: Experience, record: DeliveryRecord) -> str | None:
    """The URL for callbacks about a delivery; None if the world does not reach this platform."""
    if base is None:
        return None
    binding = quote(record.binding, safe="")
    about = urlencode({"t": record.tenant, "c": bound.channel, "d": record.id})
    return f"{base.rstrip('/')}/v1/hooks/{bound.adapter}/{binding}?{about}"
