"""What the catalog says of the adapter."""

from experience_adapters.rules.names import FIELDS, SECRET_NAME
from symphainy.catalog import AdapterSpec
from symphainy.delivery.records import TOGETHER

__all__ = ["DATA", "DELIVERY", "SECRET", "SPEC"]

DATA = "/services/data/v62.0"
SECRET = "salesforce"  # noqa: S105 - a name
DELIVERY = "Symphainy_Delivery__c"
SPEC = AdapterSpec(
    name="salesforce",
    channel="crm",
    version="1.0.0",
    summary="Keeps contacts, accounts, opportunities and their tasks in Salesforce.",
    description=(
        "Makes a record as it should be with one upsert by an external id: said twice, it is the "
        "same record. Where no answer comes, the record is read: if it is as it should be, it is "
        "accepted, else it is written again. An activity (note, call, email, task) is a task of "
        "the record, upserted by the delivery's id in an external id of tasks. Both at once are "
        "one composite request, all or nothing."
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
                "description": "The address of the org, such as "
                "https://acme.my.salesforce.com; the secret may say it as `instanceUrl`.",
            },
            "deliveryField": {
                "type": "string",
                "pattern": "^[A-Za-z][A-Za-z0-9_]{0,99}$",
                "default": DELIVERY,
                "description": "The external id of tasks that holds a delivery's id.",
            },
            "objects": {
                **FIELDS,
                "description": "What Salesforce calls the kinds of records, beside contact, "
                "company, deal, ticket and lead.",
            },
            "fields": {
                **FIELDS,
                "description": "What Salesforce calls the properties of `key` and `set`, where a "
                "flow calls them otherwise; email, firstname, lastname and phone are known.",
            },
        },
    },
    promise="exactly once",
    finds=True,
    keyed=True,
    reconcile_seconds=30.0,
    features=(TOGETHER,),
    setup=(
        "Create a connected app (or an external client app) with the scope `api`, for the flow "
        "*client credentials* with a user to run as, or for *JWT bearer* with a certificate. The "
        "secret `salesforce` of the tenant is a JSON object with `instanceUrl` and either "
        "`clientId` and `clientSecret`, or `clientId`, `username` and `privateKey` (PEM; "
        "`loginUrl` for sandboxes is https://test.salesforce.com).\n\n"
        "The field of `key` has to be an *External ID* and *Unique*: create one, and name it in "
        "`settings.fields`, as in `fields: {email: Email_Key__c}`. For activities, create the "
        "text field `Symphainy_Delivery__c` on tasks (object *Activity*), External ID and Unique."
    ),
    said=(
        ("200, 201, 204", "accepted", "Nothing: Salesforce has the record."),
        (
            "300",
            "rejected",
            "Several records have that key: merge them, and make the field unique.",
        ),
        ("400, 404", "rejected", "Correct the field or the value that Salesforce names."),
        (
            "400 UNABLE_TO_LOCK_ROW",
            "retryable",
            "Nothing: somebody else writes the record at this moment.",
        ),
        (
            "401",
            "rejected",
            "Tried once more with a new token before; check the app and its user.",
        ),
        ("403 REQUEST_LIMIT_EXCEEDED, 429", "retryable", "Nothing, or buy more requests a day."),
        ("403", "rejected", "Check what the app's user may do."),
        ("5xx, no answer", "unknown", "Nothing: the record is read after 30 seconds."),
    ),
)
