"""Deliveries that their provider knows by a key: doubt about them ends by sending them again."""

from collections.abc import Sequence

from public_works.ledger import AttemptRecord
from symphainy.catalog import AdapterSpec
from symphainy.delivery import SendResult
from symphainy.errors import Unavailable

__all__ = ["again", "honest", "safe"]

ATTEMPTS = 6
"""Where the adapter has no schedule of its own: about half a minute."""
ENDED = frozenset({"delivery.exhausted", "delivery.endpoint-gone"})


def safe(spec: AdapterSpec) -> bool:
    """Whether sending again is how an unknown delivery is settled; a provider that can be asked
    is asked first."""
    return spec.keyed and not spec.finds


def honest(result: SendResult, before: Sequence[AttemptRecord]) -> SendResult:
    """`result` of a keyed delivery, which is in doubt if an attempt before may have arrived: that
    this one did not says nothing of that one."""
    doubtful = any(one.outcome in (None, "unknown") for one in before)
    if not doubtful or result.outcome not in ("retryable", "rejected"):
        return result
    return result.model_copy(update={"outcome": "unknown"})


def again(result: SendResult, attempt: int, adapter: str) -> Unavailable | None:
    """What makes Temporal try a keyed delivery again, if it is in doubt and not given up: by the
    adapter's schedule if it has one."""
    over = result.retry_after is None and attempt >= ATTEMPTS
    if result.outcome != "unknown" or over or result.code in ENDED:
        return None
    why = f"{adapter}: {result.detail or result.code or 'no answer came'}"
    # Another code than that of what certainly was not sent: no other way may be taken then.
    return Unavailable("delivery.unknown", why, retry_after=result.retry_after)
