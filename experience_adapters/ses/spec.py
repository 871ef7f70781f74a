"""What the catalog says of the adapter."""

from symphainy.catalog import AdapterSpec

__all__ = ["REGION", "SECRET", "SPEC"]

REGION = "us-east-1"
SECRET = "ses"  # noqa: S105 - a name
SPEC = AdapterSpec(
    name="ses",
    channel="email",
    version="1.0.0",
    summary="Sends mails through Amazon SES.",
    description=(
        "Hands each mail to the SES API v2 (`SendEmail`) in one request. The API takes no "
        "idempotency key and answers no questions afterwards: when no answer comes, or an error "
        "of the server, whether the mail was taken stays unknown until an event about it comes, "
        "and is shown as such, never guessed. Throttling and a used-up quota are tried again; "
        "refused credentials, senders that are not verified and an account that may not send are "
        "rejected. The delivery's id travels as the tag `delivery_id`, which events of the "
        "configuration set repeat. The credentials are a secret of the tenant, a JSON object with "
        "`accessKeyId`, `secretAccessKey` and perhaps `sessionToken`, and need the permission "
        "`ses:SendEmail` (and `ses:GetAccount` to be checked beforehand)."
    ),
    settings={
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "region": {
                "type": "string",
                "pattern": "^[a-z]{2}(-[a-z]+)+-[0-9]$",
                "default": REGION,
                "description": "The AWS region in which the sender is verified.",
            },
            "secret": {
                "type": "string",
                "pattern": "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$",
                "default": SECRET,
                "description": "Name of the tenant's secret that has the credentials.",
            },
            "configurationSet": {
                "type": "string",
                "pattern": "^[A-Za-z0-9_-]{1,64}$",
                "description": "The configuration set that publishes events about the mails.",
            },
            "endpoint": {
                "type": "string",
                "format": "uri",
                "description": "Where the API is, if not where AWS has it in the region.",
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
        "failed",
        "complained",
        "unsubscribed",
    ),
    setup="""\
1. Verify the sender, and keep the credentials of a user who may `ses:SendEmail` as the tenant's
   secret `ses`: `{"accessKeyId": "…", "secretAccessKey": "…", "topicArn": "…"}`.
2. Make an SNS topic (its ARN is `topicArn` of the secret, or one of its list: notifications of
   other topics are not believed, as anybody can have SNS sign some) with signature version 2.
3. Make a configuration set that publishes all events to that topic; `configurationSet` of the
   binding names it.
4. Subscribe `https://<platform>/v1/hooks/ses/<experience>?t=<tenant>&c=email&s=<solution>` to the
   topic, over HTTPS and without raw message delivery. The platform confirms the subscription.
5. For replies, let SES receive mail for a domain of yours (`MX`), and give its receipt rule either
   an SNS action with the topic above (mails up to 150 KB; others bounce), or an S3 action with that
   topic: then the credentials also need `s3:GetObject` on the bucket, in the region of the binding.
   Set `replyTo` of the binding to an address there. Let the rule scan for spam and viruses: what
   SES finds is `data.spam` and `data.virus` of the reply.
""",
    said=(
        ("200", "accepted", "Nothing: SES has the mail; its events tell the rest."),
        ("400 MessageRejected, 404", "rejected", "Correct what SES names in the mail."),
        (
            "not verified, paused or suspended, 401, 403",
            "rejected",
            "Verify the sender, or look into the account; another binding may send it.",
        ),
        (
            "429, throttling, or 503 that says when to come back",
            "retryable",
            "Nothing: it is tried again then.",
        ),
        ("no connection", "retryable", "Nothing: it was certainly not sent."),
        (
            "5xx, no answer",
            "unknown",
            "Nothing, where SES's events come in: they settle it. Else see `onUnknown`.",
        ),
    ),
)
