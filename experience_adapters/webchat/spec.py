"""What the platform's own chat can do, and what each of its answers means."""

from symphainy.catalog import AdapterSpec

__all__ = ["SPEC"]

SETUP = """\
There is no vendor: put `<sym-chat>` on a page of yours (see [widgets](../widgets.md)), and let
your back end buy a token for whoever looks at it, with `POST /v1/widgets/tokens`.
"""

SPEC = AdapterSpec(
    name="web",
    channel="chat",
    version="1.0.0",
    summary="Writes to the customer's session, where the web chat shows it.",
    description=(
        "Puts the message into the transcript of the customer's session with the solution, once a "
        "delivery, whether or not the customer is there to read it. The receipts `delivered` and "
        "`opened` follow when the widget has it and has shown it."
    ),
    settings={"type": "object", "properties": {}, "additionalProperties": False},
    promise="exactly once",
    finds=True,
    tells=(
        "delivered",
        "opened",
        "replied",
    ),
    keyed=True,
    reconcile_seconds=2.0,
    features=("choices",),
    setup=SETUP,
    said=(
        ("a place in the transcript", "accepted", "Nothing: the message is kept."),
        ("`session.unknown`", "rejected", "Write to a customer, or to a session that exists."),
        ("`session.text`", "rejected", "Write 1 to 12,000 characters."),
        ("`session.busy`", "retryable", "Nothing: it is tried again."),
        ("`session.unreachable`", "retryable", "Nothing: it is tried again."),
        ("`session.unsure`", "unknown", "Nothing: it is asked for, and put in once."),
    ),
)
