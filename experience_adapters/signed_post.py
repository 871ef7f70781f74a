"""Events on their way to servers: signed, posted once, and judged by Standard Webhooks 1.0.0."""

import binascii
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from standardwebhooks import Webhook
from standardwebhooks.webhooks import EmptyWebhookSecretError

from experience_adapters.exchange import accepts, readable, refusal, unanswered
from experience_adapters.rules.json import octets
from public_works.egress import Egress, EgressResponse
from public_works.telemetry import CARRIES
from symphainy.delivery import Sending, SendResult
from symphainy.errors import Ending, Refused
from symphainy.json import Json

__all__ = ["ATTEMPTS", "PAUSES", "SAID", "body", "headers", "keys", "post"]

PAUSES = tuple(
    timedelta(seconds=one) for one in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""Between one attempt and the next: the schedule that the specification recommends."""
ATTEMPTS = len(PAUSES) + 1
_LONGEST = timedelta(days=1)
"""A server that wants to be left alone for longer is asked again anyway."""

SAID = (
    ("2xx", "accepted", "Nothing: the server has the event."),
    (
        "410",
        "rejected",
        "The server wants no more: the endpoint is disabled until it is enabled again by "
        "`POST /v1/webhooks/{name}/enable`.",
    ),
    (
        "429, or 503 with `Retry-After`",
        "retryable",
        "Tried again after `Retry-After`, and not before the schedule.",
    ),
    (
        "3xx, other 4xx",
        "retryable",
        "The server read the event and did not take it; tried again by the schedule, as it may be "
        "mended meanwhile. Redirects are not followed.",
    ),
    (
        "other 5xx, a time-out, a lost connection",
        "unknown",
        "It may have arrived. Tried again by the schedule with the same `webhook-id`, which the "
        "server knows it by.",
    ),
    ("no connection", "retryable", "Tried again by the schedule."),
    (
        "the tenth failure",
        "rejected",
        "Mend the server, then start the run again; `try` lets the flow say what else to do. It "
        "is `unknown` if an attempt may have arrived.",
    ),
)


def body(kind: str, data: Json, at: datetime) -> bytes:
    """The event as the specification has it; the same for all attempts of one moment."""
    return octets({"type": kind, "timestamp": at.astimezone(UTC).isoformat(), "data": data})


def keys(secret: Json) -> tuple[str, ...]:
    """What a secret of the vault signs with: one `whsec_…`, or during a rotation several with
    spaces between. Refused `secret.missing` for what is none."""
    found = tuple(secret.split()) if isinstance(secret, str) else ()
    for one in found:
        _signer(one)
    if not found:
        raise _no_secret()
    return found


def headers(content: bytes, id: str, secrets: Sequence[str], at: datetime) -> dict[str, str]:
    """The headers that tell a server who says `content`: a signature for each of `secrets`."""
    at = at.astimezone(UTC)
    signatures = [_signer(one).sign(id, at, content.decode()) for one in secrets]
    return {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


async def post(
    egress: Egress,
    url: str,
    content: bytes,
    sending: Sending,
    secrets: Sequence[str],
    *,
    timeout: float,
) -> SendResult:
    """What one POST of `content` proves; `retry_after` is when the schedule wants the next."""
    forbidden = accepts(egress, url)
    if forbidden is not None:
        return SendResult(outcome="rejected", code=forbidden.code, detail=_HTTPS)
    signed = headers(content, sending.delivery, secrets, datetime.now(UTC))
    CARRIES.set(True)
    try:
        answer = await egress.request("POST", url, headers=signed, content=content, timeout=timeout)
    except Refused as error:
        # A server that says far too much has the event all the same.
        if error.code != "egress.too-large":
            return unanswered(error)
        return _again(unanswered(error), sending.attempt)
    except Ending as error:
        return _again(unanswered(error), sending.attempt)
    if 200 <= answer.status < 300:
        return SendResult(outcome="accepted", provider_id=sending.delivery)
    return _refused(answer, sending.attempt)


_HTTPS = "An endpoint is an https URL: whoever listens in would read the event."


def _refused(answer: EgressResponse, attempt: int) -> SendResult:
    detail = readable(answer.content[:300].decode("utf-8", "replace"))
    if answer.status == 410:
        said = f"410 {detail}".strip()
        return SendResult(outcome="rejected", code="delivery.endpoint-gone", detail=said)
    # `x-ratelimit-reset` is a habit of mail providers, and in other units elsewhere.
    told = {k: v for k, v in answer.headers.items() if k == "retry-after"}
    result = refusal(answer.status, detail, told)
    if result.outcome == "rejected":
        result = result.model_copy(update={"outcome": "retryable", "code": "delivery.refused"})
    return _again(result, attempt)


def _again(result: SendResult, attempt: int) -> SendResult:
    """`result`, and when it is tried again; the last one of the schedule ends it."""
    if attempt >= ATTEMPTS:
        outcome = "unknown" if result.outcome == "unknown" else "rejected"
        why = f"after {attempt} attempts: {result.detail}"
        return SendResult(outcome=outcome, code="delivery.exhausted", detail=why)
    pause = PAUSES[attempt - 1]
    later = max(pause, result.retry_after) if result.retry_after else pause
    return result.model_copy(update={"retry_after": min(later, _LONGEST)})


def _signer(secret: str) -> Webhook:
    if not secret.startswith("whsec_"):
        raise _no_secret()
    try:
        return Webhook(secret)
    except (binascii.Error, EmptyWebhookSecretError, ValueError) as error:
        raise _no_secret() from error


def _no_secret() -> Refused:
    return Refused(
        "secret.missing",
        "The secret is none of Standard Webhooks: write `whsec_` and Base64, a space between two.",
    )
