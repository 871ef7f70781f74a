"""What an answer of Amazon Connect proves about the call."""

from experience_adapters.aws import Answer
from experience_adapters.exchange import readable, refusal
from symphainy.delivery import SendResult

__all__ = ["settled"]

# AWS says these also with 400.
_BUSY = frozenset(
    {"LimitExceededException", "RequestLimitExceeded", "Throttling", "ThrottlingException"}
    | {"TooManyRequestsException"}
)
_OURS = frozenset(
    {"ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"}
    | {"ResourceNotFoundException"}
)
"""Errors of the account or the binding, which another binding may not have."""
_THEIRS = frozenset({"DestinationNotAllowedException", "OutboundContactNotPermittedException"})


def settled(answer: Answer) -> SendResult:
    """The outcome of a `StartOutboundVoiceContact` that was answered."""
    id = answer.document.get("ContactId")
    if answer.status == 200 and isinstance(id, str) and id:
        return SendResult(outcome="accepted", provider_id=id)
    told = f"{answer.error or ''}: {answer.message}".strip(": ")
    if 400 <= answer.status < 500 and answer.error in _BUSY:
        return refusal(429, told, answer.headers)
    result = refusal(answer.status, told, answer.headers)
    if result.outcome == "rejected" and answer.error in _OURS:
        return result.model_copy(update={"code": "delivery.credentials"})
    if result.outcome == "rejected" and answer.error in _THEIRS:
        return result.model_copy(update={"code": "delivery.refused"})
    return result.model_copy(update={"detail": readable(f"{answer.status} {told}")})
