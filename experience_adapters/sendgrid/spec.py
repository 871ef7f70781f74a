"""What the catalog says of the adapter."""

from symphainy.catalog import AdapterSpec

__all__ = ["ENDPOINT", "SECRET", "SPEC", "WEBHOOK_SECRET"]

ENDPOINT = "https://api.sendgrid.com"
SECRET = "sendgrid"  # noqa: S105 - a name
WEBHOOK_SECRET = "sendgrid-webhook"  # noqa: S105 - a name
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
            "webhookSecret": {
                "type": "string",
                "pattern": "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$",
                "default": WEBHOOK_SECRET,
                "description": "Name of the tenant's secret that is the verification key of "
                "SendGrid's webhooks, or a JSON object with several.",
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
    receives=True,
    tells=(
        "accepted",
        "deferred",
        "delivered",
        "opened",
        "clicked",
        "replied",
        "bounced_soft",
        "bounced_hard",
        "dropped",
        "complained",
        "unsubscribed",
        "resubscribed",
    ),
    setup="""\
1. Make an API key with the permission *Mail Send* and keep it as the tenant's secret `sendgrid`.
2. Under *Settings, Mail Settings, Event Webhook* enter
   `https://<platform>/v1/hooks/sendgrid/<experience>?t=<tenant>&c=email&s=<solution>`, choose all
   events, turn on *Signed Event Webhook* and keep its verification key as the tenant's secret
   `sendgrid-webhook`. Whether opens and clicks are told is a matter of SendGrid's tracking
   settings.
3. For answers, point the MX record of a domain to SendGrid, enter the same URL under *Inbound
   Parse* for it, with a security policy that signs, and let `replyTo` of the binding be an address
   there. If its key is another one, let the secret be an object:
   `{"events": "…", "inbound": "…"}`.
""",
    said=(
        ("202", "accepted", "Nothing: SendGrid has the mail; its events tell the rest."),
        ("400, 413", "rejected", "Correct what SendGrid names in the mail."),
        (
            "401, 403",
            "rejected",
            "Check the key, its permission Mail Send, and that the sender is verified.",
        ),
        (
            "429, or 503 that says when to come back",
            "retryable",
            "Nothing: it is tried again then.",
        ),
        ("no connection", "retryable", "Nothing: it was certainly not sent."),
        (
            "5xx, no answer",
            "unknown",
            "Nothing, where SendGrid's events come in: they settle it. Else see `onUnknown`.",
        ),
    ),
)
