"""What the catalog says of the adapter."""

from symphainy.catalog import AdapterSpec

__all__ = ["ENDPOINT", "SECRET", "SMS"]

ENDPOINT = "https://api.twilio.com"
SECRET = "twilio"  # noqa: S105 - a name
SMS = AdapterSpec(
    name="twilio",
    channel="sms",
    version="1.0.0",
    summary="Sends text messages through Twilio.",
    description=(
        "Hands each text message to Twilio in one request. Twilio takes no idempotency key: when "
        "no answer comes, or an error of the server, the message is unknown until Twilio is asked "
        "for it by its receiver, its moment and its very words; what is found is accepted, what "
        "is certainly not there is sent again, and what cannot be told stays unknown, and is "
        "shown. An answer of 429 is tried again when Twilio says; numbers that cannot be written "
        "to, or do not want to be, are rejected. `from` is a phone number in E.164, a short code, "
        "a name of up to 11 letters and digits, or the SID of a messaging service. The "
        "delivery's id travels in the address that Twilio reports to, if SYMPHAINY_PUBLIC_BASE_URL "
        "says what the world calls the platform. The secret is a JSON object with `accountSid` "
        "and either `authToken` or `apiKey` and `apiKeySecret`."
    ),
    settings={
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "secret": {
                "type": "string",
                "pattern": "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$",
                "default": SECRET,
                "description": "Name of the tenant's secret with the account's credentials.",
            },
            "endpoint": {
                "type": "string",
                "format": "uri",
                "default": ENDPOINT,
                "description": "Where the API is; https://api.dublin.ie1.twilio.com keeps "
                "messages in Ireland.",
            },
        },
    },
    promise="at most once",
    finds=True,
    reconcile_seconds=60.0,
    receives=True,
    tells=(
        "accepted",
        "queued",
        "sent",
        "delivered",
        "opened",
        "replied",
        "failed",
        "canceled",
        "unsubscribed",
        "resubscribed",
    ),
    setup="""\
1. Keep the account's credentials as the tenant's secret `twilio`:
   `{"accountSid": "AC…", "authToken": "…"}`. Callbacks are signed with the auth token: with an API
   key (`apiKey`, `apiKeySecret`) for sending, keep the `authToken` beside it.
2. Set SYMPHAINY_PUBLIC_BASE_URL to the address that the world knows the platform by. Every
   message then says where Twilio has to report to; nothing has to be entered for receipts.
3. For answers, enter `https://<platform>/v1/hooks/twilio/<experience>?t=<tenant>&c=sms&s=<solution>`
   as the webhook *A message comes in* of the number or the messaging service.
""",
    said=(
        ("201", "accepted", "Nothing: Twilio has the message; its callbacks tell the rest."),
        (
            "400 with 21610, 21614, 30004 to 30006",
            "rejected",
            "Nothing: the number does not want or cannot get messages, and is left alone from "
            "now on.",
        ),
        ("400, 404", "rejected", "Correct what Twilio names: number, sender or text."),
        ("401, 403", "rejected", "Check the credentials and what they may do."),
        (
            "429, or 503 that says when to come back",
            "retryable",
            "Nothing: it is tried again then.",
        ),
        ("no connection", "retryable", "Nothing: it was certainly not sent."),
        ("5xx, no answer", "unknown", "Nothing: Twilio is asked for the message after a minute."),
    ),
)
