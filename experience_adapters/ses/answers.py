"""What an answer of SES proves about the mail."""

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
    {"AccountSuspendedException", "MailFromDomainNotVerifiedException", "SendingPausedException"}
    | {"ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"}
)
"""Errors of the account or the sender, which another binding may not have."""
_UNVERIFIED = "not verified"


def settled(answer: Answer) -> SendResult:
    """The outcome of a `SendEmail` that was answered."""
    id = answer.document.get("MessageId")
    if answer.status == 200 and isinstance(id, str) and id:
        return SendResult(outcome="accepted", provider_id=id)
    told = f"{answer.error or ''}: {answer.message}".strip(": ")
    if 400 <= answer.status < 500 and answer.error in _BUSY:
        return refusal(429, told, answer.headers)
    result = refusal(answer.status, told, answer.headers)
    if result.outcome == "rejected" and (answer.error in _OURS or _UNVERIFIED in answer.message):
        return result.model_copy(update={"code": "delivery.credentials"})
    return result.model_copy(update={"detail": readable(f"{answer.status} {told}")})
