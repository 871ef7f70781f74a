"""What Twilio's answers prove about a message."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Protocol

from experience_adapters.exchange import readable, refusal
from public_works.egress import EgressResponse
from symphainy.delivery import SendResult, SmsMessage

__all__ = ["Listed", "look", "refused", "said", "taken"]

SUPPRESS = {
    21216: "blocked",
    21610: "opted_out",
    21614: "not_mobile",
    30004: "blocked",
    30005: "unknown_destination",
    30006: "landline",
}
"""The errors after which nothing more should be sent to a number."""
_SKEW = timedelta(minutes=1)
"""Between clocks. Within it, what another system sent by the same account is taken for ours."""
_FAILED = frozenset({"failed", "undelivered"})


class Listed(Protocol):
    """A message, as Twilio's library shows it."""

    sid: str | None
    to: str | None
    body: str | None
    direction: Any
    status: Any
    date_created: datetime | None
    error_code: int | None
    error_message: str | None


def taken(message: Listed) -> SendResult:
    """What it means that Twilio has `message`."""
    code = message.error_code
    if str(message.status) in _FAILED:
        return SendResult(
            outcome="rejected",
            provider_id=message.sid,
            code="delivery.refused",
            detail=readable(f"{code}: {message.error_message or 'Twilio could not deliver it'}"),
            suppress=SUPPRESS.get(code or 0),
        )
    return SendResult(outcome="accepted", provider_id=message.sid)


def refused(answer: EgressResponse) -> SendResult:
    """What an answer that is no success means."""
    code, text = said(answer)
    result = refusal(answer.status, f"{code}: {text}", answer.headers)
    return result.model_copy(update={"suppress": SUPPRESS.get(code)})


def look(
    found: Iterable[Listed],
    message: SmsMessage,
    *,
    since: datetime | None,
    others: frozenset[str],
    whole: bool,
) -> SendResult:
    """Whether `message` is among what Twilio has for its number: the oldest since the delivery
    began that says the same and is no other delivery. `whole`: nothing was left off."""
    start = since - _SKEW if since is not None else None
    same = [
        one
        for one in found
        if (one.to, one.body) == (message.to.address, message.text)
        and str(one.direction).startswith("outbound")
        and one.sid not in others
        and (start is None or one.date_created is None or one.date_created >= start)
    ]
    if same:
        return taken(same[-1])
    if whole:
        return SendResult(outcome="retryable", detail="Twilio does not have it")
    return SendResult(outcome="unknown", detail="Twilio has too many messages to this number")


def said(answer: EgressResponse) -> tuple[int, str]:
    """The code and the text of an error, as Twilio tells it."""
    try:
        told = json.loads(answer.content)
        return int(told["code"]), str(told["message"])
    except (ValueError, LookupError, TypeError):
        return 0, answer.content[:300].decode("utf-8", "replace")
