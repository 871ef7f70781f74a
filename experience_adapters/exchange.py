"""What one exchange over HTTP proves about the message that was in it."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from public_works.egress import Egress
from symphainy.delivery import SendResult
from symphainy.errors import Ending, Refused, Unavailable

__all__ = ["accepts", "credentials", "readable", "refusal", "unanswered"]

_SHOWN = 300
_LONGEST = timedelta(hours=1)
"""A provider that wants to be left alone for longer is asked again anyway."""
_SECONDS = re.compile(r"[0-9]{1,9}")


def refusal(
    status: int, detail: str, headers: Mapping[str, str], *, at: datetime | None = None
) -> SendResult:
    """What an answer that is no success means, by RFC 9110.

    4xx: the provider read the message and did not take it. 503 with a time to come back: it did
    not begin to. Anything else, 503 alone too, may come from something between us and a provider
    that took it. `headers` have lower-case names.
    """
    said = readable(f"{status} {detail}")
    if status == 429 or (status == 503 and "retry-after" in headers):
        pause = _pause(headers, at or datetime.now(UTC))
        return SendResult(outcome="retryable", code="delivery.busy", detail=said, retry_after=pause)
    if status in {401, 403, 407}:
        return SendResult(outcome="rejected", code="delivery.credentials", detail=said)
    # 408 is said of a request that did not come whole, which is not for us to know.
    if 300 <= status < 500 and status != 408:
        return SendResult(outcome="rejected", code="delivery.refused", detail=said)
    return SendResult(outcome="unknown", code="delivery.unknown", detail=said)


def unanswered(error: Ending) -> SendResult:
    """What it means that the egress gave no answer, by whether anything can have left."""
    said = readable(error.message)
    if isinstance(error, Unavailable):
        return SendResult(outcome="retryable", code="delivery.unreachable", detail=said)
    # An answer too large to read is one to a request that had left.
    if isinstance(error, Refused) and error.code != "egress.too-large":
        return SendResult(outcome="rejected", code=error.code, detail=said)
    return SendResult(outcome="unknown", code="delivery.unknown", detail=said)


def credentials(error: Refused) -> SendResult:
    """What it means that this worker does not have the secret of a binding; another may."""
    return SendResult(
        outcome="retryable",
        code="delivery.credentials",
        detail=readable(error.message),
        retry_after=timedelta(minutes=1),
    )


def accepts(egress: Egress, endpoint: str) -> Refused | None:
    """Why credentials may not be sent to `endpoint`, or None."""
    if endpoint.startswith("https://") or egress.listed(endpoint):
        return None
    return Refused("egress.forbidden", "The endpoint has to be an https URL: a key goes there.")


def readable(text: str) -> str:
    """`text` as one line that can be shown."""
    return "".join(one if one.isprintable() else " " for one in text)[:_SHOWN].strip()


def _pause(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    said = headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(said):
        pause = timedelta(seconds=int(said))
    else:
        at = _moment(said, headers.get("x-ratelimit-reset", "").strip())
        if at is None:
            return None
        pause = timedelta(seconds=math.ceil((at - now).total_seconds()))
    return min(max(pause, timedelta(seconds=1)), _LONGEST)


def _moment(date: str, epoch: str) -> datetime | None:
    try:
        if _SECONDS.fullmatch(epoch) or (len(epoch) == 10 and epoch.isdecimal()):
            return datetime.fromtimestamp(int(epoch), UTC)
        at = parsedate_to_datetime(date)
    except (ValueError, OverflowError, OSError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
