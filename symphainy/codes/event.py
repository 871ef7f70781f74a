"""Codes of events."""

from symphainy.codes.code import Code

__all__ = ["CODES"]

CODES: tuple[Code, ...] = (
    Code(
        "event.malformed",
        "This is no CloudEvent of version 1.0",
        "Correct the attribute at the pointer; `specversion`, `id`, `source` and `type` are "
        "needed, other attributes are text, truth values or whole numbers.",
    ),
    Code(
        "event.too-large",
        "The data of an event is too large",
        "Keep large content in the blob store or where the flow can fetch it, and send its "
        "address.",
        413,
    ),
    Code(
        "event.batch-too-large",
        "A batch has too many events",
        "Send at most 100 events at once.",
        413,
    ),
    Code(
        "event.unknown",
        "There is no such event, or not any more",
        "Take the `seq` that the answer gave when the event was sent; events are kept for some "
        "days.",
        404,
    ),
    Code(
        "event.reserved",
        "Only the platform tells this event",
        "Give the event a type of your own, none that begins with `com.symphainy.`, and leave out "
        "the attribute `symrun`.",
        403,
    ),
    Code(
        "event.expects-nothing",
        "A correlation expects nothing",
        "Let `correlate.….expect` give the value that events are to have, or leave it out: then "
        "the first event decides.",
    ),
    Code(
        "event.filter-too-large",
        "The filters of a listening task carry too much of the run's data",
        "Let `correlate.expect` take single values, and use fewer variables in `with.data`.",
        413,
    ),
    Code(
        "event.too-deep",
        "Events start runs in a circle",
        "Let a solution not start by an event that it causes itself, directly or through others.",
        409,
    ),
    Code(
        "event.loop",
        "Runs tell each other events without end",
        "Let a run not answer every answer: 2,000 events were told each because of the one before, "
        "with less than a minute between two. A chain in which somebody waits longer than that has "
        "no end.",
        409,
    ),
    Code(
        "event.cursor-expired",
        "Events behind this cursor are not kept any more",
        "Go on behind the place that the message names; what is older is gone. "
        "SYMPHAINY_EVENTS_KEEP_DAYS says how long events are kept.",
        410,
    ),
    Code(
        "event.environment",
        "There is no such environment",
        "Name the platform's own environment, `sandbox`, or one that a version is deployed to.",
        404,
    ),
    Code(
        "event.letter-missing",
        "There is no such dead letter",
        "List them with `GET /v1/dead-letters`: one that was resent or discarded is none any more.",
        404,
    ),
    Code(
        "source.missing",
        "There is no such source",
        "List the sources with `GET /v1/sources`, or make it with `PUT /v1/sources/{source}`.",
        404,
    ),
    Code(
        "source.refused",
        "The request is not believed to be the source's",
        "See `GET /v1/security-events` for why: sign the bytes as they are sent, with the secret "
        "in use, a timestamp of now, and a new id for each event.",
        401,
    ),
    Code(
        "source.replayed",
        "The request was taken before",
        "Sign anew what is sent again; what is new needs an id of its own.",
        401,
    ),
    Code(
        "source.unreadable",
        "A body cannot be made an event",
        "Correct the expression that the pointer names with `PUT /v1/sources/{source}`, then send "
        "the event again.",
    ),
    Code(
        "source.elsewhere",
        "The secret of the source is not the platform's to change",
        "Replace the secret in the vault: while it holds two with a space between, both are good.",
        409,
    ),
    Code(
        "webhook.wants-nothing",
        "The endpoint is sent nothing by itself",
        "Make an endpoint with `types`, such as `com.symphainy.*`; others hear from flows alone.",
        409,
    ),
)
