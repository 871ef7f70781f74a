"""What the catalog says of the adapter."""

from symphainy.catalog import AdapterSpec

__all__ = ["REGION", "SECRET", "SPEC"]

REGION = "us-east-1"
SECRET = "connect"  # noqa: S105 - a name
_ID = {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9/:_-]{0,499}$"}
SPEC = AdapterSpec(
    name="connect",
    channel="voice",
    version="1.0.0",
    summary="Calls people through Amazon Connect, by a flow that reads the script.",
    description=(
        "Starts each call with one request (`StartOutboundVoiceContact`), with the delivery's id "
        "as its idempotency key: for seven days Amazon Connect answers a second request with the "
        "first call, so what left without an answer is simply asked again. Which flow the call "
        "goes through is the client's own; the script reaches it as attributes of the contact "
        "(below), which is why a call has one question at most, no answers that are spoken, no "
        "recordings, nothing behind a transfer, and rings for 15 to 60 seconds: other scripts are "
        "refused before anybody is called. Telling machines from people needs calls of the class "
        "CAMPAIGN, for which AWS has a quota of its own. Contact events that come by way of "
        "EventBridge and SNS become `sent`, `answered`, `machine_answered`, `completed` (with "
        "`seconds`), `busy`, `no_answer` and `failed`; `gathered` and `transferred` the flow tells "
        "itself. `from` is a number of the instance, or nothing where a `queue` has one."
    ),
    settings={
        "type": "object",
        "additionalProperties": False,
        "required": ["instance", "flow"],
        "properties": {
            "instance": {
                **_ID,
                "maxLength": 100,
                "description": "The id of the instance: the last part of its ARN.",
            },
            "flow": {**_ID, "description": "The id of the flow: the last part of its ARN."},
            "queue": {
                **_ID,
                "description": "The id of the queue whose number is shown, where there is no "
                "`from`.",
            },
            "campaign": {
                **_ID,
                "maxLength": 100,
                "description": "The id of a campaign that calls are counted for.",
            },
            "region": {
                "type": "string",
                "pattern": "^[a-z]{2}(-[a-z]+)+-[0-9]$",
                "default": REGION,
                "description": "The AWS region of the instance.",
            },
            "secret": {
                "type": "string",
                "pattern": "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$",
                "default": SECRET,
                "description": "Name of the tenant's secret that has the credentials.",
            },
            "endpoint": {
                "type": "string",
                "format": "uri",
                "description": "Where the API is, if not where AWS has it in the region.",
            },
        },
    },
    promise="exactly once",
    keyed=True,
    reconcile_seconds=60.0,
    receives=True,
    tells=(
        "sent",
        "answered",
        "machine_answered",
        "gathered",
        "transferred",
        "no_answer",
        "busy",
        "completed",
        "failed",
    ),
    features=("gather", "machine", "transfer"),
    setup="""\
1. Claim a number for the instance and allow outbound calls to the countries you call.
2. Keep the credentials of a user who may `connect:StartOutboundVoiceContact` (and
   `connect:ListInstances` to be checked beforehand) as the tenant's secret `connect`:
   `{"accessKeyId": "…", "secretAccessKey": "…", "topicArn": "…"}`.
3. Make a flow that reads these attributes of the contact (`$.Attributes.<name>`); texts are SSML,
   and what is not in the script is not there:

   | attribute | meaning |
   | --- | --- |
   | `sym_delivery` | the delivery's id |
   | `sym_language`, `sym_voice` | for the block *Set voice* |
   | `sym_say` | said first |
   | `sym_ask`, `sym_ask_name` | the question, and what its answer is called |
   | `sym_ask_digits`, `sym_ask_finish` | how many keys; the key that ends an answer of several |
   | `sym_ask_seconds`, `sym_ask_attempts` | how long and how often to wait for an answer |
   | `sym_ask_keys` | the answers there are, with commas between; not there: any |
   | `sym_key_<keys>` | said after that answer; `star` and `pound` stand for `*` and `#` |
   | `sym_otherwise` | said after another answer, or none |
   | `sym_end` | said after the question and its ways |
   | `sym_machine` | `ignore`, `hang up` or `leave message` |
   | `sym_message` | what is said to a machine |

   With each of `sym_say`, `sym_key_<keys>`, `sym_otherwise` and `sym_end` goes `…_then`: `hang up`,
   `transfer` (to the number `…_to`), or nothing, which is to go on.
4. Make an SNS topic with signature version 2 (its ARN is `topicArn` of the secret) and a rule of
   EventBridge that brings it the events `Amazon Connect Contact Event` of the instance.
5. Subscribe `https://<platform>/v1/hooks/connect/<experience>?t=<tenant>&c=voice&s=<solution>` to
   the topic, over HTTPS and without raw message delivery. The platform confirms the subscription.
6. To tell an answer, let the flow invoke a function that publishes to the topic:
   `{"detail-type": "Symphainy Answer", "detail": {"contactId": "…", "delivery": "…",
   "name": "…", "digits": "…"}}`, or with `"transferred": "<number>"` instead of `name` and
   `digits`.
""",
    said=(
        ("200", "accepted", "The call is started, or was by an earlier attempt."),
        ("400 InvalidRequest, InvalidParameter", "rejected", "Read its words; correct the call."),
        ("403 DestinationNotAllowed", "rejected", "Allow the country; the number is the reason."),
        ("403 OutboundContactNotPermitted", "rejected", "Allow the instance outbound calls."),
        ("403 otherwise", "rejected", "Correct the secret or its permissions."),
        ("404 ResourceNotFound", "rejected", "Correct `instance`, `flow` or `queue`."),
        ("429, 503 with a time", "retryable", "Nothing: it is started again."),
        ("no connection", "retryable", "Nothing: it is started again."),
        ("no answer, or another 5xx", "unknown", "Nothing: it is started again, by its key."),
    ),
)
