"""What the catalog says of the adapter."""

from datetime import timedelta

from experience_adapters.rules.names import FIELDS, SECRET_NAME
from symphainy.catalog import AdapterSpec

__all__ = ["INDEXED", "ROOT", "SECRET", "SPEC"]

ROOT = "/rest/api/3"
SECRET = "jira"  # noqa: S105 - a name
INDEXED = timedelta(minutes=5)
"""How long Jira's search may not know of an issue that is there."""
SPEC = AdapterSpec(
    name="jira",
    channel="ticket",
    version="1.0.0",
    summary="Opens, continues and solves tickets as issues in Jira Cloud.",
    description=(
        "Opens an issue with one request, with the delivery's id as a label (`dlv-…`) and the "
        "message's `key`, hashed, as another. Jira takes no idempotency key, so where no answer "
        "comes it is searched for the label; as its index lags, an issue counts as absent only "
        "when it is not found five minutes later, and until then as unknown. A later message of "
        "the same `key` is one request too: an edit with a comment, or a transition with one "
        "where it says `status`; the comment has the delivery's id as a property, and is found by "
        "it at once. Who asks is written below the description. Receipts are those of the "
        "delivery that opened the issue."
    ),
    settings={
        "type": "object",
        "additionalProperties": False,
        "required": ["project"],
        "properties": {
            "secret": {
                "type": "string",
                "pattern": SECRET_NAME,
                "default": SECRET,
                "description": "Name of the tenant's secret with the credentials.",
            },
            "site": {
                "type": "string",
                "pattern": "^[a-z0-9][a-z0-9-]{0,62}$",
                "description": "The site: <site>.atlassian.net. The secret may say it too.",
            },
            "endpoint": {
                "type": "string",
                "format": "uri",
                "description": "Where the API is, where that is not the site's.",
            },
            "project": {
                "type": "string",
                "pattern": "^[A-Z][A-Z0-9_]{1,254}$",
                "description": "The key of the project that issues are opened in.",
            },
            "issueType": {
                "type": "string",
                "default": "Task",
                "description": "What issues are, where `kinds` does not say.",
            },
            "kinds": {
                **FIELDS,
                "description": "The issue types of question, incident, problem and task.",
            },
            "priorities": {
                **FIELDS,
                "description": "The priorities of low, normal, high and urgent, if not Low, "
                "Medium, High and Highest.",
            },
            "statuses": {
                **FIELDS,
                "description": "The statuses of open, pending and solved; without it, open and "
                "solved are the first that the workflow leads to.",
            },
            "fields": {
                **FIELDS,
                "description": "The ids of fields (`customfield_10010`), by what flows call them.",
            },
        },
    },
    promise="at most once",
    finds=True,
    reconcile_seconds=90.0,
    receives=True,
    tells=(
        "updated",
        "replied",
        "solved",
    ),
    setup=(
        "Create an API token of a user who may browse the project, create, edit and transition "
        "its issues and comment on them. The secret `jira` of the tenant is a JSON object with "
        "`site`, `email` and `apiToken` (or `cloudId` and `accessToken` of an OAuth app), and for "
        "webhooks `webhookSecret`. Labels and priority have to be on the create and edit screens "
        "of the project, and comments on those of the transitions that flows make.\n\n"
        "To hear of issues, create a webhook (*System*, *WebHooks*) with a secret to "
        "`https://<platform>/v1/hooks/jira/<experience>?t=<tenant>&c=ticket` (and `&s=<solution>` "
        "where its binding names another secret), for *issue updated* "
        "and *comment created*. What a customer of a service project writes comes as `replied`, "
        "an issue that is done as `solved`, everything else as `updated`."
    ),
    said=(
        ("200, 201, 204", "accepted", "Nothing: `gave` has the issue's key and URL."),
        (
            "400, 404",
            "rejected",
            "Correct the field that Jira names; a field has to be on the project's screen.",
        ),
        ("401, 403", "rejected", "Check the credentials and what their user may do."),
        ("429", "retryable", "Nothing: it is tried again when Jira says."),
        (
            "5xx, no answer",
            "unknown",
            "Nothing: Jira is searched from 90 seconds on; what is not found for five minutes is "
            "sent again.",
        ),
    ),
)
