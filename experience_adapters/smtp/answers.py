"""What an SMTP conversation proves about the mail, by how far it came."""

import re
import ssl
from datetime import timedelta

from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPNotSupported,
    SMTPResponseException,
)

from symphainy.delivery import Outcome, SendResult

__all__ = ["after_content", "before_content", "silent", "unconnected"]

# Postfix and others, Exim, and Amazon SES say the queue id in these ways.
_QUEUE_ID = re.compile(r"(?i)queued as <?([^\s>]+)|\bid=(\S+)|^(?:2\.\d\.\d )?ok ([^\s=]+)$")
_CREDENTIALS = frozenset({530, 534, 535, 538})
_SHOWN = 300
_LATER = timedelta(minutes=1)
"""Wrong credentials tried again and again lock the account."""


def unconnected(error: Exception) -> SendResult:
    """What an error before MAIL means: nothing was sent, and it says nothing about the mail."""
    if isinstance(error, SMTPAuthenticationError):
        return _result("retryable", "delivery.credentials", error, _LATER)
    if isinstance(error, SMTPResponseException):
        return _result("retryable", "delivery.busy", error)
    if isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError):
        return _result("retryable", "delivery.security", error, _LATER)
    if type(error) is SMTPException:
        # The library says so when STARTTLS or AUTH is asked for and not offered.
        return _result("retryable", "delivery.security", error, _LATER)
    return _result("retryable", "delivery.unreachable", error)


def before_content(error: Exception) -> SendResult:
    """What an error at MAIL, RCPT or DATA means: the mail was certainly not sent."""
    if isinstance(error, SMTPResponseException):
        return _refused(error.code, error)
    if isinstance(error, SMTPNotSupported):
        return _result("rejected", "delivery.unsupported", error)
    if isinstance(error, OSError | SMTPException):
        return _result("retryable", "delivery.unreachable", error)
    return _result("rejected", "delivery.address", error)


def after_content(code: int, said: str, message_id: str) -> SendResult:
    """What the answer to the final dot means."""
    if 200 <= code < 300:
        return SendResult(outcome="accepted", provider_id=_queue_id(said) or message_id)
    answer = SMTPResponseException(code, said)
    return _refused(code, answer) if 400 <= code < 600 else silent(answer)


def silent(error: Exception) -> SendResult:
    """What it means that no clear answer came after content had left: it may have arrived."""
    return _result("unknown", "delivery.unknown", error)


def _refused(code: int, error: Exception) -> SendResult:
    if code in _CREDENTIALS:
        return _result("retryable", "delivery.credentials", error, _LATER)
    if 500 <= code < 600:
        return _result("rejected", "delivery.refused", error)
    return _result("retryable", "delivery.busy", error)


def _queue_id(said: str) -> str | None:
    found = _QUEUE_ID.search(said)
    return next(filter(None, found.groups())) if found else None


def _result(
    outcome: Outcome, code: str, error: Exception, retry_after: timedelta | None = None
) -> SendResult:
    said = " ".join(str(part) for part in error.args[:2]) or type(error).__name__
    detail = "".join(one if one.isprintable() else " " for one in said)[:_SHOWN]
    return SendResult(outcome=outcome, code=code, detail=detail, retry_after=retry_after)
