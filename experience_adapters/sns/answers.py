"""What an answer of SNS proves about the message."""

from experience_adapters.aws import Answer
from experience_adapters.exchange import refusal
from symphainy.delivery import SendResult

__all__ = ["settled"]

# AWS says these also with 400.
_BUSY = frozenset(
    {"KMSThrottling", "RequestLimitExceeded", "Throttled", "Throttling", "ThrottlingException"}
)
_CREDENTIALS = frozenset({"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId"})
_OPTED_OUT = "opted out"


def settled(answer: Answer) -> SendResult:
    """The outcome of a `Publish` that was answered."""
    id = answer.document.get("MessageId")
    if answer.status == 200 and isinstance(id, str) and id:
        return SendResult(outcome="accepted", provider_id=id)
    told = f"{answer.error or ''}: {answer.message}".strip(": ")
    if 400 <= answer.status < 500 and answer.error in _BUSY:
        return refusal(429, told, answer.headers)
    result = refusal(answer.status, told, answer.headers)
    if result.outcome != "rejected":
        return result
    if answer.error in _CREDENTIALS:
        return result.model_copy(update={"code": "delivery.credentials"})
    opted_out = answer.error == "OptedOut" or _OPTED_OUT in answer.message.lower()
    return result.model_copy(update={"suppress": "opted_out" if opted_out else None})
