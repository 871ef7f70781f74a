"""What the catalog says of the adapter."""

from experience_adapters.signed_post import SAID
from symphainy.catalog import AdapterSpec

__all__ = ["SECRET", "SPEC"]

SECRET = "webhook"  # noqa: S105 - a name
SPEC = AdapterSpec(
    name="webhook",
    channel="webhook",
    version="1.0.0",
    summary="Posts signed events to servers, as Standard Webhooks has it.",
    description=(
        "Posts each event as JSON (`type`, `timestamp`, `data`) to an https URL, signed by "
        "Standard Webhooks 1.0.0. `webhook-id` is the delivery's id and the same for all attempts: "
        "a server that keeps it takes every event once. Whatever is not 2xx is tried again at "
        "once, after 5 seconds, 5 and 30 minutes, and after 2, 5, 10, 14, 20 and 24 hours, by "
        "timers of Temporal that outlive every process; 410 disables the endpoint. Redirects are "
        "not followed, and private addresses are not reached. During a rotation there are two "
        "signatures, of the new secret and of the one before."
    ),
    settings={
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "endpoint": {
                "type": "string",
                "minLength": 1,
                "maxLength": 2000,
                "description": "Where events go: an https URL, or the name of an endpoint of "
                "/v1/webhooks. A step may say another.",
            },
            "type": {
                "type": "string",
                "pattern": "^[A-Za-z0-9_]+(\\.[A-Za-z0-9_-]+)*$",
                "maxLength": 200,
                "description": "The type of events whose step says none.",
            },
            "secret": {
                "type": "string",
                "pattern": "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$",
                "default": SECRET,
                "description": "Name of the tenant's secret that events to a URL are signed with: "
                "`whsec_…`, or two with a space between during a rotation. A named endpoint has "
                "its own.",
            },
            "timeout": {
                "type": "number",
                "minimum": 1,
                "maximum": 30,
                "description": "Seconds to wait for an answer, instead of the platform's.",
            },
        },
    },
    promise="at least once",
    keyed=True,
    setup=(
        "Register the server with `POST /v1/webhooks` (`name`, `url`) and keep the secret it "
        "answers: it is shown once. Name the endpoint in `settings.endpoint`. Or write the URL "
        "there, and put a secret of your own (`whsec_` and Base64 of 24 to 64 random octets) into "
        "the tenant's secret `webhook`.\n\n"
        "The server checks `webhook-signature` over `webhook-id`, `webhook-timestamp` and the body "
        "with any library of Standard Webhooks, refuses timestamps older than five minutes, "
        "answers 2xx within the time limit, and keeps the ids it has seen for at least four days. "
        "It answers 410 when it wants no more events.\n\n"
        "`POST /v1/webhooks/{name}/rotate` gives a new secret; the one before signs along for a "
        "day, or for as long as `overlap` says."
    ),
    said=SAID,
)
