"""What the catalog says of the adapter of phone calls."""

from experience_adapters.twilio.spec import ENDPOINT, SECRET
from symphainy.catalog import AdapterSpec

__all__ = ["VOICE"]

VOICE = AdapterSpec(
    name="twilio",
    channel="voice",
    version="1.0.0",
    summary="Calls people through Twilio, and follows a script with them.",
    description=(
        "Places each call with Twilio in one request. Twilio takes no idempotency key: when no "
        "answer comes, or an error of the server, the call is unknown until Twilio is asked for "
        "it by its receiver and its moment; what is found is accepted, what is certainly not "
        "there is placed again, and what cannot be told stays unknown, and is shown. A call has "
        "no words to be known by, so another system of the same account that calls the same "
        "number in the same minute can be taken for this one. The script becomes TwiML and goes "
        "along with the call; what follows a question, a transfer or a machine's answer Twilio "
        "asks for, and so do scripts of more than 4,000 characters: that needs "
        "SYMPHAINY_PUBLIC_BASE_URL. Twilio tells `sent`, `ringing`, `answered`, "
        "`machine_answered`, `gathered` (with `name`, `digits` or `speech`, `choice` and "
        "`confidence`), `transferred`, and at the end `completed` (with `seconds`), `busy`, "
        "`no_answer`, `failed` or `canceled`. `from` is a phone number in E.164 that the account "
        "has or has verified."
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
                "calls in Ireland.",
            },
            "voice": {
                "type": "string",
                "pattern": "^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$",
                "description": "Who speaks where a step of the script does not say it, such as "
                "`Polly.Vicki-Neural`; else Twilio's own voice of the language.",
            },
        },
    },
    promise="at most once",
    finds=True,
    reconcile_seconds=60.0,
    receives=True,
    tells=(
        "queued",
        "sent",
        "ringing",
        "answered",
        "machine_answered",
        "gathered",
        "transferred",
        "no_answer",
        "busy",
        "completed",
        "failed",
        "canceled",
    ),
    recalls=True,
    cancels=True,
    features=("gather", "machine", "play", "questions", "speech", "transfer"),
    setup=(
        "1. Buy a number that can call, or verify one of yours as a caller id, and name it in "
        "`from`. Allow the countries you call under *Voice geographic permissions*.\n"
        "2. Keep the secret of the tenant: a JSON object with `accountSid` and `authToken`. Where "
        "requests are made with `apiKey` and `apiKeySecret` instead, `authToken` is still what "
        "callbacks are checked with; a key for webhooks (`webhookKey`, a text or an object of "
        "texts by key id) is what those signed with HMAC-SHA256 are checked with.\n"
        "3. Set SYMPHAINY_PUBLIC_BASE_URL. The addresses that Twilio calls back travel with each "
        "call, so nothing is set up at the number; they are on port 443 or named with their port, "
        "and nothing on the way may change path or query, over which the signature is made."
    ),
    said=(
        ("201", "accepted", "The call is queued."),
        ("400 with 21211, 21214, 21217", "rejected", "Correct the number: nobody has it."),
        ("400 with 21215", "rejected", "Allow the country in the geographic permissions."),
        ("400 with 21210, 21212, 21213", "rejected", "Call `from` a number of the account."),
        ("400 with 21216", "rejected", "Twilio blocks the number: it is suppressed."),
        ("401, 403", "rejected", "Correct the secret; a fallback stands in meanwhile."),
        ("429, 503 with a time", "retryable", "Nothing: it is placed again at that time."),
        ("no connection", "retryable", "Nothing: it is placed again."),
        ("no answer, or another 5xx", "unknown", "Nothing: Twilio is asked a minute later."),
    ),
)
