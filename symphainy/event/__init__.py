"""CloudEvents: what one is, how it is read, and which ones a filter means."""

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
from symphainy.event.matching import evaluator, matches

__all__ = [
    "ANY_TYPE",
    "MAX_DATA",
    "Bound",
    "Criterion",
    "Envelope",
    "Evaluate",
    "Index",
    "Link",
    "checked",
    "evaluator",
    "identity",
    "index_of",
    "matches",
    "of_data",
    "read",
    "text_of",
    "tie",
]
