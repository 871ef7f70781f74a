"""What the catalog says of the adapter."""

from experience_adapters.rules.names import FIELDS, SECRET_NAME
from symphainy.catalog import AdapterSpec

__all__ = ["SECRET", "SPEC"]

SECRET = "zendesk"  # noqa: S105 - a name
SPEC = AdapterSpec(
    name="zendesk",
    channel="ticket",
    version="1.0.0",
    summary="Opens, continues and solves tickets in Zendesk.",
    description=(
        "Opens a ticket with one request that has an idempotency key, and with the delivery's id "
        "as its external id (`dlv-…`), or the message's `key` where it has one. A later message "
        "of the same `key` is a comment on that ticket; on one that is closed, a follow-up "
        "ticket. Every write has the delivery's id in the metadata of its audit, where it is "
        "found when no answer came, and a comment is only taken if nobody changed the ticket "
        "since it was read, so that no attempt can arrive late. Receipts are those of the "
        "delivery that opened the ticket."
    ),
    settings={
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "secret": {
                "type": "string",
                "pattern": SECRET_NAME,
                "default": SECRET,
                "description": "Name of the tenant's secret with the credentials.",
            },
            "subdomain": {
                "type": "string",
                "pattern": "^[a-z0-9][a-z0-9-]{0,62}$",
                "description": "The account: <subdomain>.zendesk.com. The secret may say it too.",
            },
            "endpoint": {
                "type": "string",
                "format": "uri",
                "description": "Where the API is, where that is not the subdomain's.",
            },
            "fields": {
                **FIELDS,
                "description": "The ids of Zendesk's custom fields, by what flows call them.",
            },
        },
    },
    promise="exactly once",
    finds=True,
    keyed=True,
    reconcile_seconds=30.0,
    receives=True,
    tells=(
        "updated",
        "replied",
        "solved",
    ),
    setup=(
        "Create an API token (Admin Center, *Apps and integrations*, *APIs*) or an OAuth client "
        "with the scopes `tickets:read`, `tickets:write` and `read`. The secret `zendesk` of the "
        "tenant is a JSON object with `subdomain`, either `email` and `token` or `accessToken`, "
        "and for webhooks `signingSecret`.\n\n"
        "To hear of tickets, create a webhook to "
        "`https://<platform>/v1/hooks/zendesk/<experience>?t=<tenant>&c=ticket` "
        "(and `&s=<solution>` "
        "where its binding names another secret), subscribe it to "
        "*Ticket status changed* and *Comment added to ticket*, and take its signing secret. What "
        "the requester writes comes as `replied`, a solved ticket as `solved`, everything else "
        "as `updated`."
    ),
    said=(
        ("200, 201", "accepted", "Nothing: `gave` has the ticket's id, URL and status."),
        ("400, 404, 413, 422", "rejected", "Correct the field that Zendesk names."),
        ("401, 403", "rejected", "Check the credentials and what they may do."),
        (
            "409, or 400 for a key in use",
            "retryable",
            "Nothing: somebody changed or opened the same ticket at this moment.",
        ),
        ("429", "retryable", "Nothing: it is tried again when Zendesk says."),
        ("5xx, no answer", "unknown", "Nothing: Zendesk is asked for it after 30 seconds."),
    ),
)
