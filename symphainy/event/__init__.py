"""CloudEvents: what one is, how it is read, and which ones a filter means."""

from symphainy.event.addressed import (
    DELIVERY,
    NO_RUN,
    PLATFORM,
    RUN,
    addressee,
    delivery_type,
    is_private,
    is_reserved,
)
from symphainy.event.bound import (
    ANY_TYPE,
    Bound,
    Criterion,
    Evaluate,
    Index,
    Link,
    index_of,
    of_data,
    text_of,
    tie,
)
from symphainy.event.cloud_event import MAX_DATA, Envelope, checked, identity, read
from symphainy.event.matching import evaluator, matches, may_be

__all__ = [
    "ANY_TYPE",
    "DELIVERY",
    "MAX_DATA",
    "NO_RUN",
    "PLATFORM",
    "RUN",
    "Bound",
    "Criterion",
    "Envelope",
    "Evaluate",
    "Index",
    "Link",
    "addressee",
    "checked",
    "delivery_type",
    "evaluator",
    "identity",
    "index_of",
    "is_private",
    "is_reserved",
    "matches",
    "may_be",
    "of_data",
    "read",
    "text_of",
    "tie",
]
