"""Codes of the area `api`: requests that never reach what they were meant for."""

from symphainy.codes.code import Code

__all__ = ["CODES"]

REQUEST = (
    Code(
        "api.unauthenticated",
        "The request says not who is asking",
        "Send `Authorization: Bearer <API key>` with a key that is neither expired nor revoked, or "
        "an access token of an identity provider that the tenant trusts.",
        401,
    ),
    Code(
        "api.forbidden",
        "The key's roles do not allow this",
        "Use a key that has one of the roles the message names.",
        403,
    ),
    Code(
        "api.not-found",
        "There is nothing at this address",
        "Take the address from `GET /openapi.json`; percent-encode names within a path.",
        404,
    ),
    Code(
        "api.method-not-allowed",
        "The address does not know this method",
        "Use one of the methods of the header Allow.",
        405,
    ),
    Code(
        "api.not-acceptable",
        "The answer has none of the forms that Accept asks for",
        "Accept application/json, or leave the header Accept out.",
        406,
    ),
    Code(
        "api.body-too-large",
        "The body is larger than is read here",
        "Send less; put large data where the flow can fetch it, and send its address.",
        413,
    ),
    Code(
        "api.media-type",
        "The body is of a type that is not read here",
        "Send application/json, or for definitions application/yaml, in UTF-8.",
        415,
    ),
    Code(
        "api.content-encoding",
        "The body is compressed",
        "Send it as it is, without Content-Encoding.",
        415,
    ),
    Code(
        "api.invalid-request",
        "A parameter or the body is not what the operation takes",
        "Correct what the pointer names: /query/…, /path/…, /header/…, or a place in the body.",
    ),
    Code("api.bad-request", "The request cannot be read", "Send a well-formed HTTP request.", 400),
    Code(
        "api.event-unknown",
        "The run has no such event",
        "Follow the run from the start, or resume from an id that it gave.",
    ),
)

PLATFORM = (
    Code(
        "api.internal",
        "The platform failed",
        "Ask again; if it stays, report the incident that the message names.",
        500,
    ),
    Code(
        "api.not-ready",
        "The platform cannot work yet",
        "Wait, or start what the message names.",
        503,
    ),
    Code(
        "api.not-loopback",
        "The API would listen beyond this machine without being told that it may",
        "Set SYMPHAINY_ALLOW_REMOTE=true, issue an API key, and encrypt in front of the API; "
        "or set SYMPHAINY_API_HOST to 127.0.0.1.",
        500,
    ),
)

THINGS = (
    Code(
        "solution.name-mismatch",
        "The address and the document name different things",
        "Register a document under its own `namespace.name` and version; only build metadata "
        "(`+…`) may be added to the version.",
    ),
    Code("erasure.missing", "There is no such erasure", "List them: `GET /v1/erasures`.", 404),
    Code("customer.missing", "There is no such customer", "Put the customer first.", 404),
    Code(
        "outbox.missing",
        "There is no such message in the outbox",
        "List the messages with `GET /v1/outbox`.",
        404,
    ),
    Code(
        "outbox.act",
        "That cannot happen to the message now",
        "`possible` of `GET /v1/outbox/{message}` says what can: a call that nobody answered takes "
        "no keys, and a mail that bounced is not opened.",
        409,
    ),
    Code(
        "outbox.untold",
        "The platform did not take what the sandbox told it",
        "Look into the answer that `detail` quotes: the delivery may be unknown, or no worker "
        "serves the sandbox. Nothing was recorded; do it again.",
        502,
    ),
    Code(
        "callback.unknown",
        "Nobody receives callbacks at this address",
        "Let the provider call the URL that the page of its adapter says: an installed adapter "
        "that receives, a channel it serves (`c`), a tenant of this platform (`t`).",
        404,
    ),
    Code(
        "callback.refused",
        "The callback is not believed to be the provider's",
        "See `GET /v1/security-events` for why; check the secret it is signed with and that "
        "SYMPHAINY_PUBLIC_BASE_URL is the address that the provider calls.",
        401,
    ),
    Code(
        "callback.unanswered",
        "The callback was not done in time",
        "Call again: it is done meanwhile, or when workers that serve the adapter are there.",
        503,
    ),
    Code(
        "callback.too-many",
        "Too many callbacks came that were not believed",
        "Call again after `Retry-After`. If the provider is genuine, see "
        "`GET /v1/security-events` for why it is not believed; behind a proxy all callers share "
        "one address, so limit strangers there.",
        503,
    ),
    Code(
        "webhook.taken",
        "There is an endpoint of that name already",
        "Use another name, or rotate the secret of that endpoint.",
        409,
    ),
    Code(
        "webhook.missing",
        "There is no such endpoint",
        "List the endpoints with `GET /v1/webhooks`.",
        404,
    ),
    Code(
        "webhook.url",
        "Events cannot be sent to this URL",
        "Give an https URL of a server that the world can reach, without credentials in it.",
    ),
    Code(
        "endpoint.missing",
        "The solution has no such endpoint",
        "Name an experience of the solution's on the channel api; "
        "`GET /v1/solutions/{name}/openapi.json` describes them.",
        404,
    ),
    Code(
        "endpoint.callback",
        "The answer may not be posted to this URL",
        "Let the experience's setting `callbacks` list the beginning of the URL.",
    ),
    Code(
        "endpoint.failed",
        "The run ended without an answer",
        "Look at the run; the address in `Location` leads to it.",
        502,
    ),
    Code("code.unknown", "There is no such code", "List the codes with `GET /v1/codes`.", 404),
)

CODES: tuple[Code, ...] = (*REQUEST, *PLATFORM, *THINGS)
