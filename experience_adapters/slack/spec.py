"""What the catalog says of the adapter."""

from experience_adapters.slack.answers import TOLD
from symphainy.catalog import AdapterSpec

__all__ = ["ENDPOINT", "SECRET", "SPEC"]

ENDPOINT = "https://slack.com/api"
SECRET = "slack"  # noqa: S105 - a name
SPEC = AdapterSpec(
    name="slack",
    channel="chat",
    version="1.0.0",
    summary="Writes messages into Slack, and hears what people answer there.",
    description=(
        "Posts each message with `chat.postMessage` in one request. Slack takes no idempotency "
        "key: the delivery's id travels in the message's metadata, and when no answer comes the "
        "conversation is read for it. Choices are buttons; whoever presses one answers, and what "
        "people write in the conversation is heard. Texts are plain: what Slack would read as "
        "marks is escaped, unless `markdown` is set."
    ),
    settings={
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "channel": {
                "type": "string",
                "pattern": "^[CDGUW][A-Z0-9]{2,20}$",
                "description": "Where messages go whose step says nothing else: the id of a "
                "channel, of a conversation, or of a member.",
            },
            "secret": {
                "type": "string",
                "pattern": "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$",
                "default": SECRET,
                "description": "Name of the tenant's secret: a JSON object with `token` "
                "(`xoxb-…`) and `signingSecret`.",
            },
            "endpoint": {
                "type": "string",
                "format": "uri",
                "default": ENDPOINT,
                "description": "Where the Web API is.",
            },
            "markdown": {
                "type": "boolean",
                "default": False,
                "description": "Whether texts are in Slack's own markup (mrkdwn).",
            },
        },
    },
    promise="at most once",
    finds=True,
    reconcile_seconds=20.0,
    receives=True,
    tells=("replied",),
    features=("choices", "threads"),
    setup=(
        "Make an app at api.slack.com, with the bot scopes `chat:write`, `im:write` and, to look "
        "messages up and to hear answers, `channels:history`, `groups:history` and `im:history`. "
        "Install it, invite it to the channels it writes to, and keep the bot token and the "
        "signing secret as the tenant's secret `slack`.\n\n"
        "Set the request URL of both Event Subscriptions and Interactivity to "
        "`{SYMPHAINY_PUBLIC_BASE_URL}/v1/hooks/slack/{experience}?t={tenant}&c=chat`, and "
        "subscribe to the bot events `message.channels`, `message.groups` and `message.im`."
    ),
    said=TOLD,
)
