"""What the catalog says of the adapter."""

from symphainy.catalog import AdapterSpec

__all__ = ["REGION", "SECRET", "SPEC"]

REGION = "us-east-1"
SECRET = "sns"  # noqa: S105 - a name
SPEC = AdapterSpec(
    name="sns",
    channel="sms",
    version="1.0.0",
    summary="Sends text messages through Amazon SNS.",
    description=(
        "Hands each text message to Amazon SNS (`Publish`) in one request. For phone numbers SNS "
        "takes no idempotency key, answers no questions afterwards and reports nothing: when no "
        "answer comes, or an error of the server, whether the message was taken stays unknown, "
        "and is shown as such, never guessed. Throttling is tried again; refused credentials and "
        "numbers are rejected. `from` is a phone number or short code of the account, a name of "
        "up to 11 letters and digits where the country allows one, or nothing. The credentials "
        "are a secret of the tenant, a JSON object with `accessKeyId`, `secretAccessKey` and "
        "perhaps `sessionToken`, and need the permission `sns:Publish` (and "
        "`sns:GetSMSAttributes` to be checked beforehand)."
    ),
    settings={
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "region": {
                "type": "string",
                "pattern": "^[a-z]{2}(-[a-z]+)+-[0-9]$",
                "default": REGION,
                "description": "The AWS region to send from.",
            },
            "secret": {
                "type": "string",
                "pattern": "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$",
                "default": SECRET,
                "description": "Name of the tenant's secret that has the credentials.",
            },
            "type": {
                "enum": ["Transactional", "Promotional"],
                "default": "Transactional",
                "description": "Whether SNS looks for the most reliable way or the cheapest.",
            },
            "maxPrice": {
                "type": "number",
                "exclusiveMinimum": 0,
                "maximum": 100,
                "description": "The most US dollars that one message may cost.",
            },
            "endpoint": {
                "type": "string",
                "format": "uri",
                "description": "Where the API is, if not where AWS has it in the region.",
            },
        },
    },
    promise="at most once",
    setup="""\
1. Make an access key that may `sns:Publish` and keep it as the tenant's secret `sns`:
   `{"accessKeyId": "…", "secretAccessKey": "…"}`.
2. Leave the SMS sandbox of the account, or verify the numbers that you try with.
3. Where the country asks for it, register the sender: `from` is a number, or a name of up to 11
   letters and digits.
""",
    said=(
        ("200", "accepted", "Nothing: SNS has the message, and tells no more of it."),
        (
            "400 OptedOut",
            "rejected",
            "Nothing: the number does not want messages, and is left alone from now on.",
        ),
        ("400", "rejected", "Correct what SNS names: number, sender or price."),
        ("401, 403", "rejected", "Check the access key and its permission `sns:Publish`."),
        (
            "429, throttling, or 503 that says when to come back",
            "retryable",
            "Nothing: it is tried again then.",
        ),
        ("no connection", "retryable", "Nothing: it was certainly not sent."),
        ("5xx, no answer", "unknown", "Decide by `onUnknown`: nobody can be asked."),
    ),
)
