"""What the catalog says of the adapter."""

from experience_adapters.signed_post import SAID as POSTED
from symphainy.catalog import AdapterSpec

__all__ = ["SECRET", "SPEC"]

SECRET = "webhook"  # noqa: S105 - a name
SPEC = AdapterSpec(
    name="api",
    channel="api",
    version="1.0.0",
    summary="Answers the request that started the run, or posts the answer where it was asked to.",
    description=(
        "Makes the experience an endpoint of the solution's own, `POST /v1/solutions/{name}/api/"
        "{experience}`: a request starts a run by the one door, and the step that calls the "
        "experience answers it with `status` and `body`. Whoever is on the line gets the answer at "
        "once; who is not asks at the status address, or is told by a POST to the URL they gave, "
        "signed by Standard Webhooks. A run answers a request once."
    ),
    settings={
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "intent": {
                "type": "string",
                "minLength": 1,
                "maxLength": 200,
                "description": "The intent that a request is; by default the only one that "
                "starts runs.",
            },
            "timeout": {
                "type": "number",
                "minimum": 0,
                "maximum": 60,
                "default": 10,
                "description": "Seconds that a request waits for its answer, unless its header "
                "`Prefer: wait=N` says another time; then it is answered with 202 and a status "
                "address.",
            },
            "response": {
                "type": "object",
                "description": "JSON Schema of what is answered with 2xx: it is checked, and "
                "stands in the OpenAPI document.",
            },
            "callbacks": {
                "type": "array",
                "maxItems": 100,
                "items": {"type": "string", "pattern": "^https?://[^/@]+/", "maxLength": 2000},
                "description": "Where answers may be posted: beginnings of URLs, with host and a "
                "slash at least.",
            },
            "secret": {
                "type": "string",
                "pattern": "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$",
                "default": SECRET,
                "description": "Name of the tenant's secret that posted answers are signed with.",
            },
        },
    },
    promise="at least once",
    keyed=True,
    setup=(
        "Bind an experience to the channel `api`, and let a step call it. Give callers an API key "
        "with the role operator and the document at `GET /v1/solutions/{name}/openapi.json`. For "
        "answers by callback list the URLs in `callbacks`, and put a secret of Standard Webhooks "
        "(`whsec_…`) into the tenant's secret `webhook`."
    ),
    said=(
        ("the request is there, or will be", "accepted", "Nothing: it is answered once."),
        (
            "the run answered before",
            "rejected",
            "Answer by one step only, or by experiences of their own.",
        ),
        (
            "the body is not what `response` says",
            "rejected",
            "Change the step or the schema; whoever waits is told that there is no answer.",
        ),
        *((f"callback: {what}", outcome, then) for what, outcome, then in POSTED if what != "2xx"),
    ),
)
