"""What the catalog says of the adapter."""

from symphainy.catalog import AdapterSpec

__all__ = ["ENDPOINT", "SECRET", "SPEC"]

ENDPOINT = "https://api.sendgrid.com"
SECRET = "sendgrid"  # noqa: S105 - a name
SPEC = AdapterSpec(
    name="sendgrid",
    channel="email",
    version="1.0.0",
    summary="Sends mails through Twilio SendGrid.",
    description=(
        "Hands each mail to SendGrid's Mail Send API in one request. The API takes no idempotency "
        "key and answers no questions afterwards: when no answer comes, or an error of the "
        "server, whether the mail was taken stays unknown until an event about it comes, and is "
        "shown as such, never guessed. An answer of 429 is tried again when SendGrid says; a "
        "refused key or sender, and mails that SendGrid calls malformed or too large, are "
        "rejected. The delivery's id travels as the custom argument `delivery_id`. The key is a "
        "secret of the tenant and needs the permission Mail Send."
    ),
    settings={
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "secret": {
                "type": "string",
                "pattern": "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$",
                "default": SECRET,
                "description": "Name of the tenant's secret that is the API key.",
            },
            "endpoint": {
                "type": "string",
                "format": "uri",
                "default": ENDPOINT,
                "description": "Where the API is; https://api.eu.sendgrid.com keeps mails of "
                "EU subusers in the EU.",
            },
            "sandbox": {
                "type": "boolean",
                "default": False,
                "description": "Let SendGrid check every mail and send none.",
            },
            "replyTo": {
                "type": "string",
                "format": "email",
                "description": "Where replies go, if not to the sender.",
            },
        },
    },
    promise="at most once",
)
