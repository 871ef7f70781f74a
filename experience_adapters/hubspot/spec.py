"""What the catalog says of the adapter."""

from experience_adapters.rules.names import FIELDS, SECRET_NAME
from symphainy.catalog import AdapterSpec

__all__ = ["DELIVERY", "ENDPOINT", "OBJECTS", "SECRET", "SPEC"]

ENDPOINT = "https://api.hubapi.com"
OBJECTS = "/crm/objects/2026-03"
SECRET = "hubspot"  # noqa: S105 - a name
DELIVERY = "symphainy_delivery"
SPEC = AdapterSpec(
    name="hubspot",
    channel="crm",
    version="1.0.0",
    summary="Keeps contacts, companies, deals and their activities in HubSpot.",
    description=(
        "Makes a record as it should be with one batch upsert by a unique property: said twice, "
        "it is the same record. Where no answer comes, the record is read: if it is as it should "
        "be, it is accepted, else it is written again. An activity (note, call, email, task) is a "
        "record of its own, created with its association to the record and with the delivery's id "
        "in a unique property of activities, so that HubSpot refuses it a second time. The record "
        "of an activity has to exist. HubSpot has no request that does both, so a step has either "
        "`set` or an activity."
    ),
    settings={
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "secret": {
                "type": "string",
                "pattern": SECRET_NAME,
                "default": SECRET,
                "description": "Name of the tenant's secret with the app's credentials.",
            },
            "endpoint": {
                "type": "string",
                "format": "uri",
                "default": ENDPOINT,
                "description": "Where the API is; https://api-eu1.hubapi.com for accounts there.",
            },
            "deliveryProperty": {
                "type": "string",
                "pattern": "^[a-z][a-z0-9_]{0,99}$",
                "default": DELIVERY,
                "description": "The unique property of activities that holds a delivery's id.",
            },
            "fields": {
                **FIELDS,
                "description": "What HubSpot calls the properties of `key` and `set`, where a "
                "flow calls them otherwise.",
            },
        },
    },
    promise="exactly once",
    finds=True,
    keyed=True,
    reconcile_seconds=30.0,
    receives=True,
    tells=("updated",),
    setup=(
        "Create an app in HubSpot with the scopes `crm.objects.contacts.read` and `.write` (and "
        "the same of companies and deals, if flows write them) and install it. The secret "
        "`hubspot` of the tenant is a JSON object with its `accessToken`, and for webhooks its "
        "`clientSecret`; an access token alone is enough to write.\n\n"
        "The property of `key` has to be unique: `email` of contacts is; of others create one "
        "with *Require unique values*. For activities, create the property `symphainy_delivery` "
        "(single-line text, *Require unique values*) on notes, calls, emails and tasks, as far as "
        "flows keep them.\n\n"
        "To hear of changes, subscribe the app to `contact.propertyChange` (or that of companies "
        "and deals) with the URL `https://<platform>/v1/hooks/hubspot/<experience>?t=<tenant>"
        "&c=crm` (and `&s=<solution>` "
        "where its binding names another secret). "
        "A change comes as `updated`, to the delivery that wrote the record last; "
        "changes that integrations make are left out, as the platform's own are among them."
    ),
    said=(
        ("200, 201", "accepted", "Nothing: HubSpot has the record or the activity."),
        ("207 with errors", "rejected", "Read the error: a property or its value is wrong."),
        (
            "400, 404, 409",
            "rejected",
            "Correct the property, the value or the kind of record; for an activity, the record "
            "has to exist and activities need the delivery's property.",
        ),
        ("401, 403", "rejected", "Check the access token and the scopes of the app."),
        ("423, 429, 477", "retryable", "Nothing: it is tried again when HubSpot says."),
        (
            "5xx, no answer",
            "unknown",
            "Nothing: the record is read after 30 seconds, and written again if it is not as it "
            "should be.",
        ),
    ),
)
