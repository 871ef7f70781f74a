"""What Slack's answers prove about a message."""

import json
from typing import Any

from experience_adapters.exchange import readable, refusal
from public_works.egress import EgressResponse
from symphainy.delivery import SendResult

__all__ = ["TOLD", "document", "judged"]

_CREDENTIALS = {
    "account_inactive": "the app's account is gone: install it again",
    "ekm_access_denied": "the workspace suspended access",
    "invalid_auth": "the token is wrong: check the secret",
    "missing_scope": "the app lacks a scope: add chat:write and install it again",
    "no_permission": "the app may not write: ask the workspace's admins",
    "not_allowed_token_type": "the token is no bot token: use xoxb-",
    "not_authed": "there is no token: check the secret",
    "token_expired": "the token expired: install the app again",
    "token_revoked": "the token was revoked: install the app again",
}
_ADDRESS = {
    "channel_not_found": "there is no such conversation, or the app cannot see it: check the id, "
    "invite the app",
    "is_archived": "the channel is archived: write to another",
    "not_in_channel": "the app is not in the channel: invite it",
    "restricted_action": "the workspace does not let apps write there",
    "user_not_found": "there is no such member",
}
_BUSY = frozenset({"rate_limited", "ratelimited", "message_limit_exceeded"})
_DOUBT = frozenset(
    {"fatal_error", "internal_error", "request_timeout", "service_unavailable", "accesslimited"}
)
"""Slack itself says of these that something may have happened."""

TOLD = (
    ("`ok: true`", "accepted", "Nothing: the message is there."),
    (
        "429, `ratelimited`",
        "retryable",
        "Tried again when Slack says; a conversation takes about one message a second.",
    ),
    (
        "`invalid_auth`, `token_revoked`, `missing_scope` and their like",
        "rejected",
        "Put the right token into the secret, or add the scope and install the app again.",
    ),
    (
        "`channel_not_found`, `not_in_channel`, `is_archived`",
        "rejected",
        "Check the id of the conversation, and invite the app to it.",
    ),
    ("another error", "rejected", "Read it: Slack did not take the message."),
    (
        "`internal_error`, `fatal_error`, 5xx, no answer",
        "unknown",
        "The conversation is read for the message.",
    ),
)


def document(answer: EgressResponse) -> dict[str, Any] | None:
    """The JSON object that Slack answered, or None."""
    try:
        found = json.loads(answer.content)
    except ValueError:
        return None
    return found if isinstance(found, dict) and isinstance(found.get("ok"), bool) else None


def judged(answer: EgressResponse) -> SendResult:
    """What the answer to `chat.postMessage` proves."""
    told = document(answer)
    if answer.status == 429:
        return refusal(429, "ratelimited", answer.headers)
    if told is None or answer.status >= 500:
        return _unknown(f"{answer.status} and no answer of Slack's")
    if told["ok"]:
        channel, ts = told.get("channel"), told.get("ts")
        if not isinstance(channel, str) or not isinstance(ts, str):
            return _unknown("ok, and no name for the message")
        return SendResult(outcome="accepted", provider_id=f"{channel}:{ts}")
    return _error(str(told.get("error") or "an error without a name"), answer)


def _error(error: str, answer: EgressResponse) -> SendResult:
    if error in _BUSY:
        return refusal(429, error, answer.headers)
    if error in _DOUBT:
        return _unknown(error)
    code = "delivery.refused"
    if error in _CREDENTIALS or error in _ADDRESS:
        code = "delivery.credentials" if error in _CREDENTIALS else "delivery.address"
    hint = _CREDENTIALS.get(error) or _ADDRESS.get(error)
    detail = readable(f"{error}: {hint}" if hint else error)
    return SendResult(outcome="rejected", code=code, detail=detail)


def _unknown(why: str) -> SendResult:
    return SendResult(outcome="unknown", code="delivery.unknown", detail=readable(why))
