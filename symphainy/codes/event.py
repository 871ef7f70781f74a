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
        "Give the event a type of your own, and leave out the attribute `symrun`.",
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
)
